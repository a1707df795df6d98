//! The verdict: what limits the program's work.

use super::code_site::Site;
use super::culprit::Culprit;
use crate::trace::analysis::activity::Activity;
use crate::trace::analysis::names::Text;

/// What limits the program's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum VerdictKind {
    /// No goroutine of the program did anything.
    #[default]
    Nothing,
    /// Goroutines waited for something to do.
    Idle,
    /// Goroutines ran.
    CpuBound,
    /// Goroutines waited for one kind of thing.
    Waits,
    /// Goroutines waited for a P although the CPU was not busy: the host, or threads that are slow to start.
    Starved,
    /// Most goroutines are stuck forever.
    Stuck,
    /// One goroutine runs all the time while Ps are idle and others wait for it.
    Serial,
    /// The collector took the CPU.
    CollectorBound,
    /// Nothing stands out.
    Mixed,
}

/// The largest part of the program's working time.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verdict {
    /// What limits the work.
    pub kind: VerdictKind,
    /// The activity with the most time.
    pub activity: Option<Activity>,
    /// Its part of the working time, from 0 to 1; of all CPU time, if the collector is the limit.
    pub share: f64,
    /// Where that is, in the program's own code.
    pub site: Option<Site>,
    /// The start function of the goroutine that is the bottleneck; empty if none is.
    pub group: Text,
    /// What is to blame for it, if it is another place.
    pub culprit: Option<Culprit>,
    /// The sentence.
    pub sentence: String,
}
