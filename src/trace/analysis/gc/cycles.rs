//! Finds the cycles of the garbage collector: phases, workers, assists, heap.

use super::report::{GcCycle, GcReport};
use crate::symbol::WaitClass;
use crate::table::Map;
use crate::trace::analysis::engine::{Analysis, Context, GoIndex, Span};
use crate::trace::analysis::stats::grow;
use crate::trace::{Event, EventKind, GoState, Metric, RangeName, Resource};

/// Collects cycles of the garbage collector; returns a [`GcReport`].
///
/// # Cost
/// Keeps each cycle, up to [`with_cycles`](Self::with_cycles).
#[derive(Debug)]
pub struct Gc {
    cycles: Vec<GcCycle>,
    /// The cycle under way or being swept; before the first, whatever belongs to no cycle.
    current: GcCycle,
    is_current: bool,
    /// The sums of all finished cycles, listed or not.
    sums: GcCycle,
    keep: usize,
    left_out: u64,
    mark_begin: Option<i64>,
    stw: Option<(i64, Stop)>,
    /// Goroutines in a mark assist, and since when.
    assists: Map<GoIndex, i64>,
    /// Workers that run, and their modes.
    workers: Map<GoIndex, Worker>,
    heap: u64,
    goal: u64,
    max_heap: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    SweepTermination,
    MarkTermination,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    Dedicated,
    Fractional,
    Idle,
}

impl Default for Gc {
    fn default() -> Self {
        Self {
            cycles: Vec::new(),
            current: GcCycle::default(),
            is_current: false,
            sums: GcCycle::default(),
            keep: 1 << 17,
            left_out: 0,
            mark_begin: None,
            stw: None,
            assists: Map::default(),
            workers: Map::default(),
            heap: 0,
            goal: 0,
            max_heap: 0,
        }
    }
}

/// Old runtimes write goals beyond a pebibyte when the collector is off.
const MAX_HEAP: u64 = 1 << 50;

impl Gc {
    /// Sets how many cycles are listed; sums are of all.
    #[must_use]
    pub fn with_cycles(mut self, keep: usize) -> Self {
        self.keep = keep;
        self
    }

    /// Begins a cycle, and finishes the one before.
    fn begin(&mut self, start: i64) {
        self.put_away();
        self.current = GcCycle { start, ..GcCycle::default() };
        self.is_current = true;
    }

    fn put_away(&mut self) {
        self.sums.add(&self.current);
        match self.is_current {
            true if self.cycles.len() < self.keep => self.cycles.push(self.current),
            is_current => self.left_out += u64::from(is_current),
        }
    }

    fn mark_begins(&mut self, time: i64) {
        let follows_stop = self.is_current && self.current.mark_start == 0;
        if !follows_stop {
            self.begin(time);
        }
        self.current.mark_start = time;
        (self.current.heap_start, self.current.goal) = (self.heap, self.goal);
        self.mark_begin = Some(time);
    }

    fn mark_ends(&mut self, time: i64) {
        if let Some(begin) = self.mark_begin.take() {
            self.current.mark = time.saturating_sub(begin);
            self.current.mark_end = Some(time);
            self.current.heap_end = self.heap;
        }
    }

    fn range_begins(&mut self, event: &Event, name: RangeName, time: i64, cx: &Context<'_>) {
        match name {
            RangeName::GcMark if self.mark_begin.is_none() => self.mark_begins(time),
            RangeName::MarkAssist => {
                let scope = event.range().map(|range| range.scope);
                let Some(Resource::Goroutine(id)) = scope else { return };
                if let Some(goroutine) = cx.index_of(id) {
                    self.assists.insert(goroutine, time);
                }
            }
            RangeName::StopTheWorld(kind) => {
                let stop = match cx.string(kind) {
                    b"GC sweep termination" => Stop::SweepTermination,
                    b"GC mark termination" => Stop::MarkTermination,
                    _ => return,
                };
                // The range begins before the stop (runtime.gcStart), but may have been lost with the start
                // of the trace.
                let is_announced = self.mark_begin.is_some() && self.current.sweep_term == 0;
                if stop == Stop::SweepTermination && !is_announced {
                    self.begin(time);
                }
                if stop == Stop::MarkTermination && self.current.concurrent_end.is_none() {
                    self.current.concurrent_end = Some(time);
                }
                self.stw = Some((time, stop));
            }
            _ => {}
        }
    }

    fn range_ends(&mut self, event: &Event, name: RangeName, swept: u64, reclaimed: u64, cx: &Context<'_>) {
        match name {
            RangeName::GcMark => self.mark_ends(event.time),
            RangeName::MarkAssist => {
                let Some(goroutine) = cx.index_of(event.goroutine) else { return };
                if let Some(begin) = self.assists.remove(&goroutine) {
                    let go = cx.goroutine(goroutine);
                    if go.state == GoState::Running {
                        grow(&mut self.current.assist, event.time.saturating_sub(begin.max(go.since)).max(0));
                    }
                }
            }
            RangeName::Sweep => {
                self.current.swept = self.current.swept.saturating_add(swept);
                self.current.reclaimed = self.current.reclaimed.saturating_add(reclaimed);
            }
            RangeName::StopTheWorld(_) => match self.stw.take() {
                Some((begin, Stop::SweepTermination)) => {
                    self.current.sweep_term = event.time.saturating_sub(begin);
                    self.current.concurrent_start = Some(event.time);
                }
                Some((begin, Stop::MarkTermination)) => {
                    self.current.mark_term = event.time.saturating_sub(begin);
                }
                None => {}
            },
        }
    }
}

impl Analysis for Gc {
    type Output = GcReport;

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) => self.range_begins(event, range.name, event.time, cx),
            EventKind::RangeActive(range) if cx.sync_count() < 2 => {
                self.range_begins(event, range.name, cx.sync_time(), cx);
            }
            EventKind::RangeEnd { name, swept, reclaimed } => {
                self.range_ends(event, name, swept, reclaimed, cx);
            }
            EventKind::Label(label) => {
                let Some(goroutine) = cx.index_of(event.goroutine) else { return };
                let worker = match cx.string(label) {
                    b"GC (dedicated)" => Worker::Dedicated,
                    b"GC (fractional)" => Worker::Fractional,
                    b"GC (idle)" => Worker::Idle,
                    _ => return,
                };
                self.workers.insert(goroutine, worker);
            }
            EventKind::Metric { metric: Metric::HeapObjects, value } if value < MAX_HEAP => {
                self.heap = value;
                self.max_heap = self.max_heap.max(value);
            }
            EventKind::Metric { metric: Metric::HeapGoal, value } => {
                self.goal = if value < MAX_HEAP { value } else { 0 };
            }
            _ => {}
        }
    }

    fn running(&mut self, span: &Span, _: &Context<'_>) {
        if !self.assists.is_empty() {
            if let Some(&begin) = self.assists.get(&span.goroutine) {
                // A span whose end was lost ends where it was last seen.
                let time = span.end.saturating_sub(begin.max(span.start)).max(0);
                grow(&mut self.current.assist, time);
            }
        }
        if !self.workers.is_empty() {
            let workers = &mut self.current.workers;
            match self.workers.remove(&span.goroutine) {
                Some(Worker::Dedicated) => grow(&mut workers.dedicated, span.duration()),
                Some(Worker::Fractional) => grow(&mut workers.fractional, span.duration()),
                Some(Worker::Idle) => grow(&mut workers.idle, span.duration()),
                None => {}
            }
        }
    }

    fn waiting(&mut self, span: &Span, _: &Context<'_>) {
        if span.class == WaitClass::GcAssist {
            grow(&mut self.current.assist_wait, span.duration());
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> GcReport {
        if let Some(begin) = self.mark_begin.take() {
            self.current.mark = cx.now().saturating_sub(begin);
        }
        self.put_away();
        let Self { cycles, sums, left_out, max_heap, .. } = self;
        GcReport {
            cycles,
            left_out,
            duration: cx.elapsed(),
            gomaxprocs: cx.gomaxprocs(),
            mark: sums.mark,
            assist: sums.assist,
            assist_wait: sums.assist_wait,
            workers: sums.workers,
            swept: sums.swept,
            reclaimed: sums.reclaimed,
            max_heap,
        }
    }
}
