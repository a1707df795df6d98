//! Which time is work: what was decided about each cell.

use super::cells::{Cell, CellKey};
use super::process::ratio;
use super::role::GroupRole;
use super::roles::Groups;
use crate::trace::StackId;
use crate::trace::analysis::activity::{Activity, Sites};
use crate::trace::analysis::engine::Context;
use crate::trace::analysis::stats::grow;

/// How many CPU samples of a group suffice to show where it runs.
const SAMPLES: u64 = 5;

/// A cell with what was decided about it.
pub(super) struct Judged {
    pub(super) stack: StackId,
    pub(super) group: u32,
    pub(super) activity: Activity,
    pub(super) is_idle: bool,
    pub(super) cell: Cell,
}

impl Judged {
    /// Whether its time is part of the work.
    pub(super) fn is_work(&self) -> bool {
        !self.is_idle && self.activity != Activity::Recording && !self.is_unknown()
    }

    /// A wait from before the trace, which no stack explains.
    pub(super) fn is_unknown(&self) -> bool {
        self.activity == Activity::Unknown && self.stack.is_none()
    }

    pub(super) fn counts(&self, counts: &[bool]) -> bool {
        self.is_work() && counts.get(self.group as usize).is_some_and(|counts| *counts)
    }
}

/// Decides which waits are for something to do.
pub(super) fn judge(
    cells: Vec<(StackId, CellKey, Cell)>,
    groups: &Groups,
    roles: &[GroupRole],
    sites: &mut Sites,
    cx: &Context<'_>,
) -> Vec<Judged> {
    let depth = |stack: StackId, sites: &mut Sites| sites.site(stack, cx.tables()).own_depth;
    let may_be_idle = |key: &CellKey, cell: &Cell| {
        let (group, role) = (groups.get(key.group), roles.get(key.group as usize));
        group
            .zip(role)
            .is_some_and(|(group, role)| group.may_be_idle(*role, key.activity, cell, cx.elapsed()))
    };
    // Of the waits that may be for something to do, those nearest to the start function are.
    let mut nearest = vec![u16::MAX; groups.len()];
    for (stack, key, cell) in &cells {
        let depth = depth(*stack, sites);
        // A pause does not count as a wait for work if another wait does.
        if depth > 0 && key.activity != Activity::Sleep && may_be_idle(key, cell) {
            if let Some(nearest) = nearest.get_mut(key.group as usize) {
                *nearest = depth.min(*nearest);
            }
        }
    }
    let listens = |key: &CellKey| {
        let (group, role) = (groups.get(key.group), roles.get(key.group as usize));
        let listens = |(group, role): (_, &GroupRole)| groups.listens(group, *role, cx.elapsed());
        key.activity == Activity::Network && group.zip(role).is_some_and(listens)
    };
    let mut nearest_read = vec![u16::MAX; groups.len()];
    for (stack, key, _) in cells.iter().filter(|(_, key, _)| listens(key)) {
        let is_only = nearest.get(key.group as usize) == Some(&u16::MAX);
        let depth = depth(*stack, sites);
        if let Some(nearest) = nearest_read.get_mut(key.group as usize).filter(|_| is_only && depth > 0) {
            *nearest = depth.min(*nearest);
        }
    }
    let judged = cells.into_iter().map(|(stack, key, cell)| {
        let of = |depths: &[u16], default| depths.get(key.group as usize).copied().unwrap_or(default);
        let (nearest, nearest_read) = (of(&nearest, 0), of(&nearest_read, u16::MAX));
        let depth = depth(stack, sites);
        let at_root = match key.activity {
            Activity::Sleep => depth <= 1 || depth <= nearest && nearest != u16::MAX,
            _ => depth <= nearest,
        };
        let reads_next = nearest_read != u16::MAX && depth <= nearest_read && listens(&key);
        let is_idle = key.is_idle || at_root && may_be_idle(&key, &cell) || reads_next;
        let activity = if cell.is_held(key.activity) { Activity::Pool } else { key.activity };
        Judged { stack, group: key.group, activity, is_idle, cell }
    });
    judged.collect()
}

/// Groups with enough CPU samples run where these show, not where their runs happen to end.
pub(super) fn sampled(judged: &mut Vec<Judged>, samples: &[(StackId, u32, u64)], groups: usize) {
    let mut counts = vec![0u64; groups];
    for (_, group, count) in samples {
        if let Some(sum) = counts.get_mut(*group as usize) {
            *sum += count;
        }
    }
    let mut running = vec![0i64; groups];
    for cell in judged.iter_mut().filter(|cell| cell.activity == Activity::Running) {
        if counts.get(cell.group as usize).is_some_and(|count| *count >= SAMPLES) {
            if let Some(sum) = running.get_mut(cell.group as usize) {
                grow(sum, std::mem::take(&mut cell.cell.time));
            }
        }
    }
    for (stack, group, count) in samples {
        let of_group = (counts.get(*group as usize).copied(), running.get(*group as usize).copied());
        let (Some(all), Some(time)) = of_group else { continue };
        if time > 0 {
            let time = (time as f64 * *count as f64 / all.max(1) as f64) as i64;
            let cell = Cell { time, ..Cell::default() };
            judged.push(Judged {
                stack: *stack,
                group: *group,
                activity: Activity::Running,
                is_idle: false,
                cell,
            });
        }
    }
}

/// Which groups count: those that serve requests, if that is a good part of all work; else all that work.
pub(super) fn counted(judged: &[Judged], roles: &[GroupRole]) -> Vec<bool> {
    let time = |wanted: GroupRole| {
        let cells = judged.iter().filter(|cell| cell.is_work());
        let cells = cells.filter(|cell| roles.get(cell.group as usize) == Some(&wanted));
        cells.fold(0i64, |sum, cell| sum.saturating_add(cell.cell.time))
    };
    let (requests, workers) = (time(GroupRole::Requests), time(GroupRole::Workers));
    let only_requests = ratio(requests, requests.saturating_add(workers)) >= 0.1;
    let counts = |role: &GroupRole| match role {
        GroupRole::Requests => true,
        GroupRole::Workers => !only_requests,
        _ => false,
    };
    roles.iter().map(counts).collect()
}
