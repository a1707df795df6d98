//! The result: where the working time goes.

use super::culprit::Culprit;
use super::process::{ProcessBudget, ratio};
use super::stuck::StuckGroup;
use super::verdict::Verdict;
use super::work_group::{SiteTime, WorkGroup};
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::stats::total;

/// Where the time of a program's work goes.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BudgetReport {
    /// The answer in one sentence.
    pub verdict: Verdict,
    /// The length of the trace, in nanoseconds.
    pub elapsed: i64,
    /// `GOMAXPROCS`.
    pub gomaxprocs: usize,
    /// The groups of goroutines, those that count first, then by working time.
    pub groups: Vec<WorkGroup>,
    /// The working time of the groups that count, in nanoseconds. The shares of verdict and culprits refer to
    /// it.
    pub work: i64,
    /// Who or what takes that time, after blame; the most time first. They add up to `work`.
    pub culprits: Vec<Culprit>,
    /// Goroutines that nobody will ever wake, as far as the trace shows.
    pub stuck: Vec<StuckGroup>,
    /// What the process used.
    pub process: ProcessBudget,
}

impl BudgetReport {
    /// The working time with one activity of all groups that count.
    pub fn time(&self, activity: Activity) -> i64 {
        total(self.groups.iter().filter(|group| group.counts).map(|group| group.time(activity)))
    }

    /// The part of the working time with one activity, from 0 to 1.
    pub fn share(&self, activity: Activity) -> f64 {
        ratio(self.time(activity), self.work)
    }

    /// The part of the available CPU time that garbage collection took from the program, from 0 to 1: its
    /// workers, but for those on idle Ps, and assists.
    pub fn gc_share(&self) -> f64 {
        let assists = total(self.groups.iter().map(|group| group.assists));
        self.process.collector_share() + ratio(assists, self.process.cpu_available)
    }

    /// The site at which most of the time with one activity goes, of all groups that count.
    pub fn top_site(&self, activity: Activity) -> Option<&SiteTime> {
        let counted = self.groups.iter().filter(|group| group.counts);
        counted.filter_map(|group| group.top_site(activity)).max_by_key(|site| site.time)
    }
}
