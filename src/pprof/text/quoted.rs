//! Strings in Go's quotes.

use std::borrow::Cow;

/// Decodes the Go string literal (`strconv.Quote`, `runtime.quoted`) at the start of `text`: its value, and what
/// follows it. `None` if it is malformed or never ends.
pub(crate) fn unquote(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let inner = text.strip_prefix(b"\"")?;
    let end = memchr::memchr2(b'"', b'\\', inner)?;
    if inner.get(end) == Some(&b'"') {
        return Some((Cow::Borrowed(inner.get(..end)?), inner.get(end + 1..)?));
    }
    let mut out = Vec::new();
    let mut rest = inner;
    loop {
        let at = memchr::memchr2(b'"', b'\\', rest)?;
        out.extend_from_slice(rest.get(..at)?);
        if rest.get(at) == Some(&b'"') {
            return Some((Cow::Owned(out), rest.get(at + 1..)?));
        }
        rest = escape(rest.get(at + 1..)?, &mut out)?;
    }
}

/// Decodes the escape whose backslash precedes `text`; returns what follows.
fn escape<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&kind, rest) = text.split_first()?;
    let byte = match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' | b'\'' => kind,
        b'x' => number(rest, 2, 16)? as u8,
        b'0'..=b'7' => u8::try_from(number(text, 3, 8)?).ok()?,
        b'u' | b'U' => {
            let digits = if kind == b'u' { 4 } else { 8 };
            let c = char::from_u32(number(rest, digits, 16)?)?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return rest.get(digits..);
        }
        _ => return None,
    };
    out.push(byte);
    match kind {
        b'x' => rest.get(2..),
        b'0'..=b'7' => text.get(3..),
        _ => Some(rest),
    }
}

fn number(text: &[u8], digits: usize, radix: u32) -> Option<u32> {
    text.get(..digits)?
        .iter()
        .try_fold(0u32, |sum, &digit| sum.checked_mul(radix)?.checked_add((digit as char).to_digit(radix)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape() {
        let text = br#""a\"b\\\n\t\r\a\b\f\v\x00\xff\101\u00e9\U0001f600" rest"#;
        let (value, rest) = unquote(text).unwrap();
        assert_eq!(*value, b"a\"b\\\n\t\r\x07\x08\x0c\x0b\x00\xffA\xc3\xa9\xf0\x9f\x98\x80"[..]);
        assert_eq!(rest, b" rest");
        assert!(matches!(unquote(b"\"plain\"x"), Some((Cow::Borrowed(b"plain"), b"x"))));
    }

    #[test]
    fn malformed_ones() {
        for text in
            ["", "a", "\"", "\"a", "\"\\", "\"\\x4", "\"\\q\"", "\"\\ud800\"", "\"\\777\"", "\"\\U00110000\""]
        {
            assert_eq!(unquote(text.as_bytes()), None, "{text}");
        }
    }
}
