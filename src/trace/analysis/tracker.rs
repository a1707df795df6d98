//! Follows every goroutine and proc through the events, and finds their spans.

use super::classes::Classes;
use super::id_table::IdTable;
use super::procs_state::Procs;
use super::span::{Cause, Ender, GoIndex, ProcActivity, ProcSpan, Span};
use crate::symbol::WaitClass;
use crate::trace::{
    Event, EventKind, GoId, GoState, GoTransition, Metric, ProcId, ProcState, ProcTransition, StackId,
    StringId, Tables,
};

/// A goroutine as far as the trace has told.
#[derive(Clone, Debug)]
pub struct Goroutine {
    /// Its id.
    pub id: GoId,
    /// Who created it; none for those from before the trace and those that the scheduler makes.
    pub creator: GoId,
    /// The function at which it starts: the root of the first stack seen of it. Empty if none was.
    pub name: StringId,
    /// What kind of goroutine its name makes it.
    pub kind: GoKind,
    /// When it was created; for one from before the trace, when the generation began in which it was first named.
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
    seen: i64,
    cause: Cause,
    reason: StringId,
    stack: StackId,
    event_stack: StackId,
    beginner: GoId,
    proc: ProcId,
    proc_lost: Option<i64>,
    is_open_start: bool,
}

/// How many spans of goroutines without a name an analysis sets aside until it knows the name.
pub(super) const MAX_UNNAMED: usize = 1 << 16;

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
    /// Of the packages that record traces and profiles.
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

/// Follows every goroutine and proc.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    pub(super) start: i64,
    pub(super) now: i64,
    pub(super) sync_time: i64,
    pub(super) sync_count: u32,
    pub(super) subject: Option<GoIndex>,
    started: bool,
    gomaxprocs: usize,
    goroutines: Vec<Goroutine>,
    index: IdTable,
    counts: [usize; 6],
    without_proc: usize,
    procs: Procs,
    classes: Classes,
    ended: Option<Span>,
}

impl Tracker {
    /// Takes an event; [`ended`](Self::ended) and [`proc_ended`](Self::proc_ended) then tell the spans it ends.
    pub(super) fn step(&mut self, event: &Event, tables: &Tables) {
        if !self.started {
            self.started = true;
            (self.start, self.sync_time) = (event.time, event.time);
        }
        self.now = event.time;
        self.ended = None;
        self.subject = None;
        self.procs.ended = None;
        match event.kind {
            EventKind::GoTransition(transition) => self.go(event, transition, tables),
            EventKind::ProcTransition(transition) => self.proc_changes(transition),
            EventKind::Sync { n, .. } => (self.sync_time, self.sync_count) = (event.time, n),
            EventKind::Metric { metric: Metric::Gomaxprocs, value } => {
                self.gomaxprocs = usize::try_from(value).unwrap_or(usize::MAX);
            }
            _ => {}
        }
    }

    /// The span that the event ended.
    pub(super) fn ended(&self) -> Option<&Span> {
        self.ended.as_ref()
    }

    /// The proc's span that the event ended.
    pub(super) fn proc_ended(&self) -> Option<&ProcSpan> {
        self.procs.ended.as_ref()
    }

    fn go(&mut self, event: &Event, transition: GoTransition, tables: &Tables) {
        let GoTransition { from, to, .. } = transition;
        let known = self.index.at(transition.goroutine);
        let known = known.filter(|&at| {
            from != GoState::NotExist && self.goroutines.get(at as usize).is_some_and(|go| go.ended.is_none())
        });
        let at = known.unwrap_or_else(|| self.add(event, &transition));
        self.subject = Some(GoIndex(at));
        let now = self.now;
        let Some(go) = self.goroutines.get_mut(at as usize) else { return };
        if go.name == StringId::EMPTY && !transition.stack.is_none() {
            if let Some(&root) = tables.stack_frames(transition.stack).last() {
                go.name = tables.frame(root).function;
                go.kind = GoKind::of(tables.string(go.name));
            }
        }
        if from == to && known.is_some() {
            if go.stack.is_none() {
                go.stack = transition.stack;
            }
            return;
        }
        if known.is_some() && go.state != GoState::NotExist {
            let lost = from == GoState::Undetermined;
            let ender = Ender {
                goroutine: event.goroutine,
                proc: event.proc,
                thread: event.thread,
                stack: event.stack,
                to,
            };
            let (end, ender) =
                if lost { (go.last_known().max(self.sync_time), Ender::NONE) } else { (now, ender) };
            self.ended = Some(go.span(at, end, ender, lost, &mut self.classes, tables));
            self.counts[go.state as usize] -= 1;
            self.without_proc -= usize::from(go.proc_lost.is_some());
        }
        self.counts[to as usize] += 1;
        go.enter(event, &transition, self.sync_time);
        self.without_proc += usize::from(go.proc_lost.is_some());
        match to {
            GoState::Running => {
                go.first_run.get_or_insert(now);
                self.procs.change(event.proc, ProcActivity::Running(GoIndex(at)), now);
                go.proc = event.proc;
            }
            GoState::Syscall => {
                self.procs.change(event.proc, ProcActivity::Syscall(GoIndex(at)), now);
                go.proc = event.proc;
            }
            _ => {
                self.procs.release(go.proc, GoIndex(at), now);
                go.proc = ProcId::NONE;
            }
        }
        if to == GoState::NotExist {
            go.ended = Some(now);
            self.counts[to as usize] -= 1;
        }
    }

    /// Adds a goroutine that appears for the first time.
    fn add(&mut self, event: &Event, transition: &GoTransition) -> u32 {
        let is_created = transition.from == GoState::NotExist;
        let at = u32::try_from(self.goroutines.len()).unwrap_or(u32::MAX);
        self.goroutines.push(Goroutine {
            id: transition.goroutine,
            creator: if is_created { event.goroutine } else { GoId::NONE },
            name: StringId::EMPTY,
            kind: GoKind::Unnamed,
            first_seen: if is_created { event.time } else { self.sync_time },
            is_created,
            create_stack: if is_created { event.stack } else { StackId::NONE },
            first_run: None,
            ended: None,
            state: transition.from,
            since: event.time,
            seen: event.time,
            cause: Cause::BeforeTrace,
            reason: StringId::EMPTY,
            stack: StackId::NONE,
            event_stack: StackId::NONE,
            beginner: GoId::NONE,
            proc: ProcId::NONE,
            proc_lost: None,
            is_open_start: false,
        });
        self.index.insert(transition.goroutine, at);
        at
    }

    fn proc_changes(&mut self, transition: ProcTransition) {
        let ProcTransition { proc, from, to } = transition;
        if from == to {
            return;
        }
        let begin = if from == ProcState::Undetermined { self.sync_time } else { self.now };
        let activity = match to {
            ProcState::Running => ProcActivity::Scheduling,
            _ => ProcActivity::Idle,
        };
        let before = self.procs.set(proc, activity, begin, self.now);
        if let (Some(ProcActivity::Syscall(at)), ProcActivity::Idle) = (before, activity) {
            if let Some(go) = self.goroutines.get_mut(at.index()).filter(|go| go.proc == proc) {
                go.proc_lost = Some(self.now);
                self.without_proc += 1;
                go.proc = ProcId::NONE;
            }
        }
    }

    /// The open span of the goroutine at this position, ended by the end of the trace.
    pub(super) fn open_span(&mut self, at: usize, tables: &Tables) -> Option<Span> {
        let go = self.goroutines.get(at).filter(|go| go.ended.is_none())?;
        Some(go.span(at as u32, self.now, Ender::NONE, true, &mut self.classes, tables))
    }

    pub(super) fn open_proc_span(&self, at: usize) -> Option<ProcSpan> {
        self.procs.open_span(at, self.now)
    }

    pub(super) fn goroutine_count(&self) -> usize {
        self.goroutines.len()
    }

    pub(super) fn proc_count(&self) -> usize {
        self.procs.len()
    }

    /// The goroutine at a position; for one of another trace, some goroutine.
    pub(super) fn goroutine(&self, at: GoIndex) -> &Goroutine {
        self.goroutines.get(at.index()).unwrap_or(&NOBODY)
    }

    pub(super) fn goroutines(&self) -> &[Goroutine] {
        &self.goroutines
    }

    pub(super) fn index_of(&self, id: GoId) -> Option<GoIndex> {
        if id.is_none() {
            return None;
        }
        self.index.at(id).map(GoIndex)
    }

    pub(super) fn count(&self, state: GoState) -> usize {
        self.counts[state as usize]
    }

    pub(super) fn live(&self) -> usize {
        self.counts.iter().sum()
    }

    pub(super) fn gomaxprocs(&self) -> usize {
        if self.gomaxprocs > 0 { self.gomaxprocs } else { self.procs.seen() }
    }

    pub(super) fn is_gomaxprocs_told(&self) -> bool {
        self.gomaxprocs > 0
    }

    /// How many goroutines are in a system call without a proc.
    pub(super) fn without_proc(&self) -> usize {
        self.without_proc
    }

    pub(super) fn proc(&self, id: ProcId) -> Option<ProcActivity> {
        self.procs.activity(id)
    }

    pub(super) fn held_procs(&self) -> usize {
        self.procs.seen() - self.procs.idle()
    }

    pub(super) fn idle_procs(&self) -> usize {
        self.procs.idle()
    }
}

/// What stands in for a goroutine that is not in the trace.
static NOBODY: Goroutine = Goroutine {
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
    /// Enters the state that the transition leads to.
    fn enter(&mut self, event: &Event, transition: &GoTransition, sync_time: i64) {
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
        // A goroutine in a system call since before the trace may have lost its proc long ago.
        let without_proc = before_trace && transition.to == GoState::Syscall && event.proc.is_none();
        self.proc_lost = without_proc.then_some(sync_time);
        if !transition.stack.is_none() {
            self.stack = transition.stack;
        }
    }

    /// When it was last known to be in its state.
    fn last_known(&self) -> i64 {
        self.seen.max(self.since).max(self.proc_lost.unwrap_or(i64::MIN))
    }

    /// The span that ends at `end`.
    fn span(
        &self,
        at: u32,
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
            goroutine: GoIndex(at),
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

    /// How many nanoseconds it was there, until `now` if it has not ended.
    pub fn lifetime(&self, now: i64) -> i64 {
        self.ended.unwrap_or(now).saturating_sub(self.first_seen)
    }
}
