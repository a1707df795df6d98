//! Strings in Go's quotes, written and read as `strconv` does.

use std::borrow::Cow;

/// Appends `text` as `strconv.Quote` writes it.
pub(crate) fn quote(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            quote_char(out, c);
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        }
    }
    out.push(b'"');
}

fn quote_char(out: &mut Vec<u8>, c: char) {
    let short = match c {
        '"' => '"',
        '\\' => '\\',
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        _ if is_print(c) => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
        _ => {
            let code = c as u32;
            let text = match code {
                ..0x80 => format!("\\x{code:02x}"),
                0x80..0x10000 => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            };
            out.extend_from_slice(text.as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short as u8]);
}

/// Whether Go prints a character as it is. `escape_debug` escapes a combining mark unless a letter precedes
/// it.
fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return c == ' ' || c.is_ascii_graphic();
    }
    !c.is_whitespace() && format!("a{c}").escape_debug().count() == 2
}

/// The value of the Go string literal that is the whole of `text`, in double or back quotes, as
/// `strconv.Unquote` reads it; `None` if it is malformed.
pub(crate) fn unquote(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(raw) = text.strip_prefix(b"`") {
        let raw = raw.strip_suffix(b"`").filter(|raw| !raw.contains(&b'`'))?;
        // The language drops carriage returns from raw strings.
        return Some(raw.iter().copied().filter(|byte| *byte != b'\r').collect());
    }
    unquote_prefix(text).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The value of the literal in double quotes at the start of `text`, and the text after it; `None` if it is
/// malformed or never ends.
pub(crate) fn unquote_prefix(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let inner = text.strip_prefix(b"\"")?;
    let mut value = Cow::Borrowed(&b""[..]);
    let mut rest = inner;
    loop {
        let (plain, special) = rest.split_at_checked(memchr::memchr3(b'"', b'\\', b'\n', rest)?)?;
        if matches!(&value, Cow::Borrowed(b"")) {
            value = Cow::Borrowed(plain);
        } else {
            value.to_mut().extend_from_slice(plain);
        }
        let (&mark, after) = special.split_first()?;
        match mark {
            b'"' => return Some((value, after)),
            b'\\' => rest = unescape(after, value.to_mut())?,
            _ => return None,
        }
    }
}

/// Decodes the escape whose backslash precedes `text`; returns the text after it.
fn unescape<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&kind, rest) = text.split_first()?;
    let byte = match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => kind,
        b'x' => {
            let (value, rest) = number(rest, 2, 16)?;
            out.push(value as u8);
            return Some(rest);
        }
        b'0'..=b'7' => {
            let (value, rest) = number(text, 3, 8)?;
            out.push(u8::try_from(value).ok()?);
            return Some(rest);
        }
        b'u' | b'U' => {
            let (value, rest) = number(rest, if kind == b'u' { 4 } else { 8 }, 16)?;
            out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        _ => return None,
    };
    out.push(byte);
    Some(rest)
}

/// The number in the first `digits` characters, and the text after them.
fn number(text: &[u8], digits: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let value = number.iter().try_fold(0u32, |sum, &digit| {
        sum.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?)
    })?;
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_go_quotes() {
        let mut out = Vec::new();
        quote(&mut out, b"a\"\\\x07\x00\x7f\xff\xc3\xa9\xe2\x80\xa8");
        assert_eq!(out, b"\"a\\\"\\\\\\a\\x00\\x7f\\xff\xc3\xa9\\u2028\"");
    }

    #[test]
    fn every_escape() {
        let text = br#""a\"b\\\n\t\r\a\b\f\v\x00\xff\101\u00e9\U0001f600" rest"#;
        let (value, rest) = unquote_prefix(text).unwrap();
        assert_eq!(*value, b"a\"b\\\n\t\r\x07\x08\x0c\x0b\x00\xffA\xc3\xa9\xf0\x9f\x98\x80"[..]);
        assert_eq!(rest, b" rest");
        assert!(matches!(unquote_prefix(b"\"plain\"x"), Some((Cow::Borrowed(b"plain"), b"x"))));
    }

    #[test]
    fn whole_literals() {
        for (text, value) in [
            (&b"\"\\101\\u00e9\\U0001F600\""[..], Some("A\u{e9}\u{1f600}")),
            (b"`a\\b\r\n`", Some("a\\b\n")),
            (b"\"\"", Some("")),
            (b"``", Some("")),
            (b"`", None),
            (b"`a`b`", None),
            (b"\"a\"b\"", None),
            (b"\"a\nb\"", None),
            (b"'a'", None),
        ] {
            assert_eq!(unquote(text).as_deref(), value.map(str::as_bytes), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn malformed_ones() {
        for text in [
            "",
            "a",
            "\"",
            "\"a",
            "\"\\",
            "\"\\x4",
            "\"\\xg0\"",
            "\"\\q\"",
            "\"\\'\"",
            "\"\\ud800\"",
            "\"\\777\"",
            "\"\\U00110000\"",
        ] {
            assert_eq!(unquote_prefix(text.as_bytes()), None, "{text}");
            assert_eq!(unquote(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_reads_back(data: Vec<u8>, text: String) {
            for data in [&data[..], text.as_bytes()] {
                let mut out = Vec::new();
                quote(&mut out, data);
                let read = unquote(&out);
                prop_assert_eq!(read.as_deref(), Some(data));
            }
        }
    }
}
