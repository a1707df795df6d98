//! Which groups of goroutines look like a leak, and why.

use super::growth::{Growth, growth};
use super::snapshot::{Group, Snapshot};
use crate::table::SortRows;

/// The thresholds from which a group is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuspectOptions {
    /// How many goroutines a growing group must have gained. Default 10.
    pub min_growth: u64,
    /// How many goroutines of one group are a pile-up. Default 5000.
    pub pile_up: u64,
    /// How many minutes of waiting are suspicious in a group of at least [`stale_count`](Self::stale_count).
    /// Default 10.
    pub stale_minutes: u64,
    /// Default 10.
    pub stale_count: u64,
}

impl Default for SuspectOptions {
    fn default() -> Self {
        Self { min_growth: 10, pile_up: 5000, stale_minutes: 10, stale_count: 10 }
    }
}

impl SuspectOptions {
    /// Sets how many goroutines a growing group must have gained.
    #[must_use]
    pub fn with_min_growth(mut self, goroutines: u64) -> Self {
        self.min_growth = goroutines;
        self
    }

    /// Sets how many goroutines of one group are a pile-up.
    #[must_use]
    pub fn with_pile_up(mut self, goroutines: u64) -> Self {
        self.pile_up = goroutines;
        self
    }

    /// Sets how many goroutines must have waited for how many minutes.
    #[must_use]
    pub fn with_stale(mut self, goroutines: u64, minutes: u64) -> Self {
        (self.stale_count, self.stale_minutes) = (goroutines, minutes);
        self
    }
}

/// Why a group is suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case", tag = "kind"))]
#[non_exhaustive]
pub enum Evidence {
    /// The runtime found that nothing can wake them any more.
    Leaked {
        /// How many.
        count: u64,
    },
    /// The group grew with every snapshot.
    Growing {
        /// How many there were in each.
        counts: Vec<u64>,
    },
    /// They wait for something that cannot come: a nil channel, or a `select` without cases.
    Forever {
        /// How many.
        count: u64,
    },
    /// They have waited for long.
    Stale {
        /// How many are in the group.
        count: u64,
        /// The longest wait, in whole minutes.
        minutes: u64,
    },
    /// There are very many of them.
    PileUp {
        /// How many.
        count: u64,
    },
}

/// A group that looks like a leak.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Suspect {
    /// The group, as it is in the last snapshot that has it.
    pub group: Group,
    /// Why it is suspicious, the strongest reason first.
    pub evidence: Vec<Evidence>,
    /// They wait for the next thing to do, such as a request on a kept connection: many of them cost memory,
    /// but no one has forgotten them.
    pub is_idle: bool,
}

/// Finds the groups that look like a leak in `snapshots`, given in the order of time; growth takes three or
/// more.
///
/// The runtime's own goroutines are never suspects, nor is a `main` that only keeps the program alive.
///
/// ```
/// use godiag::pprof::{GoroutineDump, goroutine::{Evidence, GroupBy, Snapshot, SuspectOptions, suspects}};
/// let text = "goroutine 7 [chan send (leaked)]:\nmain.f()\n\t/a.go:1\n";
/// let snapshot = Snapshot::of_dump(&GoroutineDump::parse(text)?, GroupBy::default());
/// let found = suspects(&[snapshot], &SuspectOptions::default());
/// assert_eq!(found[0].evidence, [Evidence::Leaked { count: 1 }]);
/// # Ok::<(), godiag::Error>(())
/// ```
pub fn suspects(snapshots: &[Snapshot], options: &SuspectOptions) -> Vec<Suspect> {
    let mut found: Vec<Suspect> =
        growth(snapshots).into_iter().filter_map(|row| suspect(row, options)).collect();
    found
        .sort_rows_by_key(|suspect| (suspect.is_idle, rank(suspect), std::cmp::Reverse(suspect.group.count)));
    found
}

fn rank(suspect: &Suspect) -> usize {
    suspect.evidence.first().map_or(usize::MAX, |evidence| match evidence {
        Evidence::Leaked { .. } => 0,
        Evidence::Growing { .. } => 1,
        Evidence::Forever { .. } => 2,
        Evidence::Stale { .. } => 3,
        Evidence::PileUp { .. } => 4,
    })
}

fn suspect(row: Growth, options: &SuspectOptions) -> Option<Suspect> {
    let group = &row.group;
    let is_idle = group.is_idle();
    let count = row.counts.last().copied().unwrap_or(0);
    let is_runtime = group.class.is_runtime();
    let mut evidence = Vec::new();
    if group.leaked > 0 && count > 0 {
        evidence.push(Evidence::Leaked { count: group.leaked });
    }
    if is_growing(&row, options) {
        evidence.push(Evidence::Growing { counts: row.counts.clone() });
    }
    if group.class.is_forever() && !keeps_alive(group) && count > 0 {
        evidence.push(Evidence::Forever { count });
    }
    let is_stale = group.max_minutes >= options.stale_minutes && count >= options.stale_count;
    if is_stale && !is_idle {
        evidence.push(Evidence::Stale { count, minutes: group.max_minutes });
    }
    if count >= options.pile_up {
        evidence.push(Evidence::PileUp { count });
    }
    (!evidence.is_empty() && !is_runtime).then_some(Suspect { group: row.group, evidence, is_idle })
}

/// Grows in at least three steps of four, never shrinks by more than a tenth, and grows enough overall.
fn is_growing(row: &Growth, options: &SuspectOptions) -> bool {
    let steps = row.counts.len().saturating_sub(1);
    let (up, _) = row.steps();
    let falls = row.counts.iter().zip(row.counts.iter().skip(1)).any(|(a, b)| *b < a - a / 10);
    let min = i64::try_from(options.min_growth).unwrap_or(i64::MAX);
    steps >= 2 && up * 4 >= steps * 3 && !falls && row.change() >= min.max(1)
}

/// `select {}` at the end of `main` is how a program waits for its signals.
fn keeps_alive(group: &Group) -> bool {
    group.count == 1 && group.stack.first().is_some_and(|frame| frame.func.as_bytes() == b"main.main")
}
