//! What takes the working time, after blame.

use super::culprit::{Culprit, Victim};
use super::judged::Judged;
use super::process::{ProcessBudget, ratio};
use super::roles::Groups;
use super::site_names::{SiteNames, SiteSums};
use crate::table::{Map, SortRows};
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::blame::{Charge, Entry};
use crate::trace::analysis::stats::{grow, total};
use crate::trace::{StackId, StringId};

/// How many culprits are named, and how many victims of each.
const CULPRITS: usize = 12;
const VICTIMS: usize = 3;

/// The part of a wait's time that must be charged before the rest is taken to be alike.
const CHARGED: f64 = 0.3;

/// From this part of all CPU time on, running goroutines keep others from a P.
const BUSY: f64 = 0.7;

/// Finds what takes the working time of the groups that count.
///
/// Waits are charged as `blame` found; running and all other waits are charged to themselves. If the CPU was
/// busy, waits for a P are charged to all goroutines that ran, in proportion.
pub(super) fn find(
    judged: &[Judged],
    entries: impl Iterator<Item = Entry>,
    groups: &Groups,
    counts: &[bool],
    work: i64,
    process: &ProcessBudget,
    names: &mut SiteNames<'_>,
) -> Vec<Culprit> {
    let mut charges = Map::<(u32, StackId), Vec<ChargedTime>>::default();
    for entry in entries {
        let key = (entry.victim_group, entry.victim_stack);
        charges.entry(key).or_default().push((entry.charge, entry.time, entry.count));
        names.add_callers(entry.charge.stack);
    }
    let mut culprits = Culprits::default();
    let starves = process.busy() >= BUSY;
    let mut starved = Vec::new();
    for cell in judged.iter().filter(|cell| cell.counts(counts)) {
        if starves && cell.activity == Activity::Runnable {
            starved.push(cell);
            continue;
        }
        let charged = charges.get(&(cell.group, cell.stack)).filter(|_| cell.activity.is_caused());
        let charged: &[_] = charged.map_or(&[], Vec::as_slice);
        culprits.add_wait(cell, charged, names);
    }
    culprits.add_starved(&starved, judged, process.collector, names);
    culprits.into_list(groups, work, names)
}

/// Whom a wait is charged to, for how long, and in how many waits.
type ChargedTime = (Charge, i64, u64);

/// Time by activity and group.
#[derive(Default)]
struct Culprits {
    sums: Map<(Activity, u32), (SiteSums, Victims)>,
}

impl Culprits {
    fn add(
        &mut self,
        charge: Charge,
        time: i64,
        count: u64,
        victim: Option<&Judged>,
        names: &mut SiteNames<'_>,
    ) {
        let (sites, victims) = self
            .sums
            .entry((charge.activity, charge.group))
            .or_insert_with(|| (SiteSums::new(charge.activity), Victims::default()));
        let site = sites.add(charge.stack, time, count, names);
        if let Some(victim) = victim {
            victims.add(site, victim.stack, victim.activity, time);
        }
    }

    /// Adds the time of a cell: what was charged, and the rest to itself.
    fn add_wait(&mut self, cell: &Judged, charges: &[ChargedTime], names: &mut SiteNames<'_>) {
        let known = charges.iter().filter(|(charge, ..)| !charge.stack.is_none());
        let sum = total(known.clone().map(|(_, time, _)| *time));
        // Waits that did not end within the trace are taken to be like those that did, if those are not few.
        let is_typical = ratio(sum, cell.cell.time) >= CHARGED;
        let scale = if is_typical { cell.cell.time as f64 / sum as f64 } else { 1.0 };
        let mut rest = cell.cell.time;
        for (charge, time, count) in known {
            let time = ((*time as f64 * scale) as i64).min(rest);
            rest = rest.saturating_sub(time);
            self.add(*charge, time, *count, Some(cell), names);
        }
        if rest > 0 {
            let itself = Charge { stack: cell.stack, activity: cell.activity, group: cell.group };
            self.add(itself, rest, cell.cell.waits.count(), None, names);
        }
    }

    /// Adds waits for a P, charged to all goroutines that ran and to the collector.
    fn add_starved(
        &mut self,
        starved: &[&Judged],
        judged: &[Judged],
        collector: i64,
        names: &mut SiteNames<'_>,
    ) {
        let Some(longest) = starved.iter().max_by_key(|cell| cell.cell.time) else { return };
        let time = total(starved.iter().map(|cell| cell.cell.time));
        let running = || judged.iter().filter(|cell| cell.is_work() && cell.activity == Activity::Running);
        let all = total(running().map(|cell| cell.cell.time)).saturating_add(collector).max(1);
        let part = |ran: i64| (time as f64 * ran as f64 / all as f64) as i64;
        for cell in running() {
            let charge = Charge { stack: cell.stack, activity: Activity::Running, group: cell.group };
            self.add(charge, part(cell.cell.time), 0, Some(longest), names);
        }
        let charge = Charge { stack: StackId::NONE, activity: Activity::Gc, group: u32::MAX };
        self.add(charge, part(collector), 0, Some(longest), names);
    }

    fn into_list(self, groups: &Groups, work: i64, names: &mut SiteNames<'_>) -> Vec<Culprit> {
        let mut out = Vec::new();
        for ((activity, group), (sites, victims)) in self.sums {
            let group = names.text(groups.get(group).map_or(StringId::EMPTY, |group| group.name));
            for (number, site, time, count) in sites.top_numbered(CULPRITS, names) {
                let victims = victims.top(number, VICTIMS, names);
                let share = ratio(time, work);
                out.push(Culprit { site, activity, group: group.clone(), time, count, share, victims });
            }
        }
        out.retain(|culprit| culprit.time > 0);
        out.sort_rows_by(|a, b| {
            let name =
                |culprit: &Culprit| (culprit.site.function.clone(), culprit.site.line, culprit.activity);
            b.time.cmp(&a.time).then_with(|| name(a).cmp(&name(b)))
        });
        out.truncate(CULPRITS);
        out
    }
}

/// The waits caused by the culprits at the sites of one sum.
#[derive(Debug, Default)]
struct Victims {
    times: Map<(usize, StackId, Activity), i64>,
}

impl Victims {
    fn add(&mut self, site: usize, stack: StackId, activity: Activity, time: i64) {
        grow(self.times.entry((site, stack, activity)).or_default(), time);
    }

    fn top(&self, site: usize, most: usize, names: &mut SiteNames<'_>) -> Vec<Victim> {
        let mut sums: Vec<(Activity, SiteSums)> = Vec::new();
        let mut mine: Vec<_> = self.times.iter().filter(|((number, ..), _)| *number == site).collect();
        mine.sort_rows_by_key(|(key, _)| **key);
        for ((_, stack, activity), time) in mine {
            let slot = sums.iter().position(|(known, _)| known == activity).unwrap_or_else(|| {
                sums.push((*activity, SiteSums::new(*activity)));
                sums.len() - 1
            });
            if let Some((_, sums)) = sums.get_mut(slot) {
                sums.add(*stack, *time, 1, names);
            }
        }
        let mut out = Vec::new();
        for (activity, sums) in sums {
            let top = sums.top(most, names).into_iter();
            out.extend(top.map(|(site, time, _)| Victim { site, activity, time }));
        }
        out.sort_rows_by_key(|victim| std::cmp::Reverse(victim.time));
        out.truncate(most);
        out
    }
}
