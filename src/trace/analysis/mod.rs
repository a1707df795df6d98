//! What a trace means: many answers from one pass over its ordered events.
//!
//! The [events](super::Event) of a [`Reader`](super::Reader) or any other source go in, in order; typed
//! results come out, with names and stacks as text, independent of the reader and its tables.
//!
//! ```text
//! Event ──► Tracker: goroutines, procs, spans ──► each Analysis: event, span, proc span ──► result
//! ```
//!
//! A [`Span`] is the time that one goroutine spends in one state, with its reason, its stack, and what began
//! and ended it; nearly every figure is a sum over spans. The tracker finds them once for all analyses.
//!
//! Where Go's own tools compute the same figure, [`Compat::GoTool`] gives that of Go 1.27.3
//! (`internal/trace/summary.go`, `gc.go`, `cmd/trace/pprof.go`) to the nanosecond. The default,
//! [`Compat::Correct`], differs where those are wrong, as each analysis documents.
//!
//! Guarantees: nothing panics, whatever the events; no allocation for an event of a kind, stack and goroutine
//! seen before; memory is proportional to goroutines and distinct stacks, not to events, unless an analysis
//! says otherwise.

mod activity;
mod blame;
mod budget;
mod critical_path;
mod engine;
mod gc;
mod goroutines;
mod histogram;
mod lifetimes;
mod mmu;
mod names;
mod netpoll;
mod proc_utilization;
mod profiles;
mod sched;
mod stats;
mod syscalls;
mod text;
mod wakes;
mod worst;

pub use crate::compat::Compat;
pub use crate::text::Nanos;
pub use activity::Activity;
pub use budget::{
    ActivityTime, Budget, BudgetReport, Caller, Culprit, GroupRole, ProcessBudget, Site, SiteTime,
    StuckGroup, StuckKind, Verdict, VerdictKind, Victim, WorkGroup,
};
pub use critical_path::{CriticalPath, PathShare, PathStep, SpanIndex, Spans};
pub use engine::{
    Analysis, Cause, Context, Ender, GoIndex, GoKind, Goroutine, Pipeline, ProcActivity, ProcSpan, Span,
};
pub(crate) use engine::{StackTable, forward};
pub use gc::{Gc, GcCycle, GcReport, StopTheWorld, Stops, StwReport, WorkerTimes};
pub use goroutines::{
    GoroutineGroup, GoroutineSummary, Goroutines, LogMessage, RegionGroup, Summary, TaskGroup, UserRegion,
    UserTask,
};
pub use histogram::{Histogram, TimeHistogram};
pub use lifetimes::{CreationSite, LifetimeReport, Lifetimes};
pub use mmu::{MmuCurve, MmuPoint, MutatorUtilization, UtilWindow, Utilization, UtilizationPoint};
pub use names::{Stack, StackFrame, Text};
pub use netpoll::{ClassWaits, NetPoll, PollReport};
pub use proc_utilization::{ProcReport, ProcTimes, ProcUtilization};
pub use profiles::{ProfileCell, ProfileRecord, ProfileSet, Profiles, StackOf, StackProfile, TraceProfile};
pub use sched::{CauseLatency, GroupLatency, SchedLatency, SchedReport, SchedWait};
pub use stats::{BlockTime, CauseTime, ExecStats, RangeTime};
pub use syscalls::{LongSyscall, SyscallReport, SyscallStack, Syscalls};
pub use wakes::{WakeEdge, WakeGraph, WakeReport, Waker};
