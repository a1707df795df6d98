//! The findings that are known already: a file that a person can read, review and edit.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Report;
use crate::diagnose::finding::{Finding, Suppression};
use crate::error::{Error, ErrorKind, Result};

/// The first line of the file.
const HEAD: &str = "# godiag diagnose baseline, version 1";

/// Findings that are known already, by their [fingerprints](Finding::fingerprint). Its file has one per line;
/// other lines that begin with `#`, and empty ones, are comments.
///
/// ```
/// use godiag::diagnose::{Baseline, Diagnosis};
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diagnose/order");
/// let mut diagnosis = Diagnosis::new();
/// diagnosis.open(format!("{folder}/mutex.pb.gz"))?;
/// let mut report = diagnosis.run();
/// let baseline = Baseline::of(&report);
/// assert!(baseline.to_string().ends_with("\nlock-contention main.(*stock).reserve\n"));
/// report.suppress(&baseline);
/// assert_eq!(report.shown().count(), 0);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    fingerprints: BTreeSet<String>,
}

impl Baseline {
    /// The findings of a report, with those that are part of others, since other inputs may show only these.
    pub fn of(report: &Report) -> Self {
        Self { fingerprints: report.findings.iter().map(|finding| finding.fingerprint.clone()).collect() }
    }

    /// Reads what [`write`](Self::write) wrote, perhaps edited since.
    ///
    /// # Errors
    /// [`ErrorKind::Baseline`] if the first line is another.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines().map(str::trim_end);
        if lines.next() != Some(HEAD) {
            return Err(Error::new(ErrorKind::Baseline).detail(format!("the first line is not \"{HEAD}\"")));
        }
        let known = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self { fingerprints: known.map(str::to_owned).collect() })
    }

    /// Whether it has `finding`.
    pub fn contains(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{self}")
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.fingerprints.iter().try_for_each(|fingerprint| writeln!(f, "{fingerprint}"))
    }
}

impl Report {
    /// Marks the findings that `baseline` has; they are not [shown](Self::shown).
    pub fn suppress(&mut self, baseline: &Baseline) {
        self.suppress_if(Suppression::Baseline, |finding| baseline.contains(finding));
    }

    /// Marks the findings of the rules with these ids; they are not [shown](Self::shown).
    pub fn ignore(&mut self, ids: &[&str]) {
        self.suppress_if(Suppression::Ignored, |finding| ids.contains(&finding.id()));
    }

    fn suppress_if(&mut self, why: Suppression, is: impl Fn(&Finding) -> bool) {
        for finding in &mut self.findings {
            if finding.suppressed.is_none() && is(finding) {
                finding.suppressed = Some(why);
            }
        }
    }

    /// How many findings are not shown, by reason; without those that are part of others.
    pub fn suppressed(&self) -> Vec<(Suppression, usize)> {
        let count = |why| {
            let is = |finding: &&Finding| finding.part_of.is_none() && finding.suppressed == Some(why);
            (why, self.findings.iter().filter(is).count())
        };
        let counts = [Suppression::Baseline, Suppression::Ignored].map(count);
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}
