//! `gc-always`: the garbage collector is at work nearly all the time.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::trace::analysis::BudgetReport;

pub(crate) const RULE: Rule = Rule {
    id: "gc-always",
    title: "the garbage collector runs nearly all the time",
    advice: "Raise GOGC, or set GOMEMLIMIT with GOGC=off if the memory is there: a small heap that fills \
             quickly is collected all the time. Then allocate less.",
    basis: "Marking for 25 % of the time, and 3 collections. While it marks, at least 25 % of the CPU is the \
            collector's. A warning where workers and assists take 10 % of the available CPU, an error from 25 %.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The part of the time in which a collection marks, how many collections there are, and how \
               many per second.",
        costs: "A quarter of the CPU while it marks, write barriers in the program's own code, and mark \
                assists for goroutines that allocate.",
        silent: "Fewer than 3 collections. How much CPU is left in the worst moments is another rule's: mmu.",
        example: &[
            "for {",
            "    buf := make([]byte, 1<<20) // a live heap of 4 MB is collected again after 4 of these",
            "    fill(buf)",
            "}",
        ],
    },
};

/// Collections that are no rate yet.
const FEW: u64 = 3;

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let budgets =
        facts.inputs.traces.iter().filter_map(|(name, traced)| Some((name, traced.budget.as_ref()?)));
    budgets.filter_map(|(name, budget)| finding(facts, name, budget)).collect()
}

fn finding(facts: &Facts<'_>, name: &str, budget: &BudgetReport) -> Option<Finding> {
    let (elapsed, process) = (budget.elapsed.max(1) as f64, &budget.process);
    let share = process.marking as f64 / elapsed;
    if share < facts.thresholds.marking || process.collections < FEW {
        return None;
    }
    let (cost, per_second) = (budget.gc_share(), process.collections as f64 / (elapsed / 1e9));
    let summary = format!(
        "the collector marks for {} of the time and takes {} of the CPU from the program: {} collections, {} per second",
        Amount::share(share),
        Amount::share(cost),
        Amount::count(process.collections),
        Amount::count(per_second as i64)
    );
    let text = format!("{} of marking", Amount::nanos(process.marking));
    let evidence = Evidence::new(Source::Trace, name, text)
        .figure("share", Amount::share(share))
        .figure("cpu", Amount::share(cost))
        .figure("cycles", Amount::count(process.collections))
        .figure("cycles_per_second", Amount::per_second(per_second));
    let severity = match cost {
        0.25.. => Severity::Error,
        0.1.. => Severity::Warning,
        _ => Severity::Info,
    };
    Some(Finding::new(&RULE, severity, Subject::program(), summary).share(cost).proof(evidence))
}
