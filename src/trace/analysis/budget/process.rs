//! What the whole process used: CPU, collector, memory.

use crate::table::Set;
use crate::trace::analysis::engine::{Context, GoKind, Goroutine};
use crate::trace::analysis::stats::grow;
use crate::trace::{Event, EventKind, GoId, Metric, RangeName};

/// Follows the figures of the process.
#[derive(Debug, Default)]
pub(super) struct Process {
    running: i64,
    collecting: i64,
    collecting_idle: i64,
    /// Mark workers that run because nothing else would.
    idle_workers: Set<GoId>,
    marking: i64,
    marks_since: Option<i64>,
    cycles: u64,
    goals: u64,
    tight_goals: u64,
    heap: Option<(u64, u64, u64)>,
    goal: Option<u64>,
}

/// What the process used, and what it had.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcessBudget {
    /// Time that goroutines ran, the runtime's among them, in nanoseconds summed over Ps.
    pub cpu_used: i64,
    /// `GOMAXPROCS` times the length of the trace, in nanoseconds.
    pub cpu_available: i64,
    /// The part of `cpu_used` in which the runtime's goroutines collected garbage.
    pub collector: i64,
    /// The part of `collector` on Ps that had nothing else to run.
    pub collector_idle: i64,
    /// Time during which a collection marked, in nanoseconds.
    pub marking: i64,
    /// How many garbage collections began.
    pub collections: u64,
    /// How many heap goals were set, and how many of them were less than 10 % above the heap at that time, as
    /// when the memory limit leaves the collector no room.
    pub heap_goals: u64,
    /// See [`heap_goals`](Self::heap_goals).
    pub tight_heap_goals: u64,
    /// Bytes of heap objects at the first and last report in the trace, and at most.
    pub heap_first: Option<u64>,
    /// See [`heap_first`](Self::heap_first).
    pub heap_last: Option<u64>,
    /// See [`heap_first`](Self::heap_first).
    pub heap_max: Option<u64>,
    /// The last heap goal, in bytes.
    pub heap_goal: Option<u64>,
    /// Goroutines at the end, and how many of these were created within the trace.
    pub goroutines: usize,
    /// See [`goroutines`](Self::goroutines).
    pub goroutines_created: usize,
}

impl ProcessBudget {
    /// The part of the available CPU time that was used, from 0 to 1.
    pub fn busy(&self) -> f64 {
        ratio(self.cpu_used, self.cpu_available)
    }

    /// The part of the available CPU time that the collector took from the program, from 0 to 1: without what
    /// it did on Ps that had nothing else to run.
    pub fn collector_share(&self) -> f64 {
        ratio(self.collector.saturating_sub(self.collector_idle), self.cpu_available)
    }

    /// Whether most heap goals left the collector no room, as when the memory limit is at the live heap.
    pub fn is_tight(&self) -> bool {
        self.heap_goals > 0 && self.tight_heap_goals * 2 >= self.heap_goals
    }
}

/// A part of a whole; 0 if there is no whole.
pub(super) fn ratio(part: i64, whole: i64) -> f64 {
    if whole > 0 { (part.max(0) as f64 / whole as f64).min(1.0) } else { 0.0 }
}

impl Process {
    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::Label(label) => {
                if cx.string(label) == b"GC (idle)" {
                    self.idle_workers.insert(event.goroutine);
                } else {
                    self.idle_workers.remove(&event.goroutine);
                }
            }
            EventKind::Metric { metric: Metric::HeapObjects, value } => {
                let (first, _, max) = self.heap.unwrap_or((value, value, value));
                self.heap = Some((first, value, max.max(value)));
            }
            EventKind::Metric { metric: Metric::HeapGoal, value } => {
                if let Some((_, heap, _)) = self.heap.filter(|_| self.goal != Some(value)) {
                    self.goals += 1;
                    self.tight_goals += u64::from(value < heap.saturating_add(heap / 10));
                }
                self.goal = Some(value);
            }
            EventKind::RangeBegin(range) if range.name == RangeName::GcMark => {
                self.cycles += 1;
                self.marks_since = Some(event.time);
            }
            EventKind::RangeActive(range) if range.name == RangeName::GcMark => {
                self.marks_since.get_or_insert(cx.start());
            }
            EventKind::RangeEnd { name: RangeName::GcMark, .. } => {
                let since = self.marks_since.take().unwrap_or(event.time);
                grow(&mut self.marking, event.time.saturating_sub(since));
            }
            _ => {}
        }
    }

    /// A goroutine ran.
    #[inline]
    pub(super) fn ran(&mut self, goroutine: &Goroutine, time: i64, cx: &Context<'_>) {
        const COLLECTORS: [&[u8]; 3] = [b"runtime.gcBgMarkWorker", b"runtime.bgsweep", b"runtime.bgscavenge"];
        grow(&mut self.running, time);
        if goroutine.kind == GoKind::Runtime && COLLECTORS.contains(&cx.string(goroutine.name)) {
            grow(&mut self.collecting, time);
            if self.idle_workers.contains(&goroutine.id) {
                grow(&mut self.collecting_idle, time);
            }
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>) -> ProcessBudget {
        let procs = i64::try_from(cx.gomaxprocs()).unwrap_or(i64::MAX);
        ProcessBudget {
            cpu_used: self.running,
            cpu_available: cx.elapsed().saturating_mul(procs),
            collector: self.collecting,
            collector_idle: self.collecting_idle,
            marking: self
                .marking
                .saturating_add(self.marks_since.map_or(0, |since| cx.now().saturating_sub(since))),
            collections: self.cycles,
            heap_goals: self.goals,
            tight_heap_goals: self.tight_goals,
            heap_first: self.heap.map(|(first, ..)| first),
            heap_last: self.heap.map(|(_, last, _)| last),
            heap_max: self.heap.map(|(.., max)| max),
            heap_goal: self.goal,
            goroutines: cx.live(),
            goroutines_created: cx.alive().filter(|go| go.is_created).count(),
        }
    }
}
