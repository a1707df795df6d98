//! The answer: ranked findings, what did not fit together, and what could not be looked at.

mod markdown;
mod text;
mod unite;

use crate::diagnose::finding::{Finding, Severity, Source};
use crate::diagnose::inputs::Mismatch;

pub(crate) use unite::unite;

/// An input that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Input {
    /// Its name, as it was given.
    pub name: String,
    /// What it is.
    pub source: Source,
    /// What it holds, in a few words.
    pub contents: String,
}

/// Something that could not be looked at, and what would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coverage {
    /// The rules concerned, by id.
    pub rules: Vec<&'static str>,
    /// What was missing, and how to record it.
    pub missing: String,
}

/// What a diagnosis says. Findings come ranked: by severity, then by the share of the run, then by confidence.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// What was looked at.
    pub inputs: Vec<Input>,
    /// Inputs that do not belong together. Findings that join them are hints only.
    pub mismatches: Vec<Mismatch>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub coverage: Vec<Coverage>,
}

impl Report {
    pub(crate) fn rank(&mut self) {
        self.findings.sort_by(|a, b| {
            let by_share = b.share.total_cmp(&a.share);
            let by_name = a.rule.id.cmp(b.rule.id).then_with(|| a.summary.cmp(&b.summary));
            b.severity.cmp(&a.severity).then(by_share).then(b.confidence.cmp(&a.confidence)).then(by_name)
        });
    }

    /// The findings that stand for themselves: what several rules say about one thing is shown once.
    pub fn shown(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.part_of.is_none())
    }

    /// The findings of one rule.
    pub fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.rule.id == id)
    }

    /// The most severe finding's severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
