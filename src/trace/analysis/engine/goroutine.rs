//! What the trace has shown of one goroutine, and the span that it is in.

use super::classes::Classes;
use super::span::{Cause, Ender, GoIndex, Span};
use crate::symbol::WaitClass;
use crate::trace::{Event, GoId, GoState, GoTransition, ProcId, StackId, StringId, Tables};

/// A goroutine as far as the trace has shown it.
#[derive(Clone, Debug)]
pub struct Goroutine {
    /// Its id.
    pub id: GoId,
    /// Its creator; `NONE` for a goroutine from before the trace or made by the scheduler.
    pub creator: GoId,
    /// The function at which it starts: the root of the first stack seen of it; empty before one is.
    pub name: StringId,
    /// Its kind, by that name.
    pub kind: GoKind,
    /// When it was created; for one from before the trace, when the first generation began that names it.
    pub first_seen: i64,
    /// It was created within the trace.
    pub is_created: bool,
    /// The stack of its creator.
    pub create_stack: StackId,
    /// When it first ran, within the trace.
    pub first_run: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
    /// Its state.
    pub state: GoState,
    /// Since when it is in this state.
    pub since: i64,
    pub(super) seen: i64,
    pub(super) cause: Cause,
    pub(super) reason: StringId,
    pub(super) stack: StackId,
    pub(super) event_stack: StackId,
    pub(super) beginner: GoId,
    pub(super) proc: ProcId,
    pub(super) proc_lost: Option<i64>,
    pub(super) is_open_start: bool,
}

/// What kind of goroutine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum GoKind {
    /// No stack of it was seen.
    Unnamed,
    /// The program's own.
    User,
    /// The runtime's.
    Runtime,
    /// That of the packages that record traces and profiles.
    Tracer,
}

impl GoKind {
    /// The kind of goroutines that start at this function.
    pub fn of(name: &[u8]) -> Self {
        const TRACER: [&[u8]; 3] =
            [b"runtime.traceStartReadCPU", b"runtime.(*traceAdvancerState)", b"runtime.traceReader"];
        let tracer = |prefix: &&[u8]| name.starts_with(prefix);
        match name {
            b"" => Self::Unnamed,
            b"runtime.main" => Self::User,
            _ if name.starts_with(b"runtime/trace.") || name.starts_with(b"runtime/pprof.") => Self::Tracer,
            _ if TRACER.iter().any(tracer) => Self::Tracer,
            _ if name.starts_with(b"runtime.") => Self::Runtime,
            _ => Self::User,
        }
    }

    /// Not the program's own: the runtime's or the tracer's.
    pub const fn is_system(self) -> bool {
        matches!(self, Self::Runtime | Self::Tracer)
    }
}

/// The answer for a goroutine that is not in the trace.
pub(super) static NOBODY: Goroutine = Goroutine {
    id: GoId::NONE,
    creator: GoId::NONE,
    name: StringId::EMPTY,
    kind: GoKind::Unnamed,
    first_seen: 0,
    is_created: false,
    create_stack: StackId::NONE,
    first_run: None,
    ended: None,
    state: GoState::NotExist,
    since: 0,
    seen: 0,
    cause: Cause::BeforeTrace,
    reason: StringId::EMPTY,
    stack: StackId::NONE,
    event_stack: StackId::NONE,
    beginner: GoId::NONE,
    proc: ProcId::NONE,
    proc_lost: None,
    is_open_start: false,
};

impl Goroutine {
    /// A goroutine that appears for the first time.
    pub(super) fn new(event: &Event, transition: &GoTransition, sync_time: i64) -> Self {
        let is_created = transition.from == GoState::NotExist;
        Self {
            id: transition.goroutine,
            creator: if is_created { event.goroutine } else { GoId::NONE },
            first_seen: if is_created { event.time } else { sync_time },
            is_created,
            create_stack: if is_created { event.stack } else { StackId::NONE },
            state: transition.from,
            since: event.time,
            seen: event.time,
            ..NOBODY
        }
    }

    /// Enters the state that the transition leads to.
    pub(super) fn enter(&mut self, event: &Event, transition: &GoTransition, sync_time: i64) {
        let before_trace = transition.from == GoState::Undetermined || transition.from == transition.to;
        let context = event.goroutine;
        self.cause = match (transition.from, transition.to) {
            _ if before_trace => Cause::BeforeTrace,
            (GoState::NotExist, _) => Cause::Created,
            (GoState::Waiting, _) if !context.is_none() => Cause::Goroutine,
            (GoState::Waiting, _) if event.proc.is_none() => Cause::NoProc,
            (GoState::Waiting, _) => Cause::Scheduler,
            (GoState::Syscall, GoState::Runnable) => Cause::Syscall,
            (GoState::Running, GoState::Runnable) => Cause::Preempted,
            (GoState::Runnable, GoState::Running) => Cause::Scheduled,
            _ => Cause::Itself,
        };
        self.state = transition.to;
        self.since = if before_trace { sync_time } else { event.time };
        self.seen = event.time;
        self.is_open_start = before_trace;
        self.reason = transition.reason;
        self.event_stack = event.stack;
        self.beginner = context;
        // A goroutine in a system call since before the trace may have lost its proc long before.
        let without_proc = before_trace && transition.to == GoState::Syscall && event.proc.is_none();
        self.proc_lost = without_proc.then_some(sync_time);
        if !transition.stack.is_none() {
            self.stack = transition.stack;
        }
    }

    /// When it was last known to be in its state.
    pub(super) fn last_known(&self) -> i64 {
        self.seen.max(self.since).max(self.proc_lost.unwrap_or(i64::MIN))
    }

    /// The span that ends at `end`.
    pub(super) fn span(
        &self,
        index: u32,
        end: i64,
        ender: Ender,
        is_open_end: bool,
        classes: &mut Classes,
        tables: &Tables,
    ) -> Span {
        let mut cause = self.cause;
        if cause == Cause::Preempted && classes.is_gosched(self.reason, tables) {
            cause = Cause::Gosched;
        }
        let (class, is_poll) = match self.state {
            GoState::Waiting => classes.of(self.reason, self.stack, &ender, is_open_end, tables),
            _ => (WaitClass::Unknown, false),
        };
        Span {
            goroutine: GoIndex(index),
            state: self.state,
            cause,
            class,
            is_poll,
            reason: self.reason,
            start: self.since,
            seen: self.seen,
            end,
            stack: self.stack,
            event_stack: self.event_stack,
            beginner: self.beginner,
            proc_lost: self.proc_lost,
            is_open_start: self.is_open_start,
            is_open_end,
            ender,
        }
    }

    /// How many nanoseconds it has existed, until `now` if it has not ended.
    pub fn lifetime(&self, now: i64) -> i64 {
        self.ended.unwrap_or(now).saturating_sub(self.first_seen)
    }
}
