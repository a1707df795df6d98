//! The listing as columns: functions, and their instructions in rows of 24 bytes that point back into the
//! text.

use super::function::{Function, PackageId};
use super::inst::Inst;
use super::mnemonics::{MnemonicId, Mnemonics};
use super::reloc::Reloc;
use crate::asm::flags::CompileFlags;
use crate::asm::text::position::Pos;
use crate::table::Map;

/// One instruction as stored: 24 bytes that point into the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) pc: u32,
    pub(crate) source_line: u32,
    /// An index into the listing's files.
    pub(crate) file: u32,
    /// Where the operands start in the text.
    pub(crate) operands: u32,
    pub(super) operands_len: u16,
    pub(crate) mnemonic: MnemonicId,
    /// The line in the input.
    pub(super) input_line: u32,
}

/// Everything a listing holds.
#[derive(Debug, Default)]
pub(crate) struct Listing<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) functions: Vec<Function<'a>>,
    pub(crate) rows: Vec<Row>,
    pub(crate) relocs: Vec<Reloc<'a>>,
    pub(crate) files: Vec<&'a [u8]>,
    pub(crate) mnemonics: Mnemonics<'a>,
    /// The first bytes of type descriptors: their size, in the byte order of the machine.
    pub(crate) types: Map<&'a [u8], [u8; 8]>,
    /// Targets of jump tables, by the table's symbol.
    pub(crate) jumps: Map<&'a [u8], Vec<u32>>,
    /// The flags of packages, where their symbols hold them.
    pub(crate) flags: Vec<(Option<PackageId>, CompileFlags)>,
    pub(super) data_symbols: u32,
    /// What the lines say about the compiler's release.
    pub(crate) hints: Hints,
}

/// Features of a listing that came with a release.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints {
    /// `align=` right after `size=` (1.27).
    pub(crate) align_first: bool,
    /// `align=` elsewhere (up to 1.26).
    pub(crate) align_last: bool,
    /// Relocations by name (1.22) or by number.
    pub(crate) named_relocs: bool,
    pub(crate) numbered_relocs: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn rows(&self, function: &Function<'_>) -> &[Row] {
        self.rows.get(function.insts.start as usize..function.insts.end as usize).unwrap_or_default()
    }

    pub(crate) fn relocs(&self, function: &Function<'_>) -> &[Reloc<'a>] {
        self.relocs.get(function.relocs.start as usize..function.relocs.end as usize).unwrap_or_default()
    }

    pub(crate) fn operands(&self, row: &Row) -> &'a [u8] {
        let start = row.operands as usize;
        self.text.get(start..start + usize::from(row.operands_len)).unwrap_or_default()
    }

    pub(crate) fn position(&self, row: &Row) -> Pos<'a> {
        Pos {
            file: self.files.get(row.file as usize).copied().unwrap_or_default(),
            line: row.source_line,
            column: 0,
        }
    }

    pub(crate) fn inst(&self, row: &Row) -> Inst<'a> {
        Inst {
            pc: row.pc,
            position: self.position(row),
            mnemonic: self.mnemonics.name(row.mnemonic),
            operand_text: self.operands(row),
            line: row.input_line,
        }
    }
}
