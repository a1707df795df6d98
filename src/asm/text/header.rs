//! The header line of a symbol (`cmd/internal/obj/objfile.go`), read from the right.
//!
//! Names hold spaces, braces, quotes and `=`, so a grammar that reads forward cannot find their end.

use crate::asm::text::number::{decimal, hexadecimal};

/// Which calling convention a text symbol follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Abi {
    /// The stack-based convention of assembly.
    #[default]
    Abi0,
    /// The register-based convention of compiled Go.
    Internal,
}

/// What a symbol's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a [u8],
    /// `STEXT`, `SRODATA`, …; empty where it is not printed.
    pub(crate) kind: &'a [u8],
    /// The ABI that `-S=2` prints after the name.
    pub(crate) abi: Option<Abi>,
    pub(crate) nosplit: bool,
    pub(crate) dupok: bool,
    pub(crate) size: u32,
    pub(crate) args: Option<u32>,
    pub(crate) locals: Option<u32>,
    pub(crate) funcid: Option<u8>,
    /// `align=` comes right after `size=`, as in 1.27 and later.
    pub(crate) align_first: bool,
    /// A number was negative or too large; it is taken as absent or 0.
    pub(crate) bad_number: bool,
}

impl Header<'_> {
    /// Whether it is a function, in whatever section.
    pub(crate) fn is_text(&self) -> bool {
        self.kind.starts_with(b"STEXT")
    }
}

/// Whether a line is the header of a symbol.
pub(super) fn is_header(text: &[u8]) -> bool {
    // Every header ends in a number or in ` leaf`, so most other lines are rejected here.
    matches!(text.last(), Some(b'0'..=b'9' | b'a'..=b'f')) && parse(text).is_some()
}

/// Parses a header; `None` for any other line.
pub(crate) fn parse(text: &[u8]) -> Option<Header<'_>> {
    let mut header = Header {
        name: b"",
        kind: b"",
        abi: None,
        nosplit: false,
        dupok: false,
        size: 0,
        args: None,
        locals: None,
        funcid: None,
        align_first: false,
        bad_number: false,
    };
    let mut rest = text.strip_suffix(b" leaf").unwrap_or(text);
    let mut last_key: &[u8] = b"";
    // The fields after size=, then size= itself.
    loop {
        let (head, token) = last_token(rest)?;
        let equals = memchr::memchr(b'=', token)?;
        let (key, value) = (token.get(..equals)?, token.get(equals + 1..)?);
        match key {
            b"size" => {
                if !value.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
                    return None;
                }
                header.size = decimal(value).unwrap_or_else(|| {
                    header.bad_number = true;
                    0
                });
                header.align_first = last_key == b"align";
                rest = head;
                break;
            }
            b"align" => {}
            b"args" => header.args = number(value),
            b"locals" => header.locals = number(value),
            b"funcid" => header.funcid = number(value).and_then(|id| u8::try_from(id).ok()),
            _ => return None,
        }
        last_key = key;
        rest = head;
    }
    while let Some((head, token)) = last_token(rest) {
        match token {
            b"nosplit" => header.nosplit = true,
            b"dupok" => header.dupok = true,
            b"static" | b"cfunc" | b"topframe" | b"asm" => {}
            _ if is_kind(token) => {
                header.kind = token;
                rest = head;
                break;
            }
            _ => break,
        }
        rest = head;
    }
    (header.name, header.abi) = split_abi(rest);
    Some(header)
}

/// The text before the last space, and the token after it.
fn last_token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(b' ', text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// `STEXT`, `SNOPTRDATA`, `STEXTFIPS`, …
fn is_kind(token: &[u8]) -> bool {
    matches!(token, [b'S', second, ..] if second.is_ascii_uppercase())
        && token.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// A hexadecimal number; values from 2^31 mean "unknown".
fn number(value: &[u8]) -> Option<u32> {
    hexadecimal(value).filter(|value| *value < 1 << 31).and_then(|value| u32::try_from(value).ok())
}

/// Strips `<1>`, `<0>`, `<ABIInternal>` and `<idx 2147483643 0>` from the end of a name.
fn split_abi(name: &[u8]) -> (&[u8], Option<Abi>) {
    let mut name = name;
    if name.last() == Some(&b'>') {
        let index = memchr::memmem::rfind(name, b"<idx ");
        name = index.and_then(|at| name.get(..at)).unwrap_or(name);
    }
    for (suffix, abi) in
        [(&b"<1>"[..], Abi::Internal), (b"<0>", Abi::Abi0), (b"<ABIInternal>", Abi::Internal)]
    {
        if let Some(name) = name.strip_suffix(suffix) {
            return (name, Some(abi));
        }
    }
    (name, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_every_kind() {
        let text = b"p.(*S[go.shape.struct { p.a string; p.b string }]).Pop STEXT dupok size=12 args=0x18 locals=0x8 funcid=0x0 align=0x0 leaf";
        let header = parse(text).unwrap();
        assert_eq!(header.name, b"p.(*S[go.shape.struct { p.a string; p.b string }]).Pop");
        assert!(header.is_text() && header.dupok && !header.align_first);
        assert_eq!((header.size, header.args, header.locals), (12, Some(24), Some(8)));

        let header =
            parse(b"p.f<1><idx 2147483643 0> STEXT nosplit size=9 align=0x0 args=0x8 locals=0x0 funcid=0x16")
                .unwrap();
        assert_eq!((header.name, header.abi, header.funcid), (&b"p.f"[..], Some(Abi::Internal), Some(0x16)));
        assert!(header.align_first && header.nosplit);

        let header = parse(b" SDWARFVAR size=45").unwrap();
        assert_eq!((header.name, header.kind), (&b""[..], &b"SDWARFVAR"[..]));
        assert!(parse(b"p.f STEXT size=-5").unwrap().bad_number);
        assert_eq!(parse(b"p.f STEXT size=1 args=0xffffffff80000000 locals=0x0").unwrap().args, None);
    }

    #[test]
    fn other_lines_are_no_headers() {
        for text in [&b"./a.go:1:1: can inline f"[..], b"size=1", b"x size=", b"a = b", b"", b" leaf"] {
            assert!(!is_header(text), "{}", text.escape_ascii());
        }
    }
}
