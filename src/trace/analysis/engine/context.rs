//! What an analysis may ask about the current moment.

use super::goroutine::Goroutine;
use super::span::{GoIndex, ProcActivity};
use super::tracker::Tracker;
use crate::trace::{GoId, GoState, ProcId, StackId, StringId, Tables};

/// The state of the program after the current event.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    tracker: &'a Tracker,
    tables: &'a Tables,
}

impl<'a> Context<'a> {
    pub(super) fn new(tracker: &'a Tracker, tables: &'a Tables) -> Self {
        Self { tracker, tables }
    }

    /// The texts and stacks that events name.
    pub fn tables(&self) -> &'a Tables {
        self.tables
    }

    /// The text of a handle.
    pub fn string(&self, id: StringId) -> &'a [u8] {
        self.tables.string(id)
    }

    /// The functions of a stack, the innermost first.
    pub fn functions(&self, stack: StackId) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let tables = self.tables;
        tables.stack_frames(stack).iter().map(move |&frame| tables.string(tables.frame(frame).function))
    }

    /// The time of the trace's first event.
    pub fn start(&self) -> i64 {
        self.tracker.start
    }

    /// The time of the current event; at the end, of the last event.
    pub fn now(&self) -> i64 {
        self.tracker.now
    }

    /// How long the trace is so far, in nanoseconds.
    pub fn elapsed(&self) -> i64 {
        self.now().saturating_sub(self.start())
    }

    /// The time of the last sync event: when the current generation began.
    pub fn sync_time(&self) -> i64 {
        self.tracker.sync_time
    }

    /// How many sync events there were. From the second one on, every goroutine and proc that exists has been
    /// named.
    pub fn sync_count(&self) -> u32 {
        self.tracker.sync_count
    }

    /// The goroutine whose state the current event changes or records.
    pub fn subject(&self) -> Option<GoIndex> {
        self.tracker.subject
    }

    /// A goroutine by its position.
    pub fn goroutine(&self, index: GoIndex) -> &'a Goroutine {
        self.tracker.goroutine(index)
    }

    /// All goroutines so far, in order of their first appearance.
    pub fn goroutines(&self) -> &'a [Goroutine] {
        self.tracker.goroutines()
    }

    /// The goroutines that have not ended.
    pub fn alive(&self) -> impl Iterator<Item = &'a Goroutine> + use<'a> {
        let tracker = self.tracker;
        let first = tracker.next_alive(0);
        let indices = std::iter::successors(first, |last| tracker.next_alive(last + 1));
        indices.filter_map(|index| tracker.goroutines().get(index))
    }

    /// The position of the goroutine with this id.
    pub fn index_of(&self, id: GoId) -> Option<GoIndex> {
        self.tracker.index_of(id)
    }

    /// How many goroutines are in this state.
    pub fn count(&self, state: GoState) -> usize {
        self.tracker.count(state)
    }

    /// How many goroutines there are.
    pub fn live(&self) -> usize {
        self.tracker.live()
    }

    /// The most goroutines that there have been at once.
    pub fn most_live(&self) -> usize {
        self.tracker.most_live()
    }

    /// `GOMAXPROCS`; before the trace records it, the number of procs seen.
    pub fn gomaxprocs(&self) -> usize {
        self.tracker.gomaxprocs()
    }

    /// Whether the trace has recorded `GOMAXPROCS`.
    pub fn is_gomaxprocs_known(&self) -> bool {
        self.tracker.is_gomaxprocs_known()
    }

    /// How many goroutines are in a system call without a proc.
    pub fn without_proc(&self) -> usize {
        self.tracker.without_proc()
    }

    /// What a proc does; `None` before it is seen.
    pub fn proc(&self, id: ProcId) -> Option<ProcActivity> {
        self.tracker.proc(id)
    }

    /// How many procs are held by a thread.
    pub fn held_procs(&self) -> usize {
        self.tracker.held_procs()
    }

    /// How many procs no thread holds.
    pub fn idle_procs(&self) -> usize {
        self.tracker.idle_procs()
    }
}
