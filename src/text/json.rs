//! JSON strings: escaped for whatever reads the document next, a parser, a terminal or a browser; and read.

use std::borrow::Cow;
use std::io::{self, Write};

/// Writes `text` as a JSON string, quotes included.
///
/// Escapes are those of Go's `encoding/json` (`<`, `>`, `&` and JavaScript's line ends too, so that a
/// `<script>` can hold the document); invalid bytes become `\ufffd`. Beyond Go, DEL and the C1 controls are
/// escaped, because a terminal obeys them.
pub(crate) fn write_string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    string(text, |piece| out.write_all(piece.as_bytes()))
}

/// Appends `text` as a JSON string, as [`write_string`] does.
pub(crate) fn push_string(out: &mut String, text: &str) {
    let Ok(()) = string(text.as_bytes(), |piece| {
        out.push_str(piece);
        Ok::<(), std::convert::Infallible>(())
    });
}

/// Passes the pieces of the string to `put`.
fn string<E>(text: &[u8], mut put: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    put("\"")?;
    match std::str::from_utf8(text) {
        Ok(text) => escaped(text, &mut put)?,
        Err(_) => {
            for chunk in text.utf8_chunks() {
                escaped(chunk.valid(), &mut put)?;
                for _ in chunk.invalid() {
                    put("\\ufffd")?;
                }
            }
        }
    }
    put("\"")
}

fn escaped<E>(mut text: &str, put: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    while let Some((before, c, after)) = split(text) {
        put(before)?;
        match c {
            '"' => put("\\\"")?,
            '\\' => put("\\\\")?,
            '\n' => put("\\n")?,
            '\r' => put("\\r")?,
            '\t' => put("\\t")?,
            '\u{8}' => put("\\b")?,
            '\u{c}' => put("\\f")?,
            c => put(&format!("\\u{:04x}", u32::from(c)))?,
        }
        text = after;
    }
    put(text)
}

/// The first character to escape, with the text before and after it.
fn split(text: &str) -> Option<(&str, char, &str)> {
    // Every byte at which such a character can begin: C1 controls begin with C2, line ends of JavaScript with
    // E2.
    let suspect = |byte: u8| matches!(byte, 0..0x20 | b'"' | b'\\' | b'<' | b'>' | b'&' | 0x7f | 0xc2 | 0xe2);
    let mut from = 0;
    loop {
        let offset = from + text.as_bytes().get(from..)?.iter().position(|byte| suspect(*byte))?;
        let (before, rest) = text.split_at_checked(offset)?;
        let c = rest.chars().next()?;
        let after = rest.get(c.len_utf8()..)?;
        if c.is_control() || matches!(c, '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
            return Some((before, c, after));
        }
        from = offset + c.len_utf8();
    }
}

/// The offset after the closing quote of the string that `text` begins with.
pub(crate) fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// What is between the quotes of a string, without escapes.
pub(crate) fn unescape(inner: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr::memchr(b'\\', inner).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at)?);
        let (escape, after) = rest.get(at + 1..)?.split_first()?;
        rest = after;
        match escape {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => {
                let mut unit = code_unit(rest)?;
                rest = rest.get(4..)?;
                let low = rest.strip_prefix(b"\\u").and_then(code_unit);
                if let Some(low) = low.filter(|_| (0xd800..0xdc00).contains(&unit)) {
                    unit = 0x10000 + ((unit - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
                    rest = rest.get(6..)?;
                }
                let c = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => out.push(*other),
        }
    }
    out.extend_from_slice(rest);
    Some(Cow::Owned(out))
}

fn code_unit(digits: &[u8]) -> Option<u32> {
    digits.get(..4)?.iter().try_fold(0, |sum, digit| Some(sum << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(text: &[u8]) -> String {
        let mut out = Vec::new();
        write_string(&mut out, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_escaped_as_in_go() {
        assert_eq!(
            json(b"a\"\\\n\r\t\x08\x0c\x01</script>&\xff\xfe\xc3\xa9\xe2\x80\xa8\xe2\x82\xac"),
            r#""a\"\\\n\r\t\b\f\u0001\u003c/script\u003e\u0026\ufffd\ufffdé\u2028€""#
        );
        assert_eq!(json(b""), "\"\"");
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(json(b"\x1b[2J\x7f\xc2\x9bm\xc2\xa0"), "\"\\u001b[2J\\u007f\\u009bm\u{a0}\"");
    }

    proptest! {
        #[test]
        fn it_reads_back(text: String) {
            let mut out = String::from("x");
            push_string(&mut out, &text);
            prop_assert_eq!(&out[1..], json(text.as_bytes()));
            prop_assert_eq!(serde_json::from_str::<String>(&out[1..]).unwrap(), text);
        }
    }
}
