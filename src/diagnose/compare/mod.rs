//! Two runs side by side: what is new, gone, worse or better, beyond chance.
//!
//! ```text
//! two reports → figures per request or per second → changes beyond chance
//!             → findings paired by cause          → new, worse, …          → text, Markdown, JSON
//! ```

mod caveats;
mod cells;
mod change;
mod figures;
mod findings;
#[cfg(feature = "serde")]
mod json;
mod markdown;
mod text;

pub use change::Change;
pub use figures::{FigureChange, Per};
pub use findings::FindingChange;

use super::finding::Severity;
use super::report::{FailOn, Report};
use super::thresholds::Thresholds;
use crate::diagnose::finding::things;

/// Two runs compared.
///
/// Figures that grow with time are compared for each request, where both runs count at least 20 requests, and
/// else for each second of their own recording; then an equal load is assumed. A difference counts if it is
/// larger than three standard deviations of what was counted, and than the [threshold](Thresholds::change)
/// `change`. Findings are the same if their [causes](super::Finding::cause) are.
///
/// ```
/// use godiag::diagnose::{Change, Comparison, Diagnosis, Thresholds};
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose");
/// let report = |file: &str| -> Result<_, godiag::Error> {
///     let mut diagnosis = Diagnosis::new();
///     diagnosis.open(format!("{folder}/{file}"))?;
///     Ok(diagnosis.run())
/// };
/// let (before, after) = (report("samples/healthy.mutex.pprof")?, report("order/mutex.pb.gz")?);
/// let comparison = Comparison::new(&before, &after, &Thresholds::default());
/// assert_eq!(comparison.findings[0].change, Change::New);
/// assert!(comparison.is_worse());
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// The earlier run.
    pub before: Side,
    /// The later run.
    pub after: Side,
    /// What makes the two hard to compare, as sentences.
    pub caveats: Vec<String>,
    /// All findings of both runs: first what is new or worse, then what is gone or better, then the rest.
    pub findings: Vec<FindingChange>,
    /// The figures of the whole runs that both have.
    pub figures: Vec<FigureChange>,
    /// The figures of functions, the largest change first.
    pub functions: Vec<FigureChange>,
}

/// What one run's report says as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Side {
    /// The answer in a sentence; empty if no input says so.
    pub verdict: String,
    /// How many findings in how many files.
    pub headline: String,
}

impl Comparison {
    /// Compares the reports of two runs.
    pub fn new(before: &Report, after: &Report, thresholds: &Thresholds) -> Self {
        let side = |report: &Report| Side { verdict: report.verdict.clone(), headline: report.headline() };
        let (figures, functions) = figures::compare(&before.run, &after.run, thresholds);
        Self {
            before: side(before),
            after: side(after),
            caveats: caveats::caveats(before, after),
            findings: findings::compare(before, after, &functions, thresholds),
            figures,
            functions,
        }
    }

    /// Whether a finding is new or worse, or a figure is worse.
    pub fn is_worse(&self) -> bool {
        self.fails(&FailOn::default())
    }

    /// Whether a script should stop: at a finding that is new or worse and that `fail_on` matches, or at a
    /// figure that is worse, which counts as a warning.
    pub fn fails(&self, fail_on: &FailOn) -> bool {
        let news = self.findings.iter().filter(|finding| finding.change.is_worse());
        let worse = self.figures.iter().chain(&self.functions).any(|figure| figure.change.is_worse());
        worse && fail_on.is_met_by(Severity::Warning)
            || news.filter_map(|finding| finding.after.as_ref()).any(|finding| fail_on.matches(finding))
    }

    /// The comparison in one line.
    pub fn headline(&self) -> String {
        let count = |change| self.findings.iter().filter(|finding| finding.change == change).count();
        let changes =
            [Change::New, Change::Worse, Change::Better, Change::Gone, Change::Unchanged, Change::Unknown];
        let counts =
            changes.map(|change| (change, count(change))).into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(change, count)| format!("{count} {}", change.name())).collect();
        let mut text = match counts.is_empty() {
            true => "No findings before or after".to_owned(),
            false => format!("Findings: {}", counts.join(", ")),
        };
        let figures = || self.figures.iter().chain(&self.functions);
        for change in [Change::Worse, Change::Better] {
            match figures().filter(|figure| figure.change == change).count() {
                0 => {}
                count => text.push_str(&format!("; {} {}", things(count, "figure"), change.name())),
            }
        }
        text
    }
}
