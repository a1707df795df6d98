//! `mmu`: moments in which the collector leaves the program little of the CPU.

use super::detector::{Detector, Found, evidence};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context, MmuCurve, MutatorUtilization};
use crate::trace::{Event, GoTransition};

const RULE: Rule = Rule {
    id: "mmu",
    title: "the collector leaves the program little CPU at times",
    advice: "Allocate less, or let the heap grow more between collections (GOGC, GOMEMLIMIT): in the worst \
             moments the collector and the goroutines that assist it have nearly all Ps.",
    basis: "Minimum mutator utilization below 20 % over 10 ms and below 50 % over 100 ms. A warning \
            if the collector takes 10 % of the CPU on the whole.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The minimum mutator utilization: of all windows of a length, the one in which the program \
               itself (the mutator) has the least of the CPU, the rest being the collector's workers, \
               assists and stops.",
        costs: "A request that falls into such a window takes several times as long as one that does not.",
        silent: "Traces shorter than 100 ms; a utilization that is low over 10 ms but not over 100 ms, as \
                 during any stop of the world.",
        example: &["GOMEMLIMIT=1GiB ./server // with 0.98 GiB live: the collector runs without a pause"],
    },
};

const MS: i64 = 1_000_000;

#[derive(Debug)]
pub(super) struct Mmu {
    /// The least utilization over 10 ms and over 100 ms.
    least: (f64, f64),
    utilization: MutatorUtilization,
}

impl Detector for Mmu {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        let least = (thresholds.mmu_10ms, thresholds.mmu_100ms);
        Self { least, utilization: MutatorUtilization::default() }
    }
}

impl Analysis for Mmu {
    type Output = Found;

    fn transition(&mut self, event: &Event, transition: &GoTransition, cx: &Context<'_>) {
        self.utilization.transition(event, transition, cx);
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        self.utilization.other(event, cx);
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let curve = self.utilization.finish(cx).curve();
        let points = curve.plot(&[]).into_iter();
        let mmu = points.filter_map(|point| Some((point.window, *point.utilization.first()?))).collect();
        let findings = finding(&curve, self.least, cx).into_iter().collect();
        Found { findings, mmu, ..Found::default() }
    }
}

fn finding(curve: &MmuCurve, least: (f64, f64), cx: &Context<'_>) -> Option<Finding> {
    if cx.elapsed() < 100 * MS {
        return None;
    }
    let (short, long) = (curve.mmu(10 * MS), curve.mmu(100 * MS));
    if short >= least.0 || long >= least.1 {
        return None;
    }
    let summary = format!(
        "the collector leaves the program {} of the CPU in the worst 100 ms, {} in the worst 10 ms",
        Amount::share(long),
        Amount::share(short)
    );
    let worst = curve.worst_windows(10 * MS, 3);
    let lines = worst.iter().map(|window| {
        let start = Amount::nanos(window.time.saturating_sub(cx.start()));
        format!("10 ms from {start}: {}", Amount::share(window.utilization))
    });
    let evidence = evidence("minimum mutator utilization")
        .figure("mmu_10ms", Amount::share(short))
        .figure("mmu_100ms", Amount::share(long))
        .lines(lines.collect::<Vec<_>>());
    // A few bad moments are the price of any collector; what it costs on the whole decides.
    let cost = 1.0 - curve.mmu(cx.elapsed());
    let severity = if cost >= 0.1 { Severity::Warning } else { Severity::Info };
    Some(Finding::new(&RULE, severity, Subject::program(), summary).share(cost).proof(evidence))
}
