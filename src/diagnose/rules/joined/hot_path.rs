//! `hot-path`: where the work runs.

use crate::diagnose::facts::{Cost, Costly, Facts, advice, costly};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};

pub(crate) const RULE: Rule = Rule {
    id: "hot-path",
    title: "most of the work's time is spent running here",
    advice: "Look at the CPU profile below this function: do the work once instead of each time, or do less \
             of it.",
    basis: "3 % of the time of the goroutines that do the program's work; a warning from 50 %. From the \
            trace's CPU samples if there are at least five, else from where goroutines stop running.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The program's functions in which these goroutines run, and what they call there. Time spent \
               waiting for a P is charged to all who run.",
        costs: "The CPU sets the pace of the work here.",
        silent: "Idle programs; places below 3 % of the work's time.",
        example: &["re := regexp.MustCompile(rule) // for each request"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Running);
    let finding = |costly: Costly<'_>| {
        let callee = &costly.culprit.site.callee;
        let callee = if callee.is_empty() { String::new() } else { format!(", most of it in {callee}") };
        let summary = format!("{} of the work's time is CPU time here{callee}", Amount::share(costly.share));
        let advice = advice(&costly.culprit.site.callee).unwrap_or(RULE.advice);
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
            .advise(advice)
    };
    costly.map(finding).collect()
}
