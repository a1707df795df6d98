//! `leak-growth`: goroutines with one stack, more of them in every snapshot.

use crate::diagnose::facts::{Facts, Growth};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, Subject};

pub(crate) const RULE: Rule = Rule {
    id: "leak-growth",
    title: "goroutines that grow without end",
    advice: "Find what should end them: a context that is cancelled, a channel that is closed or buffered, a \
             deadline on the connection.",
    basis: "At least 3 goroutine profiles; the count rises in every step, and by at least 10 and 10 %. \
            Rising load looks the same: take the snapshots under steady load.",
    needs: &[&[Source::GoroutineProfile]],
    explanation: Explanation {
        sees: "Goroutines with the same stack, counted in each snapshot in the order of time, with the slope \
               per minute. Goroutine profiles count, and their texts and dumps do (debug=1, debug=2); the \
               texts carry no time and are ordered by name.",
        costs: "What grows without end uses up memory, and often connections and file descriptors before \
                that.",
        silent: "Fewer than 3 snapshots; counts that fall once; the goroutines of the runtime and of the \
                 profiler.",
        example: &[
            "curl -o goroutine.1.pb.gz 'localhost:6060/debug/pprof/goroutine'; sleep 60",
            "curl -o goroutine.2.pb.gz 'localhost:6060/debug/pprof/goroutine'; sleep 60",
            "curl -o goroutine.3.pb.gz 'localhost:6060/debug/pprof/goroutine'",
        ],
    },
};

/// Snapshots in which a rise must be seen.
pub(crate) const SNAPSHOTS: usize = 3;

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

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
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
            .share_of_goroutines(group.count as f64 / all.max(1) as f64)
            .proofs(facts.growth_evidence(group))
            .proofs(facts.creator_evidence(&group.root));
        out.push(finding.sure(Confidence::Likely));
    }
    out
}
