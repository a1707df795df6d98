//! The text of `go tool objdump` (`cmd/internal/disasm/disasm.go`), as functions like those of a listing.
//!
//! A fallback for when only a binary is at hand: file names are base names, branch targets are addresses, and
//! the names of stack slots, the kinds of bounds checks and the relocations are lost.

use super::operands::integer;
use crate::asm::text::number::decimal;
use crate::asm::text::position::Pos;

/// An instruction line: `  file.go:8 TABs 0xADDR TABs HEX TABs TEXT TABs`, without the first column under
/// `-S`.
pub(super) struct Parts<'a> {
    pub(super) position: Option<Pos<'a>>,
    pub(super) address: u64,
    pub(super) mnemonic: &'a [u8],
    pub(super) operands: &'a [u8],
}

pub(super) fn inst(line: &[u8]) -> Option<Parts<'_>> {
    let mut columns = line.get(2..)?.split(|byte| *byte == b'\t').filter(|column| !column.is_empty());
    let mut column = columns.next()?;
    let mut position = None;
    if !column.starts_with(b"0x") {
        position = file_and_line(column);
        column = columns.next()?;
    }
    let address = u64::try_from(integer(column).filter(|_| column.starts_with(b"0x"))?).ok()?;
    let bytes = columns.next()?;
    if !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let text = columns.next()?;
    let text =
        memchr::memmem::find(text, b" // ").and_then(|at| text.get(..at)).unwrap_or(text).trim_ascii_end();
    let space = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (mnemonic, operands) = text.split_at(space);
    Some(Parts { position, address, mnemonic, operands: operands.trim_ascii_start() })
}

fn file_and_line(column: &[u8]) -> Option<Pos<'_>> {
    let colon = memchr::memrchr(b':', column)?;
    Some(Pos { file: column.get(..colon)?, line: decimal(column.get(colon + 1..)?)?, column: 0 })
}

/// `TEXT symbol(SB) /path/file.go`: the symbol and the file.
pub(super) fn text(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_prefix(b"TEXT ")?;
    let end = memchr::memmem::rfind(rest, b"(SB)")?;
    Some((rest.get(..end)?, rest.get(end + 4..)?.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms() {
        let plain = inst(b"  main.go:8\t\t0x482e84\t\t4889442410\t\tMOVQ AX, 0x10(SP)\t\t").unwrap();
        assert_eq!(
            (plain.address, plain.mnemonic, plain.operands),
            (0x482e84, &b"MOVQ"[..], &b"AX, 0x10(SP)"[..])
        );
        assert_eq!(plain.position.unwrap().line, 8);
        let source = inst(b"  0x482e96\t\t4839cf\t\t\tCMPQ DI, CX\t\t").unwrap();
        assert!(source.position.is_none() && source.mnemonic == b"CMPQ");
        let gnu = inst(b"  main.go:8\t\t0x8d398\t\t\t540002c9\t\tBLS 22(PC)                           // b.ls .+0x58\t\t\t").unwrap();
        assert_eq!(gnu.operands, b"22(PC)");
        assert_eq!(
            text(b"TEXT main.sum(SB) /src/prog/main.go"),
            Some((&b"main.sum"[..], &b"/src/prog/main.go"[..]))
        );
    }
}
