//! The typed event: what happened, when, and in which context.

mod id;
mod range;
mod state;

pub use id::{FrameId, GoId, ProcId, StackId, StringId, TaskId, ThreadId};
pub use range::{Range, RangeName, Resource};
pub use state::{GoState, GoTransition, ProcState, ProcTransition};
use std::num::NonZeroI64;

/// The latest time of an event as recorded, in nanoseconds: 146 years. The range beyond leaves room to make
/// equal times increase, whatever the input says.
pub(crate) const LAST_TIME: i64 = 1 << 62;

/// One event of a trace. `Copy`, at most 64 bytes; texts and stacks are handles into
/// [`Tables`](crate::trace::Tables).
///
/// Thread, proc and goroutine are the context *before* the event took effect: a goroutine that starts is not
/// yet that of its own start event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Nanoseconds on the traced machine's monotonic clock (traces before Go 1.22: since the first event).
    /// Strictly increasing within a trace: where clocks stop or run back, a nanosecond after the event
    /// before.
    pub time: i64,
    /// The thread on which it happened.
    pub thread: ThreadId,
    /// The goroutine that ran there.
    pub goroutine: GoId,
    /// The proc that the thread held.
    pub proc: ProcId,
    /// The call stack of the context.
    pub stack: StackId,
    /// What happened.
    pub kind: EventKind,
}

/// What happened. The kinds are those of Go's public model (`internal/trace/event.go`), state transitions
/// split by their subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A new generation of the trace begins, or the trace ends. From the second one on, everything that
    /// exists has been recorded before.
    Sync {
        /// Its number, from 1.
        n: u32,
        /// The clocks at this point (format 1.25 and later; never at the end of the trace).
        clock: Option<ClockSnapshot>,
    },
    /// A value of a runtime metric, from now on.
    Metric {
        /// Which metric.
        metric: Metric,
        /// Its value, in the unit that its name says.
        value: u64,
    },
    /// The context's goroutine has this label from now on.
    Label(StringId),
    /// A sample of the CPU profile: the context's stack at that time. Advisory: it may contradict the states.
    StackSample,
    /// A range of time begins.
    RangeBegin(Range),
    /// A range of time is already active.
    RangeActive(Range),
    /// A range of time ends: the one of this name on the context's goroutine or proc ([`Event::range`]).
    RangeEnd {
        /// The range's name.
        name: RangeName,
        /// Bytes swept, for [`RangeName::Sweep`]; otherwise 0.
        swept: u64,
        /// Bytes reclaimed, for [`RangeName::Sweep`]; otherwise 0.
        reclaimed: u64,
    },
    /// A task begins.
    TaskBegin(Task),
    /// A task ends. Parent and name are those of its beginning, however long ago; none and empty if it began
    /// before the trace.
    TaskEnd(Task),
    /// A region begins on the context's goroutine.
    RegionBegin(Region),
    /// The innermost region of the context's goroutine ends.
    RegionEnd(Region),
    /// A message of `runtime/trace`'s `Log`.
    Log(Log),
    /// A goroutine changes its state, or the trace records it again.
    GoTransition(GoTransition),
    /// A proc changes its state, or the trace records it again.
    ProcTransition(ProcTransition),
    /// An event of the AllocFree experiment (`GODEBUG=traceallocfree=1`), with its arguments as recorded.
    Experimental {
        /// Which event.
        event: AllocFreeEvent,
        /// Its arguments, in the order of [`AllocFreeEvent::arg_names`]; unused ones are 0.
        args: [u64; 3],
    },
}

impl EventKind {
    /// The kind's name in Go's tools. Both kinds of transitions are `StateTransition`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sync { .. } => "Sync",
            Self::Metric { .. } => "Metric",
            Self::Label(_) => "Label",
            Self::StackSample => "StackSample",
            Self::RangeBegin(_) => "RangeBegin",
            Self::RangeActive(_) => "RangeActive",
            Self::RangeEnd { .. } => "RangeEnd",
            Self::TaskBegin(_) => "TaskBegin",
            Self::TaskEnd(_) => "TaskEnd",
            Self::RegionBegin(_) => "RegionBegin",
            Self::RegionEnd(_) => "RegionEnd",
            Self::Log(_) => "Log",
            Self::GoTransition(_) | Self::ProcTransition(_) => "StateTransition",
            Self::Experimental { .. } => "Experimental",
        }
    }
}

impl Event {
    /// An event of the trace itself, on no thread.
    pub(crate) const NOWHERE: Self = Self {
        time: 0,
        thread: ThreadId::NONE,
        goroutine: GoId::NONE,
        proc: ProcId::NONE,
        stack: StackId::NONE,
        kind: EventKind::StackSample,
    };

    /// The range that begins, is active or ends.
    pub const fn range(&self) -> Option<Range> {
        match self.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => Some(range),
            EventKind::RangeEnd { name, .. } => {
                let scope = match name {
                    RangeName::StopTheWorld(_) | RangeName::MarkAssist => Resource::Goroutine(self.goroutine),
                    RangeName::Sweep => Resource::Proc(self.proc),
                    RangeName::GcMark => Resource::None,
                };
                Some(Range { name, scope })
            }
            _ => None,
        }
    }
}

/// Readings of several clocks at nearly the same moment, to convert times between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSnapshot {
    /// On the clock of [`Event::time`], in nanoseconds.
    pub trace: i64,
    /// On the system's monotonic clock, in nanoseconds.
    pub mono: u64,
    /// The wall time with its sign bit flipped. It is never 0, which keeps an event within 64 bytes.
    wall: NonZeroI64,
}

impl ClockSnapshot {
    /// A snapshot; `wall` in nanoseconds since 1970-01-01 UTC.
    pub const fn new(trace: i64, mono: u64, wall: i64) -> Self {
        let flipped = match NonZeroI64::new(wall ^ i64::MIN) {
            Some(flipped) => flipped,
            None => NonZeroI64::MIN,
        };
        Self { trace, mono, wall: flipped }
    }

    /// The wall time, in nanoseconds since 1970-01-01 UTC (wrapping outside the years 1678 to 2262, as in
    /// Go).
    pub const fn wall(&self) -> i64 {
        self.wall.get() ^ i64::MIN
    }
}

/// A metric of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Metric {
    /// `GOMAXPROCS`.
    Gomaxprocs,
    /// Bytes of live and unswept heap objects.
    HeapObjects,
    /// The heap size in bytes that the collector aims for.
    HeapGoal,
}

impl Metric {
    /// The name in Go's `runtime/metrics`; the unit follows the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gomaxprocs => "/sched/gomaxprocs:threads",
            Self::HeapObjects => "/memory/classes/heap/objects:bytes",
            Self::HeapGoal => "/gc/heap/goal:bytes",
        }
    }
}

/// A task of `runtime/trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, unique in the process.
    pub id: TaskId,
    /// The task within which it was created, or [`TaskId::NONE`].
    pub parent: TaskId,
    /// What the program calls it.
    pub name: StringId,
}

/// A region of `runtime/trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The task it belongs to.
    pub task: TaskId,
    /// What the program calls it.
    pub name: StringId,
}

/// A message of `runtime/trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The task it belongs to.
    pub task: TaskId,
    /// The category.
    pub category: StringId,
    /// The message.
    pub message: StringId,
}

/// Which event of the AllocFree experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AllocFreeEvent {
    /// A span of pages exists.
    Span,
    /// A span of pages is allocated.
    SpanAlloc,
    /// A span of pages is freed.
    SpanFree,
    /// A heap object exists.
    HeapObject,
    /// A heap object is allocated.
    HeapObjectAlloc,
    /// A heap object is freed.
    HeapObjectFree,
    /// A goroutine stack exists.
    GoroutineStack,
    /// A goroutine stack is allocated.
    GoroutineStackAlloc,
    /// A goroutine stack is freed.
    GoroutineStackFree,
}

impl AllocFreeEvent {
    /// The name in Go's tools.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Span => "Span",
            Self::SpanAlloc => "SpanAlloc",
            Self::SpanFree => "SpanFree",
            Self::HeapObject => "HeapObject",
            Self::HeapObjectAlloc => "HeapObjectAlloc",
            Self::HeapObjectFree => "HeapObjectFree",
            Self::GoroutineStack => "GoroutineStack",
            Self::GoroutineStackAlloc => "GoroutineStackAlloc",
            Self::GoroutineStackFree => "GoroutineStackFree",
        }
    }

    /// The names of its arguments, in order.
    pub const fn arg_names(self) -> &'static [&'static str] {
        match self {
            Self::Span | Self::SpanAlloc => &["id", "npages_value", "kindclass"],
            Self::HeapObject | Self::HeapObjectAlloc => &["id", "type"],
            Self::GoroutineStack | Self::GoroutineStackAlloc => &["id", "order"],
            Self::SpanFree | Self::HeapObjectFree | Self::GoroutineStackFree => &["id"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_64_bytes() {
        assert_eq!(size_of::<Event>(), 64);
    }

    #[test]
    fn a_wall_time_survives() {
        for wall in [0, 1, -1, i64::MAX, i64::MIN + 1] {
            assert_eq!(ClockSnapshot::new(0, 0, wall).wall(), wall);
        }
    }
}
