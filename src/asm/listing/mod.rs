//! A `-S` listing as functions and instructions.
//!
//! Typed lines go in. Out come a [`Function`] for each text symbol, and its instructions in columns that
//! point back into the text.
//!
//! `line → header | instruction | relocation → columns`
//!
//! Data symbols are counted and dropped, but for two facts: the size that a type descriptor begins with
//! (`internal/abi/type.go`, `Size_`), and the targets of jump tables.

mod build;
mod columns;
mod function;
mod hex;
mod inst;
mod mnemonics;
mod objdump;
mod operands;
mod reloc;

pub(crate) use build::Builder;
pub(crate) use columns::{Listing, Row};
pub use function::{Flags, Function, FunctionId, PackageId};
pub use inst::Inst;
pub use operands::Operands;
pub(crate) use operands::{immediate, integer, is_frame_slot, last, memory, symbol};
pub use reloc::{Reloc, RelocKind};
