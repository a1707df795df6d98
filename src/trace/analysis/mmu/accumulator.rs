//! What a search over windows gathers: the minimum, the worst windows, the distribution.

use super::heap::Heap;
use super::mud::Mud;

/// A window of time, and its mean utilization.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UtilWindow {
    /// When it begins.
    pub time: i64,
    /// Its mean utilization, from 0 to 1.
    pub utilization: f64,
}

/// What a search over bands gathers.
#[derive(Debug)]
pub(super) struct Accumulator {
    pub(super) mmu: f64,
    /// Windows above it no longer change anything.
    pub(super) bound: f64,
    worst_count: usize,
    pub(super) worst: Heap<UtilWindow>,
    pub(super) mud: Option<Mud>,
    pub(super) last: Option<(i64, f64)>,
}

impl Accumulator {
    pub(super) fn new(worst_count: usize, mud: Option<Mud>) -> Self {
        // The best of the worst windows first: it is the next to be replaced.
        let worst = Heap::new(Vec::new(), |a: &UtilWindow, b: &UtilWindow| {
            if a.utilization == b.utilization { a.time > b.time } else { a.utilization > b.utilization }
        });
        Self { mmu: 1.0, bound: 1.0, worst_count, worst, mud, last: None }
    }

    /// Adds a window; true if further ones cannot matter.
    pub(super) fn add(&mut self, time: i64, mean: f64, window: i64) -> bool {
        self.mmu = self.mmu.min(mean);
        self.bound = self.mmu;
        if self.worst_count == 0 && self.mud.is_none() {
            return mean == 0.0;
        }
        if self.worst_count > 0 {
            self.add_worst(time, mean, window);
        }
        if let Some(mud) = &mut self.mud {
            if let Some((last_time, last_mean)) = self.last {
                mud.add(last_mean, mean, time.saturating_sub(last_time) as f64);
            }
            self.last = Some((time, mean));
            self.bound = mud.tracked().map_or(1.0, |tracked| self.bound.max(tracked));
            return false;
        }
        let full = self.worst.items().len() == self.worst_count;
        full && self.worst.first().is_some_and(|best| best.utilization == 0.0)
    }

    fn add_worst(&mut self, time: i64, mean: f64, window: i64) {
        let has_room = self.worst.items().len() < self.worst_count;
        if has_room || self.worst.first().is_some_and(|best| mean < best.utilization) {
            let overlaps = |other: &UtilWindow| {
                time.saturating_add(window) > other.time && other.time.saturating_add(window) > time
            };
            let overlapping = self.worst.items().iter().position(overlaps);
            let is_better = overlapping.is_none_or(|index| self.worst.items()[index].utilization > mean);
            if is_better {
                if let Some(index) = overlapping {
                    self.worst.remove(index);
                }
                self.worst.push(UtilWindow { time, utilization: mean });
                if self.worst.items().len() > self.worst_count {
                    self.worst.pop();
                }
            }
        }
        if self.worst.items().len() < self.worst_count {
            self.bound = 1.0;
        } else if let Some(best) = self.worst.first() {
            self.bound = self.bound.max(best.utilization);
        }
    }
}
