//! JSON text, written by hand: the export has no dependency.

use std::io::{self, Write};

/// Writes `text` as a JSON string; what is not UTF-8 becomes U+FFFD.
pub(super) fn string(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid().as_bytes();
        let mut from = 0;
        for (at, &byte) in valid.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            out.write_all(valid.get(from..at).unwrap_or_default())?;
            match byte {
                b'"' | b'\\' => out.write_all(&[b'\\', byte])?,
                b'\n' => out.write_all(b"\\n")?,
                b'\t' => out.write_all(b"\\t")?,
                _ => write!(out, "\\u{byte:04x}")?,
            }
            from = at + 1;
        }
        out.write_all(valid.get(from..).unwrap_or_default())?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{fffd}".as_bytes())?;
        }
    }
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_a_json_string() {
        let mut out = Vec::new();
        string(&mut out, b"a\"\\\n\x01\xff\xd0\xb6").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\"a\\\"\\\\\\n\\u0001\u{fffd}\u{436}\"");
    }
}
