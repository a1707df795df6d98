//! What a rule found: where, how much, how sure, proven by what, and what to change.

mod amount;
mod evidence;
mod rule;
mod subject;
mod suppression;
mod words;

pub use amount::{Amount, Unit};
pub use evidence::{Evidence, Source};
pub use rule::{Explanation, Rule};
pub use subject::{Place, Subject};
pub use suppression::Suppression;
pub(crate) use words::{things, times, wait_phrase};

pub use crate::severity::{Confidence, Severity};

use crate::symbol::{FuncKey, FuncName};
use crate::text::{Printable, path};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// What happens and how much of it, in one sentence.
    pub summary: String,
    /// The source line at the subject's place, safe to print; where the source was given.
    pub code: Option<String>,
    /// The part of the run's time, memory or goroutines that it concerns, from 0 to 1; findings are ranked by
    /// what can be gained of it.
    pub share: f64,
    /// By what findings of one severity are ranked: the share, or the part of it that can be gained here.
    pub(crate) weight: f64,
    /// What proves it, by file.
    pub evidence: Vec<Evidence>,
    /// What to change here; the rule's advice where there is nothing more special.
    pub advice: String,
    /// The id of another finding about the same thing, which has this one's evidence, too, and is shown
    /// instead.
    pub part_of: Option<&'static str>,
    /// Other functions that it is about, such as those that wait for what its subject holds.
    pub(crate) related: Vec<FuncKey<'static>>,
    /// Its name in a baseline, from report to report: the [cause](Self::cause), and a number where a report
    /// has several of one cause. Empty until a [`Report`](crate::diagnose::Report) holds it.
    pub fingerprint: String,
    /// Why it is not shown, if somebody asked for that.
    pub suppressed: Option<Suppression>,
}

impl Finding {
    pub(crate) fn new(rule: &'static Rule, severity: Severity, subject: Subject, summary: String) -> Self {
        Self {
            rule,
            severity,
            confidence: Confidence::Certain,
            subject,
            summary,
            code: None,
            share: 0.0,
            weight: 0.0,
            evidence: Vec::new(),
            advice: rule.advice.to_owned(),
            part_of: None,
            related: Vec::new(),
            fingerprint: String::new(),
            suppressed: None,
        }
    }

    #[must_use]
    pub(crate) fn sure(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    #[must_use]
    pub(crate) fn share(mut self, share: f64) -> Self {
        self.share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        self.weight = self.share;
        self
    }

    /// A share of the goroutines. It weighs at most as much as the least share of the time that is an error:
    /// goroutines that stay cost memory later, and what takes more of the time now comes before them.
    #[must_use]
    pub(crate) fn share_of_goroutines(mut self, share: f64) -> Self {
        self = self.share(share);
        self.weight = self.weight.min(0.25);
        self
    }

    /// A share of the time that goes outside the program. A change of the program gains little of it, so that it
    /// comes after causes that are the program's own.
    #[must_use]
    pub(crate) fn share_outside(mut self, share: f64) -> Self {
        self = self.share(share);
        self.weight *= 0.25;
        self
    }

    #[must_use]
    pub(crate) fn proof(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    #[must_use]
    pub(crate) fn proofs(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    #[must_use]
    pub(crate) fn relates(mut self, functions: impl IntoIterator<Item = FuncKey<'static>>) -> Self {
        self.related.extend(functions);
        self
    }

    #[must_use]
    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// The rule's stable name, such as `lock-wait`.
    pub fn id(&self) -> &'static str {
        self.rule.id
    }

    /// What it is about, in the words that outlive an edit: the rule and the function, without lines and
    /// without the numbers of function literals. The same cause in two runs has the same text; safe to print.
    pub fn cause(&self) -> String {
        let Subject { function, place } = &self.subject;
        match (function, place) {
            (Some(function), _) => {
                let outermost = FuncName::parse(function.as_bytes()).outermost();
                format!("{} {}", self.rule.id, outermost.key())
            }
            (None, Some(place)) => format!("{} {}", self.rule.id, Printable(path::base(&place.file))),
            (None, None) => self.rule.id.to_owned(),
        }
    }

    /// The figure that the evidence calls `name`, from the first piece of evidence that has it.
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.evidence
            .iter()
            .flat_map(|evidence| &evidence.figures)
            .find(|(n, _)| *n == name)
            .map(|(_, a)| a.value)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.rule.id)?;
        map.serialize_entry("title", self.rule.title)?;
        map.serialize_entry("severity", &self.severity)?;
        map.serialize_entry("confidence", &self.confidence)?;
        map.serialize_entry("subject", &self.subject)?;
        map.serialize_entry("summary", &self.summary)?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("share", &self.share)?;
        map.serialize_entry("evidence", &self.evidence)?;
        map.serialize_entry("advice", &self.advice)?;
        map.serialize_entry("basis", self.rule.basis)?;
        map.serialize_entry("part_of", &self.part_of)?;
        map.serialize_entry("fingerprint", &self.fingerprint)?;
        map.serialize_entry("suppressed", &self.suppressed)?;
        map.end()
    }
}
