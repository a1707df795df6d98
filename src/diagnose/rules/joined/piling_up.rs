//! `piling-up`: goroutines that are created all along and do not end.

use crate::diagnose::facts::{Facts, subject};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, things};
use crate::trace::analysis::{StuckGroup, StuckKind};

pub(crate) const RULE: Rule = Rule {
    id: "piling-up",
    title: "goroutines leak: they are created all along and none of them ends",
    advice: "See what would end the wait: give the channel room for all who send, cancel the context, or let the goroutine select on a deadline.",
    basis: "At least 8 of one place, in each quarter of the trace at least a tenth of them, and at most a tenth of the group ended.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that were created throughout the trace and wait at one place when it ends, where hardly a wait was ever ended.",
        costs: "Each keeps its stack and all that it refers to: memory grows without end.",
        silent: "Connections of clients, pools that are started at once, traces below 200 ms.",
        example: &[
            "answers := make(chan answer) // room for none",
            "go func() { answers <- ask(q) }() // the slower one blocks for ever",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let traces = facts.inputs.traces.iter();
    let groups = traces.filter_map(|(name, traced)| Some((name, traced.budget.as_ref()?)));
    let groups = groups.flat_map(|(name, budget)| budget.stuck.iter().map(move |group| (name, budget, group)));
    let of_kind = groups.filter(|(.., group)| group.kind == StuckKind::Leak);
    let finding = |(name, budget, group): (&String, &crate::trace::analysis::BudgetReport, &StuckGroup)| {
        let all = budget.process.goroutines.max(1);
        let summary = format!(
            "a leak: goroutines of {} grow in number and never go on, {} here; they are created at {}",
            group.group,
            group.activity.phrase(),
            group.created_at
        );
        let text = format!(
            "{} {} at {}, from {} to {} after the beginning",
            things(group.count, "goroutine"),
            group.activity.phrase(),
            group.site,
            Amount::nanos(group.first),
            Amount::nanos(group.last)
        );
        let evidence = Evidence::new(Source::Trace, name, text).located(subject(&group.site).place);
        Finding::new(&RULE, Severity::Error, subject(&group.site), summary)
            .share(group.count as f64 / all as f64)
            .proof(evidence.figure("goroutines", Amount::count(group.count)))
    };
    of_kind.map(finding).collect()
}
