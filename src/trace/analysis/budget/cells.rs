//! Sums by group, activity and stack.

use super::wakes::Wakes;
use crate::trace::StackId;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::engine::Context;
use crate::trace::analysis::engine::StackTable;
use crate::trace::analysis::engine::{GoIndex, Span};
use crate::trace::analysis::histogram::Histogram;
use crate::trace::analysis::stats::grow;

/// How many goroutines are remembered that ended waits at one place.
const WAKERS: usize = 32;

/// What a group's goroutines did at one stack.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) time: i64,
    pub(super) waits: Histogram,
    /// Under way when the trace ended, and when it began.
    pub(super) open: u64,
    pub(super) before_trace: u64,
    /// How many were ended by a goroutine, and by one of the same group.
    pub(super) by_goroutine: u64,
    pub(super) by_same_group: u64,
    /// When a goroutine last ended one, and the first few that did.
    pub(super) last_end: Option<i64>,
    pub(super) wakers: Vec<GoIndex>,
    /// Who woke whom within the group.
    pub(super) wakes: Wakes,
}

/// The group, what it did, and whether it waited for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CellKey {
    pub(super) group: u32,
    pub(super) activity: Activity,
    pub(super) is_idle: bool,
}

impl CellKey {
    /// What goroutines do in turn at one stack has lanes of its own.
    fn lane(self) -> usize {
        match self.activity {
            Activity::Running => 0,
            Activity::Runnable => 1,
            _ => 2 + usize::from(self.is_idle),
        }
    }
}

/// A wait that was under way at the end of the trace.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenWait {
    pub(super) goroutine: GoIndex,
    pub(super) start: i64,
    pub(super) group: u32,
    pub(super) activity: Activity,
    pub(super) stack: StackId,
}

/// All cells.
#[derive(Debug, Default)]
pub(super) struct Cells {
    table: StackTable<CellKey, Cell, 4>,
}

impl Cell {
    /// A wait here was ended by a goroutine.
    pub(super) fn ended_by(&mut self, waiter: GoIndex, ender: GoIndex, is_same_group: bool, time: i64) {
        self.by_goroutine += 1;
        self.by_same_group += u64::from(is_same_group);
        self.last_end = Some(time);
        if is_same_group {
            self.wakes.add(ender, waiter);
        }
        if self.wakers.len() < WAKERS && !self.wakers.contains(&ender) {
            self.wakers.push(ender);
        }
    }

    /// Whether waits here are ended by goroutines of the same kind that give a slot back: a channel or a
    /// condition used as a semaphore.
    pub(super) fn is_held(&self, activity: Activity) -> bool {
        let may_be = activity.is_channel() || matches!(activity, Activity::Select | Activity::Condition);
        if !may_be || self.by_same_group * 10 < self.by_goroutine * 8 {
            return false;
        }
        let barges = activity == Activity::Condition && self.wakes.few_wake_many();
        self.wakes.go_round() && self.wakers.len() > 2 || self.wakes.pass_on() || barges
    }
}

impl Cells {
    /// Adds a span.
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        group: u32,
        activity: Activity,
        is_idle: bool,
        stack: StackId,
        span: &Span,
        cx: &Context<'_>,
    ) -> &mut Cell {
        let key = CellKey { group, activity, is_idle };
        let cell = self.table.in_lane(key.lane(), stack, key, cx.tables().stack_count());
        grow(&mut cell.time, span.duration());
        cell.waits.add(span.duration());
        cell.open += u64::from(span.is_open_end);
        cell.before_trace += u64::from(span.is_open_start);
        cell
    }

    /// Adds time that had been set aside.
    pub(super) fn add_time(
        &mut self,
        group: u32,
        activity: Activity,
        stack: StackId,
        time: i64,
        cx: &Context<'_>,
    ) {
        if time > 0 {
            let key = CellKey { group, activity, is_idle: false };
            let cell = self.table.in_lane(key.lane(), stack, key, cx.tables().stack_count());
            grow(&mut cell.time, time);
            cell.waits.add(time);
        }
    }

    pub(super) fn into_entries(self) -> impl Iterator<Item = (StackId, CellKey, Cell)> {
        self.table.into_entries()
    }
}
