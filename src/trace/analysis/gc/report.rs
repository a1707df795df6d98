//! The result: cycles of the garbage collector, and their sums.

use crate::trace::analysis::stats::grow;

/// The cycles of the garbage collector. Times in nanoseconds.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GcReport {
    /// The cycles, in order. The first and last may be cut by the ends of the trace.
    pub cycles: Vec<GcCycle>,
    /// How many cycles are not listed because there were too many.
    pub left_out: u64,
    /// How long the trace is.
    pub duration: i64,
    /// `GOMAXPROCS` at the end.
    pub gomaxprocs: usize,
    /// All time in mark phases.
    pub mark: i64,
    /// Time on procs that goroutines spent in mark assists.
    pub assist: i64,
    /// Time that goroutines waited in mark assists for work.
    pub assist_wait: i64,
    /// Time on procs of mark workers.
    pub workers: WorkerTimes,
    /// Bytes swept and reclaimed by sweeping while allocating.
    pub swept: u64,
    /// Bytes reclaimed of these.
    pub reclaimed: u64,
    /// The largest heap, in bytes.
    pub max_heap: u64,
}

/// Time on procs of mark workers, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WorkerTimes {
    /// On procs set aside for it.
    pub dedicated: i64,
    /// On a share of a proc.
    pub fractional: i64,
    /// On procs that had nothing else to do.
    pub idle: i64,
}

/// One cycle. Times in nanoseconds, sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GcCycle {
    /// When it began: the request to stop the world for sweep termination, or the mark phase if that is not
    /// in the trace.
    pub start: i64,
    /// When the range `GC concurrent mark phase` began: before the stop for sweep termination.
    pub mark_start: i64,
    /// When that range ended; `None` if it did not within the trace.
    pub mark_end: Option<i64>,
    /// When the world ran again after sweep termination.
    pub concurrent_start: Option<i64>,
    /// When it was asked to stop for mark termination.
    pub concurrent_end: Option<i64>,
    /// How long the world was stopped for sweep termination.
    pub sweep_term: i64,
    /// How long the range `GC concurrent mark phase` was. It holds the first stop, and most of the second.
    pub mark: i64,
    /// How long the world was stopped for mark termination.
    pub mark_term: i64,
    /// Time on procs that goroutines spent in mark assists.
    pub assist: i64,
    /// Time that goroutines waited in mark assists for work.
    pub assist_wait: i64,
    /// Time on procs of mark workers.
    pub workers: WorkerTimes,
    /// Bytes swept afterwards while allocating.
    pub swept: u64,
    /// Bytes reclaimed of these.
    pub reclaimed: u64,
    /// The heap when the mark phase began; 0 if not known.
    pub heap_start: u64,
    /// The heap when the mark phase ended.
    pub heap_end: u64,
    /// The heap that the collector aimed for when the mark phase began; 0 if it is off.
    pub goal: u64,
}

impl GcCycle {
    /// Adds the sums of another cycle.
    pub(super) fn add(&mut self, other: &Self) {
        grow(&mut self.mark, other.mark);
        grow(&mut self.assist, other.assist);
        grow(&mut self.assist_wait, other.assist_wait);
        grow(&mut self.workers.dedicated, other.workers.dedicated);
        grow(&mut self.workers.fractional, other.workers.fractional);
        grow(&mut self.workers.idle, other.workers.idle);
        self.swept = self.swept.saturating_add(other.swept);
        self.reclaimed = self.reclaimed.saturating_add(other.reclaimed);
    }

    /// How long marking ran beside the program, if both ends are in the trace.
    pub fn concurrent(&self) -> Option<i64> {
        Some(self.concurrent_end?.saturating_sub(self.concurrent_start?))
    }
}

impl GcReport {
    /// The share of the procs' time in mark assists, from 0 to 1.
    pub fn assist_share(&self) -> f64 {
        share(self.assist, self.duration, self.gomaxprocs)
    }

    /// The share of the time in mark phases, from 0 to 1.
    pub fn mark_share(&self) -> f64 {
        share(self.mark, self.duration, 1)
    }

    /// The share of the procs' time during mark phases that dedicated and fractional workers took; the
    /// runtime aims at 0.25.
    pub fn worker_share(&self) -> f64 {
        share(self.workers.dedicated.saturating_add(self.workers.fractional), self.mark, self.gomaxprocs)
    }
}

fn share(part: i64, time: i64, procs: usize) -> f64 {
    let whole = time as f64 * procs as f64;
    if whole > 0.0 { part as f64 / whole } else { 0.0 }
}
