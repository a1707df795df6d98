//! Goroutines that are stuck.

use super::code_site::Site;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::names::Text;

/// Why goroutines are stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StuckKind {
    /// More and more are created, and none of them ends.
    Leak,
    /// All goroutines that ever ended such waits are gone, or wait themselves.
    NeverWoken,
}

/// Goroutines that are stuck at one place.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StuckGroup {
    /// Why.
    pub kind: StuckKind,
    /// The function at which they start.
    pub group: Text,
    /// Where they wait.
    pub site: Site,
    /// What they wait for.
    pub activity: Activity,
    /// How many wait there at the end of the trace.
    pub count: usize,
    /// When the first and the last of them began to wait or, in a leak, were created; nanoseconds from the
    /// beginning of the trace.
    pub first: i64,
    /// See [`first`](Self::first).
    pub last: i64,
    /// Where most of them were created; empty if that was before the trace.
    pub created_at: Site,
}
