//! `piling-up`: goroutines that are created all along and do not end.

use crate::diagnose::facts::{Facts, stuck};
use crate::diagnose::finding::{Explanation, Finding, Rule, Source};
use crate::trace::analysis::StuckKind;

pub(crate) const RULE: Rule = Rule {
    id: "piling-up",
    title: "goroutines leak: they keep being created, and none of them ends",
    advice: "Find what should end the wait: give the channel room for every sender, cancel the context, or \
             let the goroutine select on a deadline.",
    basis: "At least 8 goroutines at one place, at least a tenth of them created in each quarter of the \
            trace, and at most a tenth of the group ended.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that were created throughout the trace and wait at one place when it ends, where \
               hardly any wait was ever ended.",
        costs: "Each keeps its stack and everything that it refers to: memory grows without end.",
        silent: "Clients' connections; pools that start all at once; traces shorter than 200 ms.",
        example: &[
            "answers := make(chan answer) // room for none",
            "go func() { answers <- ask(q) }() // the slower one blocks forever",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    stuck(facts.inputs, StuckKind::Leak)
        .map(|stuck| {
            let summary = format!(
                "a leak: goroutines of {} grow in number and never go on, {} here; they are created at {}",
                stuck.group.group,
                stuck.group.activity.phrase(),
                stuck.group.created_at
            );
            stuck.finding(&RULE, summary)
        })
        .collect()
}
