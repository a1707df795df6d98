//! Running totals of one goroutine, by handle.

use crate::symbol::WaitClass;
use crate::trace::analysis::engine::{Cause, Span};
use crate::trace::analysis::names::Names;
use crate::trace::analysis::stats::grow;
use crate::trace::analysis::stats::{BlockTime, CauseTime, ExecStats, RangeTime};
use crate::trace::{GoState, RangeName, StringId};

/// How often one reason of one class blocked, and for how long.
type Block = (StringId, WaitClass, i64);

/// Wall time of a range, and the part of it in which the goroutine ran.
type RangeTotal = (RangeName, i64, i64);

/// What a goroutine did with its time so far, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub(super) exec: i64,
    pub(super) sched_wait: i64,
    pub(super) syscall: i64,
    pub(super) syscall_block: i64,
    pub(super) total: i64,
    by_cause: [i64; Cause::RUNNABLE.len()],
    block: Vec<Block>,
    ranges: Vec<RangeTotal>,
}

impl Totals {
    /// Adds a span.
    pub(super) fn add(&mut self, span: &Span) {
        let time = span.duration();
        match span.state {
            GoState::Running => grow(&mut self.exec, time),
            GoState::Runnable => {
                grow(&mut self.sched_wait, time);
                let index = Cause::RUNNABLE.iter().position(|&cause| cause == span.cause);
                if let Some(sum) = index.and_then(|index| self.by_cause.get_mut(index)) {
                    grow(sum, time);
                }
            }
            GoState::Waiting => self.add_block(span.reason, span.class, time),
            GoState::Syscall => {
                let without = span.proc_lost.map_or(0, |lost| span.end.saturating_sub(lost));
                grow(&mut self.syscall_block, without);
                grow(&mut self.syscall, time.saturating_sub(without));
            }
            GoState::Undetermined | GoState::NotExist => {}
        }
    }

    pub(super) fn add_block(&mut self, reason: StringId, class: WaitClass, time: i64) {
        match self.block.iter_mut().find(|block| (block.0, block.1) == (reason, class)) {
            Some(block) => grow(&mut block.2, time),
            None => self.block.push((reason, class, time)),
        }
    }

    pub(super) fn add_range(&mut self, name: RangeName, wall: i64, on_cpu: i64) {
        match self.ranges.iter_mut().find(|range| range.0 == name) {
            Some(range) => {
                grow(&mut range.1, wall);
                grow(&mut range.2, on_cpu);
            }
            None => self.ranges.push((name, wall, on_cpu)),
        }
    }

    /// Takes over the figures of another, keeping the memory.
    pub(super) fn set(&mut self, other: &Self) {
        let Self { exec, sched_wait, syscall, syscall_block, total, by_cause, .. } = *other;
        (self.exec, self.sched_wait, self.syscall) = (exec, sched_wait, syscall);
        (self.syscall_block, self.total, self.by_cause) = (syscall_block, total, by_cause);
        self.block.clone_from(&other.block);
        self.ranges.clone_from(&other.ranges);
    }

    /// The difference to `before`, an earlier state of the same totals.
    pub(super) fn since(mut self, before: &Self) -> Self {
        self.exec = self.exec.saturating_sub(before.exec);
        self.sched_wait = self.sched_wait.saturating_sub(before.sched_wait);
        self.syscall = self.syscall.saturating_sub(before.syscall);
        self.syscall_block = self.syscall_block.saturating_sub(before.syscall_block);
        self.total = self.total.saturating_sub(before.total);
        for (sum, old) in self.by_cause.iter_mut().zip(before.by_cause) {
            *sum = sum.saturating_sub(old);
        }
        for &(reason, class, time) in &before.block {
            self.add_block(reason, class, time.saturating_neg());
        }
        for &(name, wall, on_cpu) in &before.ranges {
            self.add_range(name, wall.saturating_neg(), on_cpu.saturating_neg());
        }
        self
    }

    /// The result: as text, without zeros.
    pub(super) fn stats(&self, knows_cpu: bool, names: &mut Names<'_>) -> ExecStats {
        let by_cause = Cause::RUNNABLE.iter().zip(self.by_cause).filter(|(_, time)| *time != 0);
        let mut stats = ExecStats {
            exec: self.exec,
            sched_wait: self.sched_wait,
            sched_wait_by_cause: by_cause.map(|(&cause, time)| CauseTime { cause, time }).collect(),
            syscall: self.syscall,
            syscall_block: self.syscall_block,
            total: self.total,
            ..ExecStats::default()
        };
        for &(reason, class, time) in self.block.iter().filter(|block| block.2 != 0) {
            stats.block.push(BlockTime { reason: names.text(reason), class, time });
        }
        for &(name, wall, on_cpu) in self.ranges.iter().filter(|range| range.1 != 0) {
            let on_cpu = knows_cpu.then_some(on_cpu);
            stats.ranges.push(RangeTime { name: names.range(name), wall, on_cpu });
        }
        stats.sort();
        stats
    }
}
