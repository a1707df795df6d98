//! The verdict as a sentence.

use std::fmt;

use super::report::BudgetReport;
use super::role::GroupRole;
use super::stuck::StuckKind;
use super::verdict::{Verdict, VerdictKind};
use super::work_group::WorkGroup;
use crate::trace::analysis::activity::Activity;

/// Writes what a verdict says about a report.
pub(super) struct Sentence<'a> {
    pub(super) verdict: &'a Verdict,
    pub(super) report: &'a BudgetReport,
    /// The shares of the activities, the largest first.
    pub(super) shares: &'a [(f64, Activity)],
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.work(f)?;
        for leak in self.report.stuck.iter().filter(|group| group.kind == StuckKind::Leak).take(1) {
            write!(f, " Goroutines pile up: {} of {}, at {}.", leak.count, leak.group, leak.site)?;
        }
        Ok(())
    }
}

impl Sentence<'_> {
    /// The main cause.
    fn work(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verdict, report, .. } = self;
        let is_requests = report.groups.iter().any(|group| group.counts && group.role == GroupRole::Requests);
        let who = if is_requests { "Requests" } else { "The program's goroutines" };
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let cpu = percent(report.process.busy());
        let activity = verdict.activity.unwrap_or(Activity::Unknown);
        match verdict.kind {
            VerdictKind::Nothing => {
                return write!(f, "No goroutine of the program did any work in this trace.");
            }
            VerdictKind::Idle => {
                return write!(
                    f,
                    "The program waited for something to do: nothing in this trace is slow; the CPU is {cpu} busy."
                );
            }
            VerdictKind::CollectorBound => {
                write!(f, "The garbage collector takes {} of the CPU", percent(verdict.share))?;
                if report.process.is_tight() {
                    write!(f, ", because the memory limit is hardly above what lives on the heap")?;
                }
                return write!(f, "; the CPU is {cpu} busy.");
            }
            VerdictKind::Serial => {
                write!(f, "One goroutine is the bottleneck: it runs {} of the time", percent(verdict.share))?;
                match &verdict.site {
                    Some(site) => write!(f, ", at {site}")?,
                    None => write!(f, ", started at {}", verdict.group)?,
                }
                return write!(f, ", and others wait for it; the CPU is {cpu} busy.");
            }
            VerdictKind::Stuck => {
                let (stuck, all) = (stuck(report), goroutines(report));
                write!(f, "{stuck} of the program's {all} goroutines will never go on")?;
                if let Some(group) = report.stuck.iter().find(|group| group.kind == StuckKind::NeverWoken) {
                    write!(f, ": {} at {}", group.activity.phrase(), group.site)?;
                }
                return write!(f, ".");
            }
            VerdictKind::CpuBound => {
                write!(f, "{who} spend {} of their time running or waiting for a P", percent(verdict.share))?;
            }
            VerdictKind::Starved | VerdictKind::Waits | VerdictKind::Mixed => {
                let callee = verdict.site.as_ref().map_or(&[][..], |site| &site.callee);
                write!(
                    f,
                    "{who} spend {} of their time {}",
                    percent(verdict.share),
                    activity.phrase_in(callee)
                )?;
                let is_mixed = verdict.kind == VerdictKind::Mixed;
                let second = self.shares.get(1).filter(|(share, _)| is_mixed && *share >= 0.05);
                if let Some((share, second)) = second {
                    write!(f, " and {} {}", percent(*share), second.phrase())?;
                }
            }
        }
        if let Some(site) = &verdict.site {
            write!(f, ", at {site}")?;
        }
        if let Some(culprit) = verdict.culprit.as_ref().filter(|culprit| !culprit.site.is_empty()) {
            let what = match culprit.activity {
                Activity::Running => "running",
                other => other.phrase(),
            };
            write!(f, "; {} of it is due to {}, {what}", percent(culprit.share), culprit.site)?;
        }
        write!(f, "; the CPU is {cpu} busy.")
    }
}

/// How many goroutines nobody will wake.
pub(super) fn stuck(report: &BudgetReport) -> i64 {
    let groups = report.stuck.iter().filter(|group| group.kind == StuckKind::NeverWoken);
    groups.fold(0, |sum, group| sum.saturating_add(i64::try_from(group.count).unwrap_or(i64::MAX)))
}

/// How many goroutines the program has for its work.
pub(super) fn goroutines(report: &BudgetReport) -> i64 {
    let ours = |group: &&WorkGroup| !matches!(group.role, GroupRole::Library | GroupRole::Recorder);
    let lives = report.groups.iter().filter(ours).map(|group| group.goroutines.saturating_sub(group.ended));
    i64::try_from(lives.sum::<u64>()).unwrap_or(i64::MAX)
}
