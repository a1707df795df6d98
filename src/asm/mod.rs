//! Go compiler output: `-S` listings, `-m` decisions, JSON logs and objdump text.
//!
//! The output of `go build -gcflags='-S -m=2'` goes in, in any mix, of Go 1.19 to 1.27, for any machine. Out
//! come typed functions and instructions, decisions, what each function does, findings, and a comparison with
//! a baseline.
//!
//! ```text
//! text → lines (cut, typed) → listing | decisions | log → graph → sites → metrics → findings, gate
//! ```
//!
//! The formats are those of `cmd/internal/obj`, `cmd/compile/internal/{base,inline,escape,logopt}` and
//! `cmd/internal/disasm`. They are debugging aids without promises, so an unknown line is counted, never an
//! error.
//!
//! * Everything borrows from the text; the only allocation per line is 24 bytes for an instruction.
//! * No input causes a panic, recursion by data, or more than linear time.
//! * A listing is certain about the code it lists. `-m` is what the compiler concluded: no finding claims
//!   an allocation from it that the listing does not show.
//!
//! ```
//! use godiag::asm::{CompilerOutput, plain};
//! # let bytes = b"# p\n./a.go:3:6: can inline f\n";
//! let text = plain(bytes)?;
//! let out = CompilerOutput::parse(&text)?;
//! for (id, function) in out.functions() {
//!     println!("{} allocates {} times", function.name().key(), out.metrics(id).allocations);
//! }
//! # Ok::<(), godiag::Error>(())
//! ```

mod analysis;
mod arch;
mod coverage;
mod decisions;
mod findings;
mod flags;
mod gate;
mod graph;
mod infer;
mod listing;
mod log;
mod options;
mod output;
mod parse;
mod release;
mod runtime;
mod text;

pub use analysis::{Indirect, Metrics, Site, SiteKind};
pub use arch::Arch;
pub use coverage::Coverage;
pub use decisions::{Decision, DecisionKind, FlowLocation, FlowStep, NoInline, Storage};
pub use findings::{Claim, CrossCheck, Detail, Evidence, Explanation, Finding, InlineCause, Rule, Unmatched};
pub use flags::CompileFlags;
pub use gate::{Baseline, Build, Change, Comparison, DeclaredAt, Level, Record, Thresholds};
pub use listing::{Flags, Function, FunctionId, Inst, Operands, PackageId, Reloc, RelocKind};
pub use log::{LogCode, LogHeader, LogRecord};
pub use options::Options;
pub use output::{CompilerOutput, Package};
pub use release::GoVersions;
pub use runtime::{AllocKind, Bounds};
pub use text::counts::Counts;
pub use text::header::Abi;
pub use text::kind::LineKind;
pub use text::lines::{Line, Lines};
pub use text::plain::plain;
pub use text::position::Pos;

pub use crate::severity::Confidence;
