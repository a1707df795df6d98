//! From cells and charges to a report.

use super::judged::{Judged, counted, judge, sampled};
use super::report::BudgetReport;
use super::role::GroupRole;
use super::roles::Groups;
use super::site_names::{SiteNames, SiteSums};
use super::verdict::Verdict;
use super::work_group::{ActivityTime, SiteTime, WorkGroup};
use super::{Budget, culprits, find_stuck, find_verdict};
use crate::table::SortRows;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::engine::Context;
use crate::trace::analysis::histogram::Histogram;
use crate::trace::analysis::stats::grow;

/// The report of everything collected.
pub(super) fn report(budget: Budget, cx: &Context<'_>) -> BudgetReport {
    let Budget { mut sites, mut groups, lives, cells, open, samples, blame, process, .. } = budget;
    groups.count(&lives, &mut sites, cx);
    let cells: Vec<_> = cells.into_entries().collect();
    let roles = groups.roles(&cells, &mut sites, cx);
    let stuck = find_stuck::find(&open, &cells, &groups, &roles, &lives, &mut sites, cx);
    let mut judged = judge(cells, &groups, &roles, &mut sites, cx);
    // Goroutines that are stuck do no work.
    for cell in judged.iter_mut().filter(|cell| stuck.iter().any(|stuck| stuck.is_at(cell.group, cell.stack)))
    {
        cell.is_idle = true;
    }
    sampled(&mut judged, &samples.into_entries().collect::<Vec<_>>(), groups.len());
    let counts = counted(&judged, &roles);
    let mut names = SiteNames::new(&mut sites, cx.tables());
    for cell in judged.iter().filter(|cell| cell.activity != Activity::Recording) {
        names.add_callers(cell.stack);
    }
    let process = process.finish(cx);
    let mut work_groups = work_groups(&judged, &groups, &roles, &counts, &mut names);
    work_groups
        .sort_rows_by(|a, b| (b.counts, b.work).cmp(&(a.counts, a.work)).then_with(|| a.name.cmp(&b.name)));
    let work = judged.iter().filter(|cell| cell.counts(&counts)).map(|cell| cell.cell.time);
    let work = work.fold(0, i64::saturating_add);
    let entries = blame.into_ledger().into_entries();
    let culprits = culprits::find(&judged, entries, &groups, &counts, work, &process, &mut names);
    let stuck = stuck.into_iter().map(|group| group.named(&mut names)).collect();
    let mut report = BudgetReport {
        verdict: Verdict::default(),
        elapsed: cx.elapsed(),
        gomaxprocs: cx.gomaxprocs(),
        groups: work_groups,
        work,
        culprits,
        stuck,
        process,
    };
    report.verdict = find_verdict::of(&report);
    report
}

/// The groups with what their goroutines did.
fn work_groups(
    judged: &[Judged],
    groups: &Groups,
    roles: &[GroupRole],
    counts: &[bool],
    names: &mut SiteNames<'_>,
) -> Vec<WorkGroup> {
    let mut out = Vec::new();
    for (index, (&role, &counts)) in (0u32..).zip(roles.iter().zip(counts)) {
        let Some(group) = groups.get(index) else { continue };
        let mut work_group = WorkGroup {
            name: names.text(group.name),
            role,
            counts,
            goroutines: group.lives,
            created: group.created,
            ended: group.ended,
            requests: group.requests.clone(),
            work: 0,
            idle: 0,
            unknown: 0,
            assists: group.assists,
            activities: Vec::new(),
        };
        let mut sums: Vec<(Activity, SiteSums)> = Vec::new();
        for cell in judged.iter().filter(|cell| cell.group == index) {
            if !cell.is_work() {
                match cell.activity {
                    Activity::Recording => {}
                    _ if cell.is_unknown() => grow(&mut work_group.unknown, cell.cell.time),
                    _ => grow(&mut work_group.idle, cell.cell.time),
                }
                continue;
            }
            grow(&mut work_group.work, cell.cell.time);
            let known = work_group.activities.iter().position(|part| part.activity == cell.activity);
            let slot = known.unwrap_or_else(|| {
                work_group.activities.push(ActivityTime {
                    activity: cell.activity,
                    time: 0,
                    spans: Histogram::default(),
                    open: 0,
                    before_trace: 0,
                    sites: Vec::new(),
                });
                sums.push((cell.activity, SiteSums::new(cell.activity)));
                sums.len() - 1
            });
            let (Some(part), Some((_, sites))) = (work_group.activities.get_mut(slot), sums.get_mut(slot))
            else {
                continue;
            };
            grow(&mut part.time, cell.cell.time);
            part.spans.merge(&cell.cell.waits);
            part.open += cell.cell.open;
            part.before_trace += cell.cell.before_trace;
            sites.add(cell.stack, cell.cell.time, cell.cell.waits.count(), names);
        }
        for (part, (_, sites)) in work_group.activities.iter_mut().zip(sums) {
            let top = sites.top(ActivityTime::SITES, names).into_iter();
            part.sites = top.map(|(site, time, count)| SiteTime { site, time, count }).collect();
        }
        work_group.activities.sort_rows_by_key(|part| (std::cmp::Reverse(part.time), part.activity));
        out.push(work_group);
    }
    out
}
