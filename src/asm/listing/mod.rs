//! A `-S` listing as functions and instructions.
//!
//! What goes in: typed lines. What comes out: a [`Function`] for each text symbol, and its instructions in columns
//! of 24 bytes that point back into the text.
//!
//! `line → header | instruction | relocation → columns`
//!
//! Data symbols are counted and dropped, but for two facts: the size that a type descriptor begins with
//! (`internal/abi/type.go`, `Size_`), and the targets of jump tables.

mod build;
mod inst;
mod objdump;
mod operands;
mod ops;
mod reloc;

pub(crate) use build::Builder;
pub use inst::Inst;
pub use operands::Operands;
pub(crate) use operands::{immediate, integer, is_frame_slot, last, memory, symbol};
pub(crate) use ops::{OpId, Ops};
pub use reloc::{Reloc, RelocKind};

use std::ops::Range;

use crate::asm::text::header::Abi;
use crate::asm::text::position::Pos;
use crate::intern::Map;
use crate::symbol::FuncName;

/// A package of the input: what its `# ` line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageId(pub(crate) u32);

/// A function of the listing, in input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub(crate) u32);

impl FunctionId {
    /// The position among [`functions`](super::CompilerOutput::functions).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Attributes of a function, from its TEXT line (`cmd/internal/obj/textflag.go`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Flags {
    /// No stack check.
    pub nosplit: bool,
    /// Several copies may exist; the linker keeps one.
    pub dupok: bool,
    /// A closure's body: the context register is live on entry.
    pub needctxt: bool,
    /// A wrapper that the compiler made: method value, promoted method, defer or go wrapper.
    pub wrapper: bool,
    /// A wrapper between calling conventions.
    pub abi_wrapper: bool,
    /// Calls no function.
    pub leaf: bool,
}

/// A function of a listing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Function<'a> {
    /// The symbol as printed, with its package's path.
    pub symbol: &'a [u8],
    /// The package whose output it stands in; `None` without a `# ` line.
    pub package: Option<PackageId>,
    /// The calling convention.
    pub abi: Abi,
    /// Code size in bytes (wasm: resume points).
    pub size: u32,
    /// Frame size in bytes, from the TEXT line.
    pub frame: Option<u32>,
    /// Size of arguments and results in bytes.
    pub args: Option<u32>,
    /// Size of the locals in bytes; on some architectures without the saved frame pointer.
    pub locals: Option<u32>,
    /// Attributes.
    pub flags: Flags,
    /// Where it is declared.
    pub position: Option<Pos<'a>>,
    /// The line of its header in the input, from 1.
    pub line: u32,
    /// Its address, where the text comes from `go tool objdump`.
    pub address: Option<u64>,
    /// Instruction positions are those of the call sites in this function (`-S=2`), not of the inlined bodies.
    pub outer_positions: bool,
    pub(crate) insts: Range<u32>,
    pub(crate) relocs: Range<u32>,
}

impl<'a> Function<'a> {
    /// The symbol, taken apart.
    pub fn name(&self) -> FuncName<'a> {
        FuncName::parse(self.symbol)
    }
}

/// One instruction as stored: 24 bytes that point into the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) pc: u32,
    /// Source line.
    pub(crate) line: u32,
    pub(crate) file: u32,
    /// Where the operands start in the text.
    pub(crate) at: u32,
    /// Line in the input.
    pub(crate) number: u32,
    pub(crate) len: u16,
    pub(crate) op: OpId,
}

/// Everything a listing holds.
#[derive(Debug, Default)]
pub(crate) struct Listing<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) functions: Vec<Function<'a>>,
    pub(crate) rows: Vec<Row>,
    pub(crate) relocs: Vec<Reloc<'a>>,
    pub(crate) files: Vec<&'a [u8]>,
    pub(crate) ops: Ops<'a>,
    /// The first bytes of type descriptors: their size, in the byte order of the machine.
    pub(crate) types: Map<&'a [u8], [u8; 8]>,
    /// Targets of jump tables, by the table's symbol.
    pub(crate) jumps: Map<&'a [u8], Vec<u32>>,
    pub(crate) data_symbols: u32,
    /// What the lines tell about the compiler's version.
    pub(crate) hints: Hints,
}

/// Features of a listing that came with a version.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints {
    /// `align=` behind `size=` (1.27).
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
        let start = row.at as usize;
        self.text.get(start..start + usize::from(row.len)).unwrap_or_default()
    }

    pub(crate) fn position(&self, row: &Row) -> Pos<'a> {
        Pos {
            file: self.files.get(row.file as usize).copied().unwrap_or_default(),
            line: row.line,
            column: 0,
        }
    }

    pub(crate) fn inst(&self, row: &Row) -> Inst<'a> {
        Inst {
            pc: row.pc,
            position: self.position(row),
            mnemonic: self.ops.name(row.op),
            operand_text: self.operands(row),
            line: row.number,
        }
    }
}
