//! `yield-storm`: goroutines that call `runtime.Gosched` all the time.

use super::frames;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::table::Map;
use crate::trace::analysis::{Cause, Context, Span};
use crate::trace::{GoState, StackId};

pub(super) const RULE: Rule = Rule {
    id: "yield-storm",
    title: "goroutines yield all the time",
    advice: "Wait for the event (a channel, a condition, a WaitGroup) instead of asking again and again.",
    basis: "30 % of all stops, and 1,000. Mostly an explanation why a trace is big.",
};

#[derive(Debug, Default)]
pub(super) struct Yields {
    stops: u64,
    yields: u64,
    stacks: Map<StackId, u64>,
}

impl Yields {
    /// Takes the end of a running span.
    pub(super) fn stop(&mut self) {
        self.stops += 1;
    }

    /// Takes a runnable span.
    pub(super) fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        if span.cause != Cause::Gosched || span.state != GoState::Runnable {
            return;
        }
        // Who calls runtime.GC yields until the sweeping is done: that is another rule's finding.
        let known = self.stacks.contains_key(&span.event_stack);
        if known || !frames::calls(cx, span.event_stack, "runtime.GC") {
            self.yields += 1;
            *self.stacks.entry(span.event_stack).or_default() += 1;
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Option<Finding> {
        let share = self.yields as f64 / self.stops.max(1) as f64;
        if self.yields < 1000 || share < thresholds.yields {
            return None;
        }
        let mut stacks: Vec<_> = self.stacks.iter().collect();
        stacks.sort_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, count)| format!("{} × {}", Amount::count(**count), frames::one_line(cx, **stack)));
        let summary = format!("{} of all stops are calls of runtime.Gosched", Amount::share(share));
        let evidence =
            super::evidence(format!("{} of {} stops", Amount::count(self.yields), Amount::count(self.stops)))
                .figure("yields", Amount::count(self.yields))
                .figure("stops", Amount::count(self.stops))
                .lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        Some(Finding::new(&RULE, Severity::Info, subject, summary).share(share).proof(evidence))
    }
}
