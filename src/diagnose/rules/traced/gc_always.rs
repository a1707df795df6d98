//! `gc-always`: the garbage collector is at work nearly all the time.

use super::detector::{Detector, Found, evidence};
use super::marking::Marking;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::Event;
use crate::trace::analysis::{Analysis, Context};

const RULE: Rule = Rule {
    id: "gc-always",
    title: "the garbage collector runs nearly all the time",
    advice: "Raise GOGC, or set GOMEMLIMIT with GOGC=off if the memory is there: a small heap that fills \
             quickly is collected all the time. Then allocate less.",
    basis: "Marking for 25 % of the time, and 3 collections. While it marks, 25 % of the CPU is the \
            collector's.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The part of the time in which a collection marks, how many collections there are, and how \
               many per second.",
        costs: "A quarter of the CPU while it marks, write barriers in the program's own code, and mark \
                assists for goroutines that allocate.",
        silent: "Fewer than 3 collections. How much CPU is left to the program is another rule's: mmu.",
        example: &[
            "for {",
            "    buf := make([]byte, 1<<20) // a live heap of 4 MB is collected again after 4 of these",
            "    fill(buf)",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct GcAlways {
    least_share: f64,
    marking: Marking,
}

impl Detector for GcAlways {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least_share: thresholds.marking, marking: Marking::default() }
    }
}

impl Analysis for GcAlways {
    type Output = Found;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        self.marking.event(event, cx);
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let (share, cycles) = (self.marking.share(cx), self.marking.cycles);
        if share < self.least_share || cycles < 3 {
            return Found::default();
        }
        let per_second = cycles as f64 / (cx.elapsed().max(1) as f64 / 1e9);
        let summary = format!(
            "the collector marks for {} of the time: {} collections, {} per second",
            Amount::share(share),
            Amount::count(cycles),
            Amount::count(per_second as i64)
        );
        let evidence = evidence(format!("{} of marking", Amount::nanos(self.marking.time(cx))))
            .figure("share", Amount::share(share))
            .figure("cycles", Amount::count(cycles))
            .figure("cycles_per_second", Amount::per_second(per_second));
        let finding = Finding::new(&RULE, Severity::Warning, Subject::program(), summary);
        Found::findings([finding.share(share).proof(evidence)])
    }
}
