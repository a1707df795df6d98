//! What the trace has shown of one goroutine, and the span that it is in.

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
    /// When it lost its proc in a system call, or [`KEPT`].
    pub(super) proc_lost: i64,
    pub(super) ran: i64,
}

/// No proc was lost.
const KEPT: i64 = i64::MIN;

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
    proc_lost: KEPT,
    ran: 0,
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
        self.cause = match Cause::of(transition.from, transition.to) {
            Cause::Goroutine if !event.goroutine.is_none() => Cause::Goroutine,
            Cause::Goroutine if event.proc.is_none() => Cause::NoProc,
            Cause::Goroutine => Cause::Scheduler,
            cause => cause,
        };
        self.state = transition.to;
        self.since = if before_trace { sync_time } else { event.time };
        self.seen = event.time;
        self.reason = transition.reason;
        self.event_stack = event.stack;
        self.beginner = event.goroutine;
        if !transition.stack.is_none() {
            self.stack = transition.stack;
        }
    }

    /// When it was last known to be in its state.
    pub(super) fn last_known(&self) -> i64 {
        self.seen.max(self.since).max(self.proc_lost)
    }

    /// Whether it has lost its proc in the system call that it is in.
    fn has_lost_proc(&self) -> bool {
        self.proc_lost != KEPT
    }

    /// Leaves the system call that it may be in; returns whether it had lost its proc there.
    pub(super) fn regain_proc(&mut self) -> bool {
        let had_lost = self.has_lost_proc();
        if had_lost {
            self.proc_lost = KEPT;
        }
        had_lost
    }

    /// Names it by the root of the first stack seen of it.
    #[cold]
    pub(super) fn start_at(&mut self, stack: StackId, tables: &Tables) {
        if let Some(&root) = tables.stack_frames(stack).last() {
            self.name = tables.frame(root).function;
            self.kind = GoKind::of(tables.string(self.name));
        }
    }

    /// The span that ends at `end`, not classified yet.
    #[inline(always)]
    pub(super) fn span(&self, index: u32, end: i64, ender: Ender, is_open_end: bool) -> Span {
        Span {
            goroutine: GoIndex(index),
            state: self.state,
            cause: self.cause,
            class: WaitClass::Unknown,
            is_poll: false,
            reason: self.reason,
            start: self.since,
            seen: self.seen,
            end,
            stack: self.stack,
            event_stack: self.event_stack,
            beginner: self.beginner,
            proc_lost: self.has_lost_proc().then_some(self.proc_lost),
            is_open_start: self.cause == Cause::BeforeTrace,
            is_open_end,
            ender,
        }
    }

    /// For how long it has run, until `now` if it does.
    pub fn time_run(&self, now: i64) -> i64 {
        let open = if self.state == GoState::Running { now.saturating_sub(self.since) } else { 0 };
        self.ran.saturating_add(open)
    }

    /// How many nanoseconds it has existed, until `now` if it has not ended.
    pub fn lifetime(&self, now: i64) -> i64 {
        self.ended.unwrap_or(now).saturating_sub(self.first_seen)
    }
}
