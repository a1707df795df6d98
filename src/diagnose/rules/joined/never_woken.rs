//! `never-woken`: goroutines that nobody alive will wake.

use crate::diagnose::facts::{Facts, subject};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, things};
use crate::trace::analysis::{StuckGroup, StuckKind};

pub(crate) const RULE: Rule = Rule {
    id: "never-woken",
    title: "goroutines wait for something that can never come",
    advice: "Look for the wake-up that got lost: Signal where Broadcast is needed, a lock taken in two orders, a sender that has returned.",
    basis: "Waits that began within the first half of the trace, at a place where none ended in the second half; all goroutines that ever ended one are gone or wait like this themselves.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits for locks, conditions, channels and wait groups that nobody has ended for half of the trace, and who ended such waits before.",
        costs: "They never go on, and what they hold is never given back.",
        silent: "Traces below 200 ms; waits from before the trace; places where nobody has waited in vain before; workers whose dispatcher lives.",
        example: &[
            "for len(q.items) == 0 {",
            "    q.cond.Wait() // Signal woke another producer",
            "}",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let traces = facts.inputs.traces.iter();
    let groups = traces.filter_map(|(name, traced)| Some((name, traced.budget.as_ref()?)));
    let groups = groups.flat_map(|(name, budget)| budget.stuck.iter().map(move |group| (name, budget, group)));
    let of_kind = groups.filter(|(.., group)| group.kind == StuckKind::NeverWoken);
    let finding = |(name, budget, group): (&String, &crate::trace::analysis::BudgetReport, &StuckGroup)| {
        let all = budget.process.goroutines.max(1);
        let summary = format!(
            "{} of {} wait here and will never go on: all who ever woke them are gone or wait themselves",
            things(group.count, "goroutine"),
            group.group
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
