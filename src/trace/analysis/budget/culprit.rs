//! What takes a part of the working time, and whom it keeps waiting.

use super::code_site::Site;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::names::Text;

/// What takes a part of the working time.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Culprit {
    /// Where it does so.
    pub site: Site,
    /// What it does there.
    pub activity: Activity,
    /// The function at which its goroutines start.
    pub group: Text,
    /// Nanoseconds of working time.
    pub time: i64,
    /// How often: waits, runs, and waits of others that it is charged with.
    pub count: u64,
    /// The part of all working time, from 0 to 1.
    pub share: f64,
    /// Where others waited because of it, and for what, the most time first; without waits that are their own
    /// cause.
    pub victims: Vec<Victim>,
}

/// A wait that a culprit caused.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Victim {
    /// Where it waits.
    pub site: Site,
    /// For what.
    pub activity: Activity,
    /// Nanoseconds that the culprit is charged with.
    pub time: i64,
}
