//! What a trace means: many answers from one pass over its ordered events.
//!
//! In go the [events](super::Event) of a [`Reader`](super::Reader) or any other source in order; out come typed
//! results, with names and stacks as text, which need neither the reader nor its tables.
//!
//! ```text
//! Event ──► Tracker: goroutines, procs, spans ──► each Analysis: event, span, proc span ──► result
//! ```
//!
//! A [`Span`] is the time that one goroutine spends in one state, with its reason, its stack, and who began and who
//! ended it; nearly every figure is a sum over spans. The tracker finds them once for all analyses.
//!
//! Where Go's own tools compute the same figure, [`Compat::GoTool`] gives that of Go 1.27.3
//! (`internal/trace/summary.go`, `gc.go`, `cmd/trace/pprof.go`) to the nanosecond. The default,
//! [`Compat::Correct`], differs where those are wrong, as each analysis tells.
//!
//! Guarantees: nothing panics, whatever the events; no allocation for an event of a kind, stack and goroutine seen
//! before; memory is proportional to goroutines and distinct stacks, not to events, but where an analysis says
//! otherwise.

mod classes;
mod compat;
mod context;
mod goroutines;
mod histogram;
mod names;
mod procs_state;
mod sink;
mod span;
mod stats;
mod tracker;

pub use compat::Compat;
pub use context::Context;
pub use goroutines::{
    GoroutineGroup, GoroutineSummary, Goroutines, LogMessage, RegionGroup, Summary, TaskGroup, UserRegion,
    UserTask,
};
pub use histogram::{Histogram, TimeHistogram};
pub use names::{Stack, StackFrame, Text};
pub use sink::{Analysis, Pipeline};
pub use span::{Cause, Ender, GoIndex, ProcActivity, ProcSpan, Span};
pub use stats::{BlockTime, CauseTime, ExecStats, RangeTime};
pub use tracker::{GoKind, Goroutine};
