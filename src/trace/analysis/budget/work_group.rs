//! What the goroutines that start at one function did with their time.

use super::code_site::Site;
use super::role::GroupRole;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::histogram::Histogram;
use crate::trace::analysis::names::Text;

/// Goroutines that start at the same function.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WorkGroup {
    /// The function, or the one that it only wraps, as `sync.(*WaitGroup).Go` does.
    pub name: Text,
    /// What they are for.
    pub role: GroupRole,
    /// Their time is part of [`BudgetReport::work`](super::BudgetReport::work).
    pub counts: bool,
    /// How many there were.
    pub goroutines: u64,
    /// How many of these were created within the trace, and how many of those ended.
    pub created: u64,
    /// See [`created`](Self::created).
    pub ended: u64,
    /// How long requests took, from the end of the wait for one to the beginning of the wait for the next.
    /// Only those of `net/http` with both ends in the trace.
    pub requests: Histogram,
    /// Time in which they worked, or waited while at work, in nanoseconds.
    pub work: i64,
    /// Time in which they waited for something to do.
    pub idle: i64,
    /// Time of waits from before the trace, whose purpose it does not show.
    pub unknown: i64,
    /// Time in which they helped the collector while running.
    pub assists: i64,
    /// The parts of `work`, the longest first.
    pub activities: Vec<ActivityTime>,
}

/// The time that a group spent with one activity.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ActivityTime {
    /// The activity.
    pub activity: Activity,
    /// Nanoseconds.
    pub time: i64,
    /// The distribution of its spans. Those cut off by the ends of the trace count with their part inside.
    pub spans: Histogram,
    /// How many were under way when the trace ended.
    pub open: u64,
    /// How many were under way when it began, and so are longer than it shows.
    pub before_trace: u64,
    /// Where, the most time first, at most [`SITES`](Self::SITES).
    pub sites: Vec<SiteTime>,
}

impl ActivityTime {
    /// How many sites are kept.
    pub const SITES: usize = 4;
}

/// The time at one site.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SiteTime {
    /// Where.
    pub site: Site,
    /// Nanoseconds.
    pub time: i64,
    /// How often.
    pub count: u64,
}

impl WorkGroup {
    /// The working time with one activity.
    pub fn time(&self, activity: Activity) -> i64 {
        self.activities.iter().find(|part| part.activity == activity).map_or(0, |part| part.time)
    }

    /// The site at which most of the time with one activity goes.
    pub fn top_site(&self, activity: Activity) -> Option<&SiteTime> {
        self.activities.iter().find(|part| part.activity == activity)?.sites.first()
    }
}
