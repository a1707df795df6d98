//! Who is charged with which waits.

use super::Wait;
use crate::trace::StackId;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::engine::Context;
use crate::trace::analysis::engine::StackTable;
use crate::trace::analysis::stats::grow;

/// Sums by victim and culprit.
///
/// # Cost
/// Memory is proportional to the distinct pairs of stacks.
#[derive(Debug, Default)]
pub(in crate::trace::analysis) struct Ledger {
    sums: StackTable<Key, Sum>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    victim_group: u32,
    charge: Charge,
}

/// Who is charged: where a goroutine of a group was, and what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::trace::analysis) struct Charge {
    /// Its stack; none if the time is older than the history.
    pub(in crate::trace::analysis) stack: StackId,
    pub(in crate::trace::analysis) activity: Activity,
    /// Its group.
    pub(in crate::trace::analysis) group: u32,
}

#[derive(Debug, Default)]
struct Sum {
    time: i64,
    count: u64,
}

/// The time of one victim that one culprit is charged with.
#[derive(Clone, Copy, Debug)]
pub(in crate::trace::analysis) struct Entry {
    pub(in crate::trace::analysis) victim_group: u32,
    pub(in crate::trace::analysis) victim_stack: StackId,
    pub(in crate::trace::analysis) charge: Charge,
    pub(in crate::trace::analysis) time: i64,
    pub(in crate::trace::analysis) count: u64,
}

impl Ledger {
    pub(super) fn add(&mut self, victim: &Wait<'_>, charge: Charge, time: i64, cx: &Context<'_>) {
        let key = Key { victim_group: victim.group, charge };
        let sum = self.sums.at(victim.span.stack, key, cx.tables().stack_count());
        grow(&mut sum.time, time);
        sum.count += 1;
    }

    /// Time charged to nobody.
    pub(super) fn add_unknown(&mut self, victim: &Wait<'_>, time: i64, cx: &Context<'_>) {
        let nobody = Charge { stack: StackId::NONE, activity: Activity::Unknown, group: u32::MAX };
        self.add(victim, nobody, time, cx);
    }

    /// All sums, in arbitrary order.
    pub(in crate::trace::analysis) fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.sums.into_entries().map(|(victim_stack, key, sum)| Entry {
            victim_group: key.victim_group,
            victim_stack,
            charge: key.charge,
            time: sum.time,
            count: sum.count,
        })
    }
}
