//! What all analyses share: goroutines and procs followed through the events once, and fed to each analysis
//! as spans.
//!
//! tracker (goroutines, procs, their spans) → context (what an analysis may ask) → pipeline (several
//! analyses, one pass)

mod classes;
mod context;
mod goroutine;
mod id_table;
mod pipeline;
mod procs;
mod span;
mod stack_table;
mod tracker;

pub use context::Context;
pub use goroutine::{GoKind, Goroutine};
pub(crate) use pipeline::forward;
pub use pipeline::{Analysis, Pipeline};
pub use span::{Cause, Ender, GoIndex, ProcActivity, ProcSpan, Span};
pub(crate) use stack_table::StackTable;

/// How many spans of goroutines without a name an analysis sets aside until the name is known.
pub(crate) const MAX_UNNAMED: usize = 1 << 16;
