//! Spans: the time that one goroutine, or one proc, spends in one state.

use crate::symbol::WaitClass;
use crate::trace::{Event, GoId, GoState, ProcId, StackId, StringId, ThreadId};

/// The position of a goroutine among those of the trace, in order of their first appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GoIndex(pub(crate) u32);

impl GoIndex {
    /// The position, to index a table of your own.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The time that one goroutine spends in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "GoroutineState")]
pub struct Span {
    /// Whose span it is.
    pub goroutine: GoIndex,
    /// The state.
    pub state: GoState,
    /// How the goroutine came into it.
    pub cause: Cause,
    /// What a waiting goroutine waits for; otherwise unknown.
    pub class: WaitClass,
    /// It waits for a descriptor that the network poller watches.
    pub is_poll: bool,
    /// Why, in the runtime's words; often empty.
    pub reason: StringId,
    /// When it begins, in nanoseconds as [`Event::time`](crate::trace::Event::time). For a span from before
    /// the trace: when the first generation began that names the goroutine.
    pub start: i64,
    /// When it was first seen: the same, except for a span from before the trace, which was recorded later.
    pub seen: i64,
    /// When it ends.
    pub end: i64,
    /// The goroutine's own stack: where it waits, calls the system, or stopped before it became runnable.
    pub stack: StackId,
    /// The stack of the event that began the span: of the waker or creator, if that is another goroutine.
    pub event_stack: StackId,
    /// The goroutine on whose behalf it began: itself, its waker or its creator.
    pub beginner: GoId,
    /// When a goroutine in a system call lost its proc.
    pub proc_lost: Option<i64>,
    /// The span was under way when the trace began.
    pub is_open_start: bool,
    /// The span was still under way when the trace ended, or its end was lost.
    pub is_open_end: bool,
    /// Who or what ended it; [`Ender::NONE`] if nothing did.
    pub ender: Ender,
}

impl Span {
    /// How long it is, in nanoseconds.
    pub const fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}

/// The event that ends a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ender {
    /// The goroutine on whose behalf, such as the one that unlocks; `NONE` for the scheduler.
    pub goroutine: GoId,
    /// Its proc.
    pub proc: ProcId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its stack.
    pub stack: StackId,
    /// The state that follows.
    pub to: GoState,
}

impl Ender {
    /// Nothing ended it.
    pub const NONE: Self = Self {
        goroutine: GoId::NONE,
        proc: ProcId::NONE,
        thread: ThreadId::NONE,
        stack: StackId::NONE,
        to: GoState::Undetermined,
    };

    /// The event that leads to the state `to`.
    pub(super) fn of(event: &Event, to: GoState) -> Self {
        let &Event { goroutine, proc, thread, stack, .. } = event;
        Self { goroutine, proc, thread, stack, to }
    }
}

/// How a goroutine came into a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cause {
    /// It was in it when the trace began.
    BeforeTrace,
    /// It was created.
    Created,
    /// Another goroutine ended its wait.
    Goroutine,
    /// The scheduler ended its wait, holding a proc: a timer, or a descriptor that became ready.
    Scheduler,
    /// The scheduler ended its wait without a proc: the system monitor, or a thread that found no proc free.
    NoProc,
    /// It ran for its time slice, and was stopped.
    Preempted,
    /// It called `runtime.Gosched`.
    Gosched,
    /// It came back from a system call and had lost its proc.
    Syscall,
    /// It acted itself: it blocked, called the system, or continued to run.
    Itself,
    /// The scheduler let it run.
    Scheduled,
}

impl Cause {
    /// How a transition comes about, as far as its states tell; [`Goroutine`](Self::Goroutine) for all ends
    /// of a wait.
    #[inline(always)]
    pub(super) fn of(from: GoState, to: GoState) -> Self {
        const STATES: usize = GoState::Syscall as usize + 1;
        const fn between(from: usize, to: usize) -> Cause {
            const UNDETERMINED: usize = GoState::Undetermined as usize;
            const NOT_EXIST: usize = GoState::NotExist as usize;
            const RUNNABLE: usize = GoState::Runnable as usize;
            const RUNNING: usize = GoState::Running as usize;
            const WAITING: usize = GoState::Waiting as usize;
            const SYSCALL: usize = GoState::Syscall as usize;
            match (from, to) {
                (UNDETERMINED, _) => Cause::BeforeTrace,
                _ if from == to => Cause::BeforeTrace,
                (NOT_EXIST, _) => Cause::Created,
                (WAITING, _) => Cause::Goroutine,
                (SYSCALL, RUNNABLE) => Cause::Syscall,
                (RUNNING, RUNNABLE) => Cause::Preempted,
                (RUNNABLE, RUNNING) => Cause::Scheduled,
                _ => Cause::Itself,
            }
        }
        const TABLE: [Cause; STATES * STATES] = {
            let mut table = [Cause::Itself; STATES * STATES];
            let mut at = 0;
            while at < table.len() {
                table[at] = between(at / STATES, at % STATES);
                at += 1;
            }
            table
        };
        TABLE[from as usize * STATES + to as usize]
    }

    /// The name in reports and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeTrace => "before_trace",
            Self::Created => "created",
            Self::Goroutine => "goroutine",
            Self::Scheduler => "scheduler",
            Self::NoProc => "no_proc",
            Self::Preempted => "preempted",
            Self::Gosched => "gosched",
            Self::Syscall => "syscall",
            Self::Itself => "itself",
            Self::Scheduled => "scheduled",
        }
    }

    /// The causes for which a goroutine becomes runnable.
    pub const RUNNABLE: [Self; 8] = [
        Self::Created,
        Self::Goroutine,
        Self::Scheduler,
        Self::NoProc,
        Self::Preempted,
        Self::Gosched,
        Self::Syscall,
        Self::BeforeTrace,
    ];
}

/// What a proc does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProcActivity {
    /// Idle: no thread holds it.
    Idle,
    /// A thread holds it and runs no goroutine: it schedules, polls or looks for work.
    Scheduling,
    /// A goroutine runs on it.
    Running(GoIndex),
    /// A goroutine is in a system call and keeps it.
    Syscall(GoIndex),
}

/// The time that one proc spends with one activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcSpan {
    /// Which proc.
    pub proc: ProcId,
    /// What it did.
    pub activity: ProcActivity,
    /// When it began.
    pub start: i64,
    /// When it ended.
    pub end: i64,
    /// It was under way when the trace ended.
    pub is_open_end: bool,
}

impl ProcSpan {
    /// How long it is, in nanoseconds.
    pub const fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}
