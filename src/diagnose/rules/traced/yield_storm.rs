//! `yield-storm`: goroutines that call `runtime.Gosched` all the time.

use super::detector::{Detector, Found, evidence, is_of_program};
use super::frames;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::table::{Map, SortRows};
use crate::trace::StackId;
use crate::trace::analysis::{Analysis, Cause, Context, Span};

const RULE: Rule = Rule {
    id: "yield-storm",
    title: "goroutines yield all the time",
    advice: "Wait for the event (a channel, a condition, a WaitGroup) instead of asking for it again and \
             again.",
    basis: "1,000 calls of runtime.Gosched, and 30 % of all stops of goroutines. Mostly it explains why a \
            trace is big.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "How many of the moments at which goroutines stop running are calls of runtime.Gosched, and \
               where these calls are.",
        costs: "Each call goes through the scheduler, to find most of the time that nothing has changed. A P \
                that spins so looks busy and does no work.",
        silent: "Fewer than 1,000 calls; the yields of runtime.GC, which waits for the sweep that way.",
        example: &[
            "for !done.Load() {",
            "    runtime.Gosched() // <-done would sleep until there is something to do",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct YieldStorm {
    least_share: f64,
    stops: u64,
    yields: u64,
    stacks: Map<StackId, u64>,
}

impl Detector for YieldStorm {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least_share: thresholds.yields, stops: 0, yields: 0, stacks: Map::default() }
    }
}

impl Analysis for YieldStorm {
    type Output = Found;

    fn running(&mut self, _: &Span, _: &Context<'_>) {
        self.stops += 1;
    }

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        if span.cause != Cause::Gosched || !is_of_program(span, cx) {
            return;
        }
        // Who calls runtime.GC yields until the sweeping is done: that is another rule's finding.
        let known = self.stacks.contains_key(&span.event_stack);
        if known || !frames::calls(cx, span.event_stack, "runtime.GC") {
            self.yields += 1;
            *self.stacks.entry(span.event_stack).or_default() += 1;
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let share = self.yields as f64 / self.stops.max(1) as f64;
        if self.yields < 1000 || share < self.least_share {
            return Found::default();
        }
        let mut stacks: Vec<_> = self.stacks.iter().collect();
        stacks.sort_rows_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, count)| format!("{} × {}", Amount::count(**count), frames::one_line(cx, **stack)));
        let summary = format!("{} of all stops are calls of runtime.Gosched", Amount::share(share));
        let evidence =
            evidence(format!("{} of {} stops", Amount::count(self.yields), Amount::count(self.stops)))
                .figure("yields", Amount::count(self.yields))
                .figure("stops", Amount::count(self.stops))
                .lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        Found::findings([Finding::new(&RULE, Severity::Info, subject, summary).share(share).proof(evidence)])
    }
}
