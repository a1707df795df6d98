//! Go compiler output: `-S` listings, `-m` decisions, JSON logs and objdump text.
//!
//! In goes what `go build -gcflags='-S -m=2'` prints, in any mix, of Go 1.19 to 1.27 for any machine; out come typed
//! functions and instructions, decisions, what each function does, findings, and a comparison with a baseline.
//!
//! ```text
//! text → lines (cut, typed) → listing | decisions | logs → graph → sites → metrics → findings, gate
//! ```
//!
//! The formats are those of `cmd/internal/obj`, `cmd/compile/internal/{base,inline,escape,logopt}` and
//! `cmd/internal/disasm`. They are debugging aids without promises, so a line that is not known is counted and kept,
//! never an error.
//!
//! * Everything borrows from the text; nothing is allocated a line but 24 bytes an instruction.
//! * No input panics, recurses by data, or takes time that is not linear in its length.
//! * What a listing says is certain for the code it lists. What `-m` says is what the compiler concluded: findings
//!   never claim an allocation from it that the listing does not show.
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
mod decisions;
mod findings;
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
pub use decisions::{Decision, DecisionKind, FlowStep, NoInline, Place, Storage};
pub use findings::{Claim, Confidence, CrossCheck, Detail, Evidence, Finding, InlineCause, Rule, Unmatched};
pub use gate::{Baseline, Build, Change, Comparison, DeclaredAt, Level, Record, Thresholds};
pub use listing::{Flags, Function, FunctionId, Inst, Operands, PackageId, Reloc, RelocKind};
pub use log::{LogCode, LogHeader, LogRecord};
pub use options::Options;
pub use output::{CompilerOutput, Package};
pub use release::GoVersions;
pub use runtime::calls::{AllocKind, Bounds};
pub use text::counts::Counts;
pub use text::header::Abi;
pub use text::lines::{Line, LineKind, Lines};
pub use text::plain::plain;
pub use text::position::Pos;
