//! `leak-growth`: goroutines of one place that become more in every snapshot.

use crate::diagnose::facts::{Facts, Group, Growth};
use crate::diagnose::finding::{Amount, Confidence, Evidence, Finding, Rule, Severity, Source, Subject};

pub(crate) const RULE: Rule = Rule {
    id: "leak-growth",
    title: "goroutines of one place grow without end",
    advice: "Find what should end them: a context that is cancelled, a channel that is closed or buffered, a deadline \
             on the connection.",
    basis: "At least 3 goroutine profiles; the count rises in every step and by at least 10 and 10 %. Load that rises \
            looks the same: take the snapshots under steady load.",
};

/// Snapshots that a rise must be seen in.
const SNAPSHOTS: usize = 3;

impl Facts<'_> {
    /// Whether a group rises steadily and by enough.
    fn leaks(&self, growth: &Growth) -> bool {
        let first = growth.counts.first().copied().unwrap_or(0);
        let least = (first / 10).max(self.thresholds.growth.try_into().unwrap_or(i64::MAX));
        growth.counts.len() >= SNAPSHOTS
            && growth.rises()
            && growth.added() >= least
            && !growth.group.is_system()
    }
}

pub(super) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for growth in facts.growth.iter().filter(|growth| facts.leaks(growth)) {
        let group = &growth.group;
        let summary = format!(
            "goroutines of {} {} rise from {} to {}",
            group.root,
            group.waits_for(),
            Amount::count(growth.counts.first().copied().unwrap_or(0)),
            Amount::count(growth.counts.last().copied().unwrap_or(0)),
        );
        let all: i64 = facts
            .growth
            .iter()
            .filter_map(|growth| growth.counts.last().copied())
            .fold(0, i64::saturating_add);
        let severity = if growth.added() >= 50 { Severity::Error } else { Severity::Warning };
        let subject = Subject::function(group.function.clone(), Some(group.place.clone()));
        let finding = Finding::new(&RULE, severity, subject, summary);
        let finding = finding
            .share(group.count as f64 / all.max(1) as f64)
            .proofs(facts.growth_evidence(group))
            .proofs(facts.creator_evidence(&group.root));
        out.push(finding.sure(Confidence::Likely));
    }
    out
}

impl Facts<'_> {
    /// How the goroutines of `group` grew over the snapshots, if they did.
    pub(crate) fn growth_evidence(&self, group: &Group) -> Option<Evidence> {
        let same = |growth: &&Growth| {
            growth.group.root == group.root && growth.group.function == group.function && growth.added() > 0
        };
        let growth = self.growth.iter().find(same).filter(|growth| growth.counts.len() > 1)?;
        let counts: Vec<_> = growth.counts.iter().map(|count| Amount::count(*count).to_string()).collect();
        let mut text = format!("{} in {} snapshots", counts.join(", "), counts.len());
        let slope = growth.slope();
        if let Some((slope, fit)) = slope {
            text.push_str(&format!(": {} a minute, R² {fit:.2}", Amount::count(slope as i64)));
        }
        let mut evidence = Evidence::new(Source::GoroutineProfile, &self.snapshot_names, text)
            .figure("first", Amount::count(growth.counts.first().copied().unwrap_or(0)))
            .figure("last", Amount::count(growth.counts.last().copied().unwrap_or(0)))
            .at(Some(growth.group.place.clone()));
        if let Some((slope, fit)) = slope {
            evidence =
                evidence.figure("per_minute", Amount::count(slope as i64)).figure("fit", Amount::share(fit));
        }
        Some(evidence)
    }
}
