//! Relocations that are evidence (`cmd/internal/objabi/reloctype.go`); all others are skipped.

use super::operands::integer;
use crate::asm::text::number::{decimal, hexadecimal};

/// What a relocation says about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelocKind {
    /// An indirect call at this offset (`R_CALLIND`).
    IndirectCall,
    /// The function converts to an interface; the target is the concrete type (`R_USEIFACE`).
    UseInterface,
    /// The function calls a method of an interface; the target is the interface type (`R_USEIFACEMETHOD`).
    UseInterfaceMethod,
    /// A static call (`R_CALL` and its forms); kept only for `runtime.duffcopy` and `runtime.duffzero`.
    Call,
}

/// A relocation of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reloc<'a> {
    /// Offset in the function in bytes.
    pub offset: u32,
    /// What it says.
    pub kind: RelocKind,
    /// The symbol, empty for indirect calls.
    pub target: &'a [u8],
    /// The number added to the symbol.
    pub addend: i64,
    /// The line in the input, from 1.
    pub line: u32,
}

impl Reloc<'_> {
    /// For [`RelocKind::UseInterfaceMethod`] on a 64-bit machine: the method's number in the interface, in
    /// the order of names. The addend counts 8 bytes per method after the 96 (or, without methods on the type
    /// itself, 80) of `internal/abi.InterfaceType`.
    pub fn method_index(&self) -> Option<u32> {
        let bytes = if self.addend >= 96 { self.addend - 96 } else { self.addend.checked_sub(80)? };
        if self.kind == RelocKind::UseInterfaceMethod && bytes >= 0 {
            u32::try_from(bytes / 8).ok()
        } else {
            None
        }
    }
}

/// The parts of `TAB rel off+siz t=type name+addend`.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) offset: u32,
    pub(super) kind: &'a [u8],
    pub(super) rest: &'a [u8],
}

pub(super) fn parse(text: &[u8]) -> Option<Parts<'_>> {
    let rest = text.strip_prefix(b"\trel ")?;
    let space = memchr::memchr(b' ', rest)?;
    let (span, rest) = rest.split_at(space);
    let plus = memchr::memchr(b'+', span)?;
    let offset = decimal(span.get(..plus)?)?;
    let rest = rest.strip_prefix(b" t=")?;
    let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let (kind, rest) = rest.split_at(end);
    Some(Parts { offset, kind, rest: rest.get(1..).unwrap_or_default() })
}

impl<'a> Parts<'a> {
    /// The relocation, if it is one to keep.
    pub(super) fn evidence(&self, line: u32) -> Option<Reloc<'a>> {
        let kind = match self.kind {
            b"R_CALLIND" | b"10" => RelocKind::IndirectCall,
            b"R_USEIFACE" | b"23" => RelocKind::UseInterface,
            b"R_USEIFACEMETHOD" | b"24" => RelocKind::UseInterfaceMethod,
            _ if self.rest.starts_with(b"runtime.duff") => RelocKind::Call,
            _ => return None,
        };
        let (target, addend) = split_addend(self.rest);
        Some(Reloc { offset: self.offset, kind, target, addend, line })
    }

    /// An address inside a function: an entry of a jump table.
    pub(super) fn address(&self) -> Option<(&'a [u8], u32)> {
        if !matches!(self.kind, b"R_ADDR" | b"1") {
            return None;
        }
        let (target, addend) = split_addend(self.rest);
        Some((target, u32::try_from(addend).ok()?))
    }
}

/// Splits `name+12`; on 32-bit arm and on ppc64 the addend is hexadecimal without a prefix.
fn split_addend(text: &[u8]) -> (&[u8], i64) {
    let Some(sign) = memchr::memrchr2(b'+', b'-', text) else { return (text, 0) };
    let (name, signed) = text.split_at(sign);
    let digits = signed.get(1..).unwrap_or_default();
    let value = integer(digits)
        .or_else(|| hexadecimal(digits).and_then(|value| i64::try_from(value).ok()))
        .unwrap_or(0);
    (name, if signed.first() == Some(&b'-') { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relocations() {
        let reloc = parse(b"\trel 2+0 t=R_USEIFACEMETHOD type:p.Shape+104").unwrap().evidence(7).unwrap();
        assert_eq!((reloc.target, reloc.method_index(), reloc.line), (&b"type:p.Shape"[..], Some(1), 7));
        let reloc = parse(b"\trel 54+0 t=R_CALLIND +0").unwrap().evidence(1).unwrap();
        assert_eq!((reloc.kind, reloc.offset, reloc.target), (RelocKind::IndirectCall, 54, &b""[..]));
        let arm = parse(b"\trel 80+4 t=R_CALLARM runtime.duffcopy+ebfffffe").unwrap().evidence(1).unwrap();
        assert_eq!(arm.addend, 0xebff_fffe);
        assert_eq!(parse(b"\trel 0+8 t=1 p.f+123").unwrap().address(), Some((&b"p.f"[..], 123)));
        for bad in [&b"\trel x+4 t=R_CALL f+0"[..], b"\trel 4", b"\trel "] {
            assert!(parse(bad).is_none());
        }
    }
}
