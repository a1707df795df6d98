//! The little JSON that compiler output and baselines need: one object per line, read field by field.
//!
//! Nothing is copied but strings that hold escapes. Nesting is skipped with a counter, never by recursion.

use std::borrow::Cow;

use crate::text::json::{string_end, unescape};

/// The fields of one object, in order, as raw values.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Object<'a> {
    /// Parses an object; `None` unless the text is one whole object.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let mut rest = text.trim_ascii().strip_prefix(b"{")?.trim_ascii_start();
        let mut fields = Vec::new();
        if rest.strip_prefix(b"}").is_some_and(<[u8]>::is_empty) {
            return Some(Self { fields });
        }
        loop {
            let (key, after) = value(rest)?;
            let key = key.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
            rest = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
            let (field, after) = value(rest)?;
            fields.push((key, field));
            rest = after.trim_ascii_start();
            match rest.split_first()? {
                (b',', after) => rest = after.trim_ascii_start(),
                (b'}', []) => return Some(Self { fields }),
                _ => return None,
            }
        }
    }

    pub(crate) fn raw(&self, key: &[u8]) -> Option<&'a [u8]> {
        self.fields.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    pub(crate) fn has(&self, key: &[u8]) -> bool {
        self.raw(key).is_some()
    }

    pub(crate) fn string(&self, key: &[u8]) -> Option<Cow<'a, [u8]>> {
        unquote(self.raw(key)?)
    }

    pub(crate) fn number(&self, key: &[u8]) -> Option<u32> {
        super::number::decimal(self.raw(key)?)
    }

    pub(crate) fn object(&self, key: &[u8]) -> Option<Object<'a>> {
        Object::parse(self.raw(key)?)
    }
}

/// The elements of an array, raw.
pub(crate) fn elements(array: &[u8]) -> Elements<'_> {
    Elements { rest: array.trim_ascii().strip_prefix(b"[").unwrap_or_default() }
}

pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (element, rest) = value(self.rest.trim_ascii_start())?;
        let rest = rest.trim_ascii_start();
        self.rest = rest.strip_prefix(b",").unwrap_or_default();
        Some(element)
    }
}

/// Splits off the value at the start of `text`.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = match text.first()? {
        b'"' => string_end(text)?,
        b'{' | b'[' => nested_end(text)?,
        b',' | b'}' | b']' | b':' => return None,
        _ => text
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n'))
            .unwrap_or(text.len()),
    };
    Some(text.split_at(end))
}

/// The offset after the closing bracket.
fn nested_end(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0usize, 0);
    loop {
        match text.get(at)? {
            b'"' => {
                at += string_end(text.get(at..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The text of a string value.
pub(super) fn unquote(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    unescape(raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects() {
        let object =
            Object::parse(br#" {"a":"x\"\u00e9\ud83d\ude00\n","b":{"c":[1,{"d":"]"}]},"n":12} "#).unwrap();
        assert_eq!(object.string(b"a").unwrap(), "x\"é😀\n".as_bytes());
        assert_eq!(object.number(b"n"), Some(12));
        let inner = object.object(b"b").unwrap();
        assert_eq!(elements(inner.raw(b"c").unwrap()).count(), 2);
        assert!(Object::parse(b"{}").is_some());
        for bad in [&b"{"[..], b"{\"a\"", b"{\"a\":1", b"{\"a\":[1}", b"{\"a\":1}x", b"[1]", b"{\"a\\\":1}"] {
            assert!(Object::parse(bad).is_none(), "{}", bad.escape_ascii());
        }
    }
}
