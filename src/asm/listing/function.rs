//! A function of a listing.

use std::ops::Range;

use crate::asm::text::header::Abi;
use crate::asm::text::position::Pos;
use crate::symbol::FuncName;

/// A handle of a package of the input, for [`package`](crate::asm::CompilerOutput::package).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageId(pub(crate) u32);

/// A handle of a function of the listing, in input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub(crate) u32);

impl FunctionId {
    /// The position among [`functions`](crate::asm::CompilerOutput::functions).
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
    /// The package whose output it is in; `None` without a `# ` line.
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
    /// Instruction positions are those of the call sites in this function (`-S=2`), not of the inlined
    /// bodies.
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
