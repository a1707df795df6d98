//! What goroutines do with their time.

use super::engine::Cause;
use super::names::Text;
use crate::symbol::WaitClass;
use crate::table::SortRows;

/// What a goroutine, or a group of them, did with its time, in nanoseconds.
///
/// Execution, scheduler wait, block times and the two parts of system calls do not overlap. Ranges overlap
/// with everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[doc(alias = "GoroutineExecStats")]
pub struct ExecStats {
    /// Running on a proc.
    pub exec: i64,
    /// Runnable, waiting for a proc.
    pub sched_wait: i64,
    /// The parts of `sched_wait` by how it became runnable, the longest first. Empty with
    /// [`Compat::GoTool`](super::Compat::GoTool).
    pub sched_wait_by_cause: Vec<CauseTime>,
    /// In system calls and C, holding a proc.
    pub syscall: i64,
    /// In system calls and C, after the proc was taken away.
    pub syscall_block: i64,
    /// Waiting, by reason and class, the longest first.
    pub block: Vec<BlockTime>,
    /// Ranges of the runtime, such as mark assist, by name.
    pub ranges: Vec<RangeTime>,
    /// All the time that it existed.
    pub total: i64,
}

/// Time runnable after one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CauseTime {
    /// How it became runnable.
    pub cause: Cause,
    /// Nanoseconds.
    pub time: i64,
}

/// Time blocked for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BlockTime {
    /// The runtime's word. Empty for a wait from before the trace.
    pub reason: Text,
    /// What it waited for; always unknown with [`Compat::GoTool`](super::Compat::GoTool).
    pub class: WaitClass,
    /// Nanoseconds.
    pub time: i64,
}

/// Time in one kind of range.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RangeTime {
    /// The range's name, such as `GC mark assist`.
    pub name: Text,
    /// Nanoseconds from begin to end.
    pub wall: i64,
    /// The part in which the goroutine ran; `None` with [`Compat::GoTool`](super::Compat::GoTool), whose
    /// figures lack it.
    pub on_cpu: Option<i64>,
}

impl ExecStats {
    /// All time blocked.
    pub fn blocked(&self) -> i64 {
        total(self.block.iter().map(|block| block.time))
    }

    /// The time blocked for one class.
    pub fn blocked_for(&self, class: WaitClass) -> i64 {
        total(self.block.iter().filter(|block| block.class == class).map(|block| block.time))
    }

    /// The unexplained part of the total. Never negative.
    pub fn unknown(&self) -> i64 {
        let known = [self.exec, self.sched_wait, self.syscall, self.syscall_block, self.blocked()];
        self.total.saturating_sub(total(known)).max(0)
    }

    /// The range of this name.
    pub fn range(&self, name: &str) -> Option<&RangeTime> {
        self.ranges.iter().find(|range| range.name == *name)
    }

    /// Adds the figures of another goroutine.
    pub(super) fn add(&mut self, other: &Self) {
        grow(&mut self.exec, other.exec);
        grow(&mut self.sched_wait, other.sched_wait);
        grow(&mut self.syscall, other.syscall);
        grow(&mut self.syscall_block, other.syscall_block);
        grow(&mut self.total, other.total);
        for new in &other.sched_wait_by_cause {
            match self.sched_wait_by_cause.iter_mut().find(|old| old.cause == new.cause) {
                Some(old) => grow(&mut old.time, new.time),
                None => self.sched_wait_by_cause.push(*new),
            }
        }
        for new in &other.block {
            match self.block.iter_mut().find(|old| old.class == new.class && old.reason == new.reason) {
                Some(old) => grow(&mut old.time, new.time),
                None => self.block.push(new.clone()),
            }
        }
        for new in &other.ranges {
            match self.ranges.iter_mut().find(|old| old.name == new.name) {
                Some(old) => {
                    grow(&mut old.wall, new.wall);
                    old.on_cpu = old.on_cpu.zip(new.on_cpu).map(|(old, new)| old.saturating_add(new));
                }
                None => self.ranges.push(new.clone()),
            }
        }
    }

    pub(super) fn sort(&mut self) {
        self.sched_wait_by_cause.sort_rows_by_key(|part| (-part.time, part.cause));
        self.block.sort_rows_by(|a, b| {
            b.time.cmp(&a.time).then_with(|| (&a.reason, a.class).cmp(&(&b.reason, b.class)))
        });
        self.ranges.sort_rows_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Adds a time to a sum. Damaged traces may hold any times, so sums saturate.
#[inline(always)]
pub(super) fn grow(sum: &mut i64, time: i64) {
    *sum = sum.saturating_add(time);
}

/// Adds up times.
pub(super) fn total(times: impl IntoIterator<Item = i64>) -> i64 {
    times.into_iter().fold(0, i64::saturating_add)
}
