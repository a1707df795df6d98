//! Follows every goroutine and proc through the events, and finds their spans.

use super::classes::Classes;
use super::goroutine::{Goroutine, NOBODY};
use super::id_table::IdTable;
use super::procs::Procs;
use super::span::{Cause, Ender, GoIndex, ProcActivity, ProcSpan, Span};
use crate::trace::{
    Event, EventKind, GoId, GoState, GoTransition, Metric, ProcId, ProcState, ProcTransition, StringId,
    Tables,
};

/// Goroutines of which one number says how many have not ended.
const BLOCK: usize = 128;

/// The span that the event at hand ended, if it did. It is written where it stays: an `Option` would be
/// copied, all 136 bytes, for each event.
#[derive(Debug)]
struct Ended {
    span: Span,
    is_there: bool,
}

impl Default for Ended {
    fn default() -> Self {
        Self { span: NOBODY.span(0, 0, Ender::NONE, false), is_there: false }
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
    /// How many goroutines have not ended, by [`BLOCK`] of positions.
    alive: Vec<u8>,
    counts: [usize; 6],
    without_proc: usize,
    procs: Procs,
    classes: Classes,
    ended: Ended,
    most_live: usize,
}

impl Tracker {
    /// Begins with an event. Once it has been taken, [`ended`](Self::ended) and
    /// [`proc_ended`](Self::proc_ended) return the spans that it ends.
    #[inline(always)]
    pub(super) fn begin(&mut self, event: &Event) {
        if !self.started {
            self.started = true;
            (self.start, self.sync_time) = (event.time, event.time);
        }
        self.now = event.time;
        self.ended.is_there = false;
        self.subject = None;
        self.procs.ended = None;
    }

    /// Whether there has been an event.
    pub(super) fn has_begun(&self) -> bool {
        self.started
    }

    /// Takes an event that is no goroutine's transition.
    pub(super) fn other(&mut self, event: &Event) {
        match event.kind {
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
        self.ended.is_there.then_some(&self.ended.span)
    }

    /// The proc's span that the event ended.
    pub(super) fn proc_ended(&self) -> Option<&ProcSpan> {
        self.procs.ended.as_ref()
    }

    /// Takes a goroutine's transition.
    #[inline(always)]
    pub(super) fn transition(&mut self, event: &Event, transition: &GoTransition, tables: &Tables) {
        let GoTransition { from, to, .. } = *transition;
        let known = self.index.at(transition.goroutine);
        let known = known.filter(|&index| {
            from != GoState::NotExist
                && self.goroutines.get(index as usize).is_some_and(|go| go.ended.is_none())
        });
        let index = known.unwrap_or_else(|| self.add(event, transition));
        self.subject = Some(GoIndex(index));
        let now = self.now;
        let Some(go) = self.goroutines.get_mut(index as usize) else { return };
        if go.name == StringId::EMPTY && !transition.stack.is_none() {
            go.start_at(transition.stack, tables);
        }
        if from == to && known.is_some() {
            if go.stack.is_none() {
                go.stack = transition.stack;
            }
            return;
        }
        let is_new = known.is_none() || go.state == GoState::NotExist;
        if !is_new {
            let lost = from == GoState::Undetermined;
            let (end, ender) = match lost {
                true => (go.last_known().max(self.sync_time), Ender::NONE),
                false => (now, Ender::of(event, to)),
            };
            self.ended.span = go.span(index, end, ender, lost);
            self.ended.is_there = true;
            self.classes.classify(&mut self.ended.span, tables);
            self.counts[go.state as usize] -= 1;
            if go.state == GoState::Running {
                go.ran = go.ran.saturating_add(end.saturating_sub(go.since));
            }
        }
        self.without_proc -= usize::from(go.regain_proc());
        self.counts[to as usize] += 1;
        go.enter(event, transition, self.sync_time);
        match to {
            GoState::Running => {
                go.first_run.get_or_insert(now);
                self.procs.change(event.proc, ProcActivity::Running(GoIndex(index)), now);
                go.proc = event.proc;
            }
            GoState::Syscall => {
                // Since before the trace: it may have lost its proc long before.
                if go.cause == Cause::BeforeTrace && event.proc.is_none() {
                    go.proc_lost = self.sync_time;
                    self.without_proc += 1;
                }
                self.procs.change(event.proc, ProcActivity::Syscall(GoIndex(index)), now);
                go.proc = event.proc;
            }
            _ => {
                self.procs.release(go.proc, GoIndex(index), now);
                go.proc = ProcId::NONE;
            }
        }
        if to == GoState::NotExist {
            go.ended = Some(now);
            if let Some(alive) = self.alive.get_mut(index as usize / BLOCK) {
                *alive -= 1;
            }
            self.counts[to as usize] -= 1;
        }
        if is_new {
            self.most_live = self.most_live.max(self.live());
        }
    }

    /// Adds a goroutine that appears for the first time.
    #[inline(never)]
    fn add(&mut self, event: &Event, transition: &GoTransition) -> u32 {
        let index = u32::try_from(self.goroutines.len()).unwrap_or(u32::MAX);
        self.goroutines.push(Goroutine::new(event, transition, self.sync_time));
        self.index.insert(transition.goroutine, index);
        let block = index as usize / BLOCK;
        if block >= self.alive.len() {
            self.alive.resize(block + 1, 0);
        }
        self.alive[block] += 1;
        index
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
        if let (Some(ProcActivity::Syscall(goroutine)), ProcActivity::Idle) = (before, activity) {
            if let Some(go) = self.goroutines.get_mut(goroutine.index()).filter(|go| go.proc == proc) {
                go.proc_lost = self.now;
                self.without_proc += 1;
                go.proc = ProcId::NONE;
            }
        }
    }

    /// The open span of the goroutine at this position, ended by the end of the trace.
    pub(super) fn open_span(&mut self, index: usize, tables: &Tables) -> Option<Span> {
        let go = self.goroutines.get(index).filter(|go| go.ended.is_none())?;
        let mut span = go.span(index as u32, self.now, Ender::NONE, true);
        self.classes.classify(&mut span, tables);
        Some(span)
    }

    pub(super) fn open_proc_span(&self, index: usize) -> Option<ProcSpan> {
        self.procs.open_span(index, self.now)
    }

    /// The first goroutine that has not ended, at a position or after it. Most of millions have.
    pub(super) fn next_alive(&self, mut index: usize) -> Option<usize> {
        while let Some(go) = self.goroutines.get(index) {
            if self.alive.get(index / BLOCK) == Some(&0) {
                index = (index / BLOCK + 1) * BLOCK;
            } else if go.ended.is_some() {
                index += 1;
            } else {
                return Some(index);
            }
        }
        None
    }

    pub(super) fn proc_count(&self) -> usize {
        self.procs.len()
    }

    /// The goroutine at a position; an arbitrary one for a position from another trace.
    pub(super) fn goroutine(&self, index: GoIndex) -> &Goroutine {
        self.goroutines.get(index.index()).unwrap_or(&NOBODY)
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

    pub(super) fn most_live(&self) -> usize {
        self.most_live
    }

    pub(super) fn gomaxprocs(&self) -> usize {
        if self.gomaxprocs > 0 { self.gomaxprocs } else { self.procs.seen() }
    }

    pub(super) fn is_gomaxprocs_known(&self) -> bool {
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
