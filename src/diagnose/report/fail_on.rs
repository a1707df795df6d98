//! Which findings a script should stop at.

use std::str::FromStr;

use super::Report;
use crate::diagnose::finding::{Finding, Severity};
use crate::diagnose::rules::rules;
use crate::error::{Error, ErrorKind, Result};

/// Which findings a script should stop at: those of a severity and above, those of some rules, or none.
///
/// ```
/// use godiag::diagnose::FailOn;
/// let fail_on: FailOn = "error,goroutine-leak".parse()?;
/// assert!("eror".parse::<FailOn>().is_err());
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailOn {
    least: Option<Severity>,
    ids: Vec<&'static str>,
}

/// Every finding.
impl Default for FailOn {
    fn default() -> Self {
        Self { least: Some(Severity::Info), ids: Vec::new() }
    }
}

impl FailOn {
    /// Whether a script should stop at this finding.
    pub fn matches(&self, finding: &Finding) -> bool {
        self.least.is_some_and(|least| finding.severity >= least) || self.ids.contains(&finding.id())
    }

    /// Whether a script should stop at something of this severity that no rule found.
    pub(crate) fn is_met_by(&self, severity: Severity) -> bool {
        self.least.is_some_and(|least| severity >= least)
    }

    /// Whether a script should stop at one of those that the report [shows](Report::shown). A rule counts
    /// where its finding is shown as part of another one, too.
    pub fn is_met(&self, report: &Report) -> bool {
        let of_rule = |finding: &Finding| self.ids.contains(&finding.id()) && finding.suppressed.is_none();
        report.shown().any(|finding| self.matches(finding)) || report.findings.iter().any(of_rule)
    }
}

/// Severities and ids of rules with commas between them: `error`, `warning,lock-wait`; `never` for none.
impl FromStr for FailOn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut fail_on = Self { least: None, ids: Vec::new() };
        for word in text.split(',').map(str::trim) {
            let least = match word {
                "error" => Severity::Error,
                "warning" => Severity::Warning,
                "info" => Severity::Info,
                "never" => continue,
                id => {
                    fail_on.ids.push(rule_id(id)?);
                    continue;
                }
            };
            fail_on.least = Some(fail_on.least.map_or(least, |other| other.min(least)));
        }
        Ok(fail_on)
    }
}

/// The id of a rule that there is.
///
/// # Errors
/// `Usage` if there is none of that name.
fn rule_id(id: &str) -> Result<&'static str> {
    rules().map(|rule| rule.id).find(|known| *known == id).ok_or_else(|| {
        let detail = format!("no rule is called {id}; godiag diagnose --explain lists them");
        Error::new(ErrorKind::Usage).detail(detail)
    })
}
