//! Where the time of the program's work goes, as rows for every form of the report.

use crate::diagnose::finding::{Amount, things};
use crate::trace::analysis::{Activity, ActivityTime, BudgetReport, GroupRole, WorkGroup};

/// The part of the work below which rows are united.
const LEAST: f64 = 0.01;

/// How many groups have rows of their own, and how many places of an activity.
const GROUPS: usize = 5;
const SITES: usize = 2;

/// The budget of one trace.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TraceBudget {
    /// The trace's name, as it was given.
    pub input: String,
    /// Where the time of the program's work goes.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub budget: BudgetReport,
}

/// A row: goroutines, or what they do below that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BudgetRow {
    pub(crate) level: Level,
    /// The part of all work, from 0 to 1.
    pub(crate) share: f64,
    pub(crate) text: String,
    /// Where that is, the most time first.
    pub(crate) sites: Vec<String>,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Group,
    Activity,
}

/// A share as people say it: `78 %`, `< 1 %`.
pub(crate) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.01 { "< 1 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}

impl TraceBudget {
    pub(crate) fn heading(&self) -> String {
        let BudgetReport { work, elapsed, .. } = self.budget;
        let (work, elapsed) = (Amount::nanos(work), Amount::nanos(elapsed));
        format!("Where the time goes: {work} of work in {elapsed} ({})", self.input)
    }

    /// The groups that count with what they do, without what is below one percent.
    pub(crate) fn rows(&self) -> Vec<BudgetRow> {
        let counted = || self.budget.groups.iter().filter(|group| group.counts && group.work > 0);
        let (large, small): (Vec<_>, Vec<_>) = counted()
            .enumerate()
            .partition(|(number, group)| *number < GROUPS && self.share(group.work) >= LEAST);
        let mut rows = Vec::new();
        for (_, group) in large {
            rows.push(BudgetRow {
                level: Level::Group,
                share: self.share(group.work),
                text: describe(group),
                sites: Vec::new(),
            });
            self.activities(group, &mut rows);
        }
        if !small.is_empty() {
            let goroutines: u64 = small.iter().map(|(_, group)| group.goroutines).sum();
            let text =
                format!("{} more, in {}", things(goroutines, "goroutine"), things(small.len(), "group"));
            let share = self.share(small.iter().map(|(_, group)| group.work).fold(0, i64::saturating_add));
            rows.push(BudgetRow { level: Level::Group, share, text, sites: Vec::new() });
        }
        rows
    }

    fn share(&self, time: i64) -> f64 {
        if self.budget.work > 0 { time as f64 / self.budget.work as f64 } else { 0.0 }
    }

    fn activities(&self, group: &WorkGroup, rows: &mut Vec<BudgetRow>) {
        let (large, small): (Vec<_>, Vec<_>) =
            group.activities.iter().partition(|part| self.share(part.time) >= LEAST);
        for part in large {
            let callee = part.sites.first().map_or(&[][..], |site| &site.site.callee);
            let sites = part.sites.iter().filter(|site| site.time.saturating_mul(10) >= part.time);
            rows.push(BudgetRow {
                level: Level::Activity,
                share: self.share(part.time),
                text: format!("{}{}", part.activity.phrase_in(callee), spans(part)),
                sites: sites.take(SITES).map(|site| site.site.to_string()).collect(),
            });
        }
        let share = self.share(small.iter().map(|part| part.time).fold(0, i64::saturating_add));
        if share >= LEAST / 2.0 {
            let phrases: Vec<_> = small.iter().map(|part| part.activity.phrase()).collect();
            rows.push(BudgetRow {
                level: Level::Activity,
                share,
                text: phrases.join(", "),
                sites: Vec::new(),
            });
        }
    }

    /// What the process used, in a sentence.
    pub(crate) fn process(&self) -> String {
        let process = &self.budget.process;
        let mut text =
            format!("CPU: {} of {} in use", percent(process.busy()), things(self.budget.gomaxprocs, "P"));
        if process.collections > 0 {
            let share = process.collector as f64 / process.cpu_used.max(1) as f64;
            let collections = things(process.collections, "collection");
            text.push_str(&format!(", {} of it by the collector ({collections})", percent(share)));
        }
        if let (Some(first), Some(last), Some(max)) =
            (process.heap_first, process.heap_last, process.heap_max)
        {
            let [first, last, max] =
                [first, last, max].map(|size| Amount::bytes(size.try_into().unwrap_or(i64::MAX)));
            text.push_str(&format!("; heap {first} at first, {last} at the end, {max} at most"));
        }
        text.push_str(&format!("; {} at the end.", things(process.goroutines, "goroutine")));
        text
    }
}

fn describe(group: &WorkGroup) -> String {
    let who = if group.name.is_empty() { "(no stack seen)".to_owned() } else { group.name.to_string() };
    let requests = &group.requests;
    if group.role == GroupRole::Requests && requests.count() > 0 {
        let [p50, p99] = [0.5, 0.99].map(|q| Amount::nanos(requests.quantile(q)));
        return format!(
            "{} in {} of {who}: half within {p50}, 99 % within {p99}",
            things(requests.count(), "request"),
            things(group.goroutines, "goroutine")
        );
    }
    let role =
        if group.role == GroupRole::Workers { String::new() } else { format!(" ({})", group.role.name()) };
    format!("{} of {who}{role}", things(group.goroutines, "goroutine"))
}

/// How long single waits are; running is cut into pieces by the scheduler, which say nothing.
fn spans(part: &ActivityTime) -> String {
    if matches!(part.activity, Activity::Running | Activity::Runnable) || part.spans.count() < 2 {
        return String::new();
    }
    let [p50, p99] = [0.5, 0.99].map(|q| Amount::nanos(part.spans.quantile(q)));
    format!(", {}: half within {p50}, 99 % within {p99}", things(part.spans.count(), "time"))
}
