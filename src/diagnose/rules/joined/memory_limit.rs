//! `memory-limit`: a memory limit that leaves the collector no room.

use crate::diagnose::facts::{Facts, Sums};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::inputs::value_index;

pub(crate) const RULE: Rule = Rule {
    id: "memory-limit",
    title: "the memory limit is hardly above the live heap",
    advice: "Raise the memory limit (GOMEMLIMIT, debug.SetMemoryLimit), or keep less on the heap; to \
             allocate less does not help.",
    basis: "The collector takes 25 % of the CPU or marks half of the time, and most heap goals are less than 10 % above the heap at \
            that time (runtime/metrics).",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The heap goals that the trace records, beside the heap at each moment, and the CPU time of \
               the collector.",
        costs: "One collection follows the other, and each frees almost nothing.",
        silent: "Collectors below 25 % of the CPU; heap goals with room.",
        example: &["GOMEMLIMIT=72MiB with 61 MiB of live data"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let traces = facts.inputs.traces.iter();
    let budgets = traces.filter_map(|(name, traced)| Some((name, traced.budget.as_ref()?)));
    let tight = budgets.filter(|(_, budget)| {
        let process = &budget.process;
        let is_dear = process.collector as f64 >= 0.25 * process.cpu_available as f64;
        process.is_tight() && (is_dear || process.marking.saturating_mul(2) >= budget.elapsed)
    });
    // What lives there: the largest site of the heap profile.
    let heap = facts.inputs.last(Source::HeapProfile);
    let live = heap.and_then(|heap| Some((heap, Sums::of(heap, value_index(heap.profile, "inuse_space")?))));
    let site = live.as_ref().and_then(|(heap, sums)| Some((heap, sums.sites.first()?)));
    let finding = |(name, budget): (&String, &crate::trace::analysis::BudgetReport)| {
        let process = &budget.process;
        let share = process.collector as f64 / process.cpu_available.max(1) as f64;
        let subject = match site {
            Some((_, site)) => Subject::function(site.key.clone(), Some(site.place())),
            None => Subject::program(),
        };
        let summary = format!(
            "the collector takes {} of the CPU, because the memory limit leaves the live heap no room",
            Amount::share(share)
        );
        let text = format!(
            "{} of {} heap goals are less than 10 % above the heap",
            Amount::count(budget.process.tight_heap_goals as i64),
            Amount::count(budget.process.heap_goals as i64)
        );
        let mut finding = Finding::new(&RULE, Severity::Error, subject, summary).share(share);
        finding =
            finding.proof(Evidence::new(Source::Trace, name, text).figure("share", Amount::share(share)));
        if let Some((heap, site)) = site {
            let text = format!("{} live at {}", Amount::bytes(site.blamed), site.place());
            finding = finding
                .proof(Evidence::new(Source::HeapProfile, &heap.input, text).located(Some(site.place())));
        }
        finding
    };
    tight.map(finding).collect()
}
