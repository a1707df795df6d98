//! `never-woken`: goroutines that nobody alive will wake.

use crate::diagnose::facts::{Facts, stuck};
use crate::diagnose::finding::{Explanation, Finding, Rule, Source, things};
use crate::trace::analysis::StuckKind;

pub(crate) const RULE: Rule = Rule {
    id: "never-woken",
    title: "goroutines wait for something that can never come",
    advice: "Look for the lost wake-up: Signal where Broadcast is needed, locks taken in two orders, a \
             sender that has returned.",
    basis: "Waits that began in the first half of the trace, at a place where none ended in the second half; \
            all goroutines that ever ended one are gone or wait in the same way.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits for locks, conditions, channels and wait groups that nobody has ended for half of the \
               trace, and who ended such waits before.",
        costs: "These goroutines never continue, and what they hold is never released.",
        silent: "Traces shorter than 200 ms; waits that began before the trace; places where no wait ever \
                 ended, unless it is for a lock; workers whose dispatcher lives.",
        example: &["for len(q.items) == 0 {", "    q.cond.Wait() // Signal woke another producer", "}"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    stuck(facts.inputs, StuckKind::NeverWoken)
        .map(|stuck| {
            let summary = format!(
                "{} of {} wait here and will never go on: all who ever woke them are gone or wait themselves",
                things(stuck.group.count, "goroutine"),
                stuck.group.group
            );
            stuck.finding(&RULE, summary)
        })
        .collect()
}
