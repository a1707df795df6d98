//! Finds the answer: the largest part of the working time.

use super::code_site::Site;
use super::process::ratio;
use super::report::BudgetReport;
use super::sentence::{Sentence, goroutines, stuck};
use super::verdict::{Verdict, VerdictKind};
use super::work_group::WorkGroup;
use crate::table::SortRows;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::names::Text;
use crate::trace::analysis::stats::total;

/// From this part of the working time on, a program is bound by running.
const RUNNING: f64 = 0.5;
/// The same for one kind of wait.
const WAITING: f64 = 0.3;
/// The same for waits for a P.
const STARVED: f64 = 0.2;
/// From this part of all CPU time on, waits for a P are the program's own doing.
const BUSY: f64 = 0.7;
/// A goroutine may be the bottleneck from this part of the trace on that it runs, and from this part of the
/// working time on that others wait for it.
const SERIAL: f64 = 0.7;
const KEPT_WAITING: f64 = 0.1;
/// From this part of stuck goroutines on, nothing else matters.
const STUCK: f64 = 0.25;
/// From this part of all CPU time on, the collector is the limit. While it marks, it takes a quarter by
/// design (`gcBackgroundUtilization` in `runtime/mgcpacer.go`); this is what is left of that if it marks
/// nearly always.
const COLLECTOR: f64 = 0.2;
/// Goroutines that work for less than this part of their lives are idle.
const IDLE: f64 = 0.1;
/// The same, as a part of the length of the trace, whatever else the program did.
const NOTHING: f64 = 0.02;
/// Requests that take longer, in nanoseconds, are worth a look even if they are few.
const SLOW_REQUEST: i64 = 20_000_000;

/// The verdict on a report that lacks only that.
pub(super) fn of(report: &BudgetReport) -> Verdict {
    let mut shares: Vec<_> =
        Activity::ALL.iter().map(|&activity| (report.share(activity), activity)).collect();
    shares.sort_rows_by(|a, b| b.0.total_cmp(&a.0));
    let (share, activity) = shares.first().copied().unwrap_or((0.0, Activity::Unknown));
    let wants_cpu = report.share(Activity::Running) + report.share(Activity::Runnable);
    let (serial, collector) = (serial(report), collector(report));
    let kind = if stuck(report) > 0 && ratio(stuck(report), goroutines(report)) >= STUCK {
        VerdictKind::Stuck
    } else if report.work == 0 {
        VerdictKind::Nothing
    } else if collector.is_some() {
        VerdictKind::CollectorBound
    } else if is_idle(report) {
        VerdictKind::Idle
    } else if serial.is_some() {
        VerdictKind::Serial
    } else if report.share(Activity::Running) >= RUNNING
        || wants_cpu >= RUNNING && report.process.busy() >= BUSY
    {
        VerdictKind::CpuBound
    } else if activity == Activity::Runnable && share >= STARVED {
        VerdictKind::Starved
    } else if share >= WAITING {
        VerdictKind::Waits
    } else {
        VerdictKind::Mixed
    };
    let (activity, share) = match kind {
        VerdictKind::CpuBound => (Activity::Running, wants_cpu),
        VerdictKind::Serial => (Activity::Running, serial.map_or(0.0, |(_, share)| share)),
        _ => (activity, share),
    };
    let top = match serial.filter(|_| kind == VerdictKind::Serial) {
        Some((group, _)) => group.top_site(Activity::Running),
        None => report.top_site(activity),
    };
    // Who runs while others wait for a P or a lock counts with their waits.
    let runs = report.culprits.iter().find(|culprit| culprit.activity == Activity::Running);
    let runs = runs.filter(|_| kind == VerdictKind::CpuBound).map(|culprit| culprit.site.clone());
    let site = runs.or_else(|| top.map(|top| top.site.clone())).filter(|site| !site.is_empty());
    let culprit = report.culprits.first().filter(|_| kind != VerdictKind::CpuBound).filter(|culprit| {
        let is_other = |site: &Site| site.subject() != culprit.site.subject();
        culprit.activity != activity || site.as_ref().is_none_or(is_other)
    });
    let share = collector.filter(|_| kind == VerdictKind::CollectorBound).unwrap_or(share);
    let mut verdict = Verdict {
        kind,
        activity: Some(activity).filter(|_| report.work > 0),
        share,
        site,
        group: serial.map_or_else(Text::default, |(group, _)| group.name.clone()),
        culprit: culprit.cloned(),
        sentence: String::new(),
    };
    verdict.sentence = Sentence { verdict: &verdict, report, shares: &shares }.to_string();
    verdict
}

/// The part of the CPU that the collector takes, if that is what limits the program. Where the heap goal
/// leaves it no room, it never stops, and what it does on idle Ps counts, too.
fn collector(report: &BudgetReport) -> Option<f64> {
    let process = &report.process;
    let all = if process.is_tight() { ratio(process.collector, process.cpu_available) } else { 0.0 };
    let share = report.gc_share().max(all);
    let never_stops = process.is_tight() && process.marking.saturating_mul(2) >= report.elapsed;
    (share >= COLLECTOR || never_stops).then_some(share)
}

/// A goroutine that runs nearly all its life while Ps are idle, and keeps others waiting; and how much of it.
fn serial(report: &BudgetReport) -> Option<(&WorkGroup, f64)> {
    if report.gomaxprocs < 2 || report.process.busy() >= BUSY {
        return None;
    }
    let alone = report.groups.iter().filter(|group| group.counts && group.goroutines == 1);
    let busy = alone.filter_map(|group| {
        let share = ratio(group.time(Activity::Running), report.elapsed);
        (share >= SERIAL).then_some((group, share))
    });
    let (group, share) = busy.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let blamed = report.culprits.iter().filter(|culprit| culprit.group == group.name);
    let victims = blamed.flat_map(|culprit| &culprit.victims).map(|victim| victim.time);
    (ratio(total(victims), report.work) >= KEPT_WAITING).then_some((group, share))
}

/// Whether the goroutines that count worked for a small part of their lives only, and were quickly done.
fn is_idle(report: &BudgetReport) -> bool {
    let counted = report.groups.iter().filter(|group| group.counts);
    let life =
        counted.clone().fold(0i64, |sum, group| sum.saturating_add(group.work).saturating_add(group.idle));
    let is_slow = counted
        .clone()
        .any(|group| group.requests.count() >= 5 && group.requests.quantile(0.5) >= SLOW_REQUEST);
    let is_little = ratio(report.work, life) < IDLE && report.process.busy() < IDLE;
    (is_little || ratio(report.work, report.elapsed) < NOTHING) && !is_slow
}
