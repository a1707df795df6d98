//! Go's quoted strings.

/// Appends `data` as `strconv.Quote` does.
pub(super) fn quote(out: &mut Vec<u8>, data: &[u8]) {
    out.push(b'"');
    for chunk in data.utf8_chunks() {
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

/// Whether a character is printed as it is. Combining marks are: they are asked behind a letter.
fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return c == ' ' || c.is_ascii_graphic();
    }
    !c.is_whitespace() && format!("a{c}").escape_debug().count() == 2
}

/// The bytes of a quoted string, as `strconv.Unquote` reads it; none if it is malformed.
pub(super) fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let (&first, rest) = text.split_first()?;
    let (&last, body) = rest.split_last()?;
    if first != last {
        return None;
    }
    match first {
        b'`' => {
            let plain = !body.contains(&b'`');
            plain.then(|| body.iter().copied().filter(|&byte| byte != b'\r').collect())
        }
        b'"' => unescape(body),
        _ => None,
    }
}

fn unescape(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    while let Some((&byte, rest)) = body.split_first() {
        body = rest;
        match byte {
            b'"' | b'\n' => return None,
            b'\\' => {
                let (&kind, rest) = body.split_first()?;
                body = rest;
                let (digits, radix): (usize, u32) = match kind {
                    b'x' => (2, 16),
                    b'u' => (4, 16),
                    b'U' => (8, 16),
                    b'0'..=b'7' => (2, 8),
                    _ => {
                        out.push(escape(kind)?);
                        continue;
                    }
                };
                let (number, rest) = body.split_at_checked(digits)?;
                body = rest;
                let number = number.iter().try_fold(0u32, |sum, &digit| {
                    Some(sum << radix.ilog2() | char::from(digit).to_digit(radix)?)
                })?;
                match kind {
                    b'x' => out.push(number as u8),
                    b'u' | b'U' => {
                        let c = char::from_u32(number)?;
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    _ => out.push(u8::try_from(u32::from(kind - b'0') << 6 | number).ok()?),
                }
            }
            _ => out.push(byte),
        }
    }
    Some(out)
}

const fn escape(kind: u8) -> Option<u8> {
    Some(match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => kind,
        _ => return None,
    })
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
        for (text, data) in [
            (&b"\"\\101\\u00e9\\U0001F600\""[..], Some("A\u{e9}\u{1f600}")),
            (b"`a\\b`", Some("a\\b")),
            (b"\"a", None),
            (b"\"\\q\"", None),
            (b"\"\\xg0\"", None),
            (b"\"\\ud800\"", None),
            (b"\"\\777\"", None),
            (b"\"a\"b\"", None),
            (b"", None),
            (b"\"", None),
        ] {
            assert_eq!(unquote(text).as_deref(), data.map(str::as_bytes), "{}", text.escape_ascii());
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
