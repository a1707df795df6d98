//! The answer: ranked findings, what did not fit together, and what could not be looked at.

mod baseline;
mod budget;
mod echoes;
mod fail_on;
#[cfg(feature = "serde")]
mod json;
mod markdown;
mod text;
mod unite;

use crate::diagnose::finding::{Finding, Severity, Source};
use crate::diagnose::inputs::{LeftAside, Mismatch};
use crate::diagnose::rules::Coverage;
use crate::diagnose::run::Run;
use crate::table::{Map, SortRows};

pub use baseline::Baseline;
pub use budget::TraceBudget;
pub(crate) use budget::{Level as BudgetLevel, percent};
pub(crate) use echoes::mark_echoes;
pub use fail_on::FailOn;
pub(crate) use markdown::{plain, write_finding as write_markdown_finding};
pub(crate) use text::{Ink, Page, write_finding};
pub use text::{TextOptions, TextStyle};
pub(crate) use unite::unite;

/// An input that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InputSummary {
    /// Its name, as it was given.
    pub name: String,
    /// What it is.
    pub source: Source,
    /// What it holds, in a few words.
    pub contents: String,
    /// What cannot be, or is not whole in it, as sentences; see [`doubts`](crate::pprof::doubts).
    pub doubts: Vec<String>,
}

/// What a diagnosis says. Findings come ranked: by severity, then by the share of the run that can be
/// gained, then by
/// confidence. Its JSON is described in [`diagnose`](crate::diagnose#json).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The answer in a sentence: what limits the program's work, where, and what is to blame. Empty if no
    /// trace and no profile says so.
    pub verdict: String,
    /// Where the time of the program's work goes, by trace.
    pub budgets: Vec<TraceBudget>,
    /// What the run was, in figures that can be compared with those of another run.
    pub run: Run,
    /// What was looked at.
    pub inputs: Vec<InputSummary>,
    /// Inputs that do not belong together. Findings that join them are no more than hints.
    pub mismatches: Vec<Mismatch>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub coverage: Vec<Coverage>,
    /// Files that were given and not used.
    pub left_aside: Vec<LeftAside>,
}

impl Report {
    /// The version of the JSON form. It changes when a field goes, or means something else; new fields may
    /// come.
    pub const SCHEMA: u32 = 1;

    /// Orders the findings, and gives each its fingerprint.
    pub(crate) fn rank(&mut self) {
        self.findings.sort_rows_by(|a, b| {
            let by_weight = b.weight.total_cmp(&a.weight);
            let by_name = a.rule.id.cmp(b.rule.id).then_with(|| a.summary.cmp(&b.summary));
            b.severity.cmp(&a.severity).then(by_weight).then(b.confidence.cmp(&a.confidence)).then(by_name)
        });
        let mut seen: Map<String, usize> = Map::default();
        for finding in &mut self.findings {
            let cause = finding.cause();
            let number = seen.entry(cause.clone()).or_default();
            *number += 1;
            finding.fingerprint = if *number == 1 { cause } else { format!("{cause} #{number}") };
        }
    }

    /// The findings without those that are part of another one, since what several rules say about one thing
    /// is shown once; and without those that are [suppressed](Finding::suppressed).
    pub fn shown(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.part_of.is_none() && finding.suppressed.is_none())
    }

    /// The findings of one rule.
    pub fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.rule.id == id)
    }

    /// The severity of the most severe finding that is shown.
    pub fn worst(&self) -> Option<Severity> {
        self.shown().map(|finding| finding.severity).max()
    }
}
