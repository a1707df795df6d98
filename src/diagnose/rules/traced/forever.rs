//! `forever`: goroutines that wait for what can never come, as the runtime itself says.

use super::detector::{Detector, Found, evidence, is_of_program};
use super::frames;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject, things};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::WaitClass;
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Context, Span};
use crate::trace::{GoId, StackId};

const RULE: Rule = Rule {
    id: "forever",
    title: "goroutines blocked forever",
    advice: "A nil channel or an empty select blocks forever: initialise the channel, or let the goroutine \
             return.",
    basis: "The runtime's own reason for the wait. `select {}` in the main goroutine, or in a few others, is a \
            way to keep a program alive: not reported below 10 goroutines.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines whose wait has the reason \"chan receive (nil chan)\", \"chan send (nil chan)\" or \
               \"select (no cases)\".",
        costs: "They never run again. Each keeps its stack and all that it points to, and whoever waits for \
                them waits forever, too.",
        silent: "The main goroutine; fewer than 10 goroutines in an empty select, which nobody writes by \
                 mistake; waits for channels that exist but that nobody uses any more, for which \
                 goroutine-leak and stuck-group look.",
        example: &[
            "var updates chan event // never made: nil",
            "",
            "for e := range updates { // blocks forever",
            "    apply(e)",
            "}",
        ],
    },
};

/// The main goroutine, the first that the runtime makes.
const MAIN: GoId = GoId(1);

/// Goroutines in an empty select from which on they are more than a way to keep a program alive.
const SELECTS: u64 = 10;

#[derive(Debug)]
pub(super) struct Forever {
    nil_channels: Map<StackId, u64>,
    empty_selects: Map<StackId, u64>,
}

impl Detector for Forever {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(_: &Thresholds) -> Self {
        Self { nil_channels: Map::default(), empty_selects: Map::default() }
    }
}

impl Analysis for Forever {
    type Output = Found;

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        if !span.class.is_forever() || !is_of_program(span, cx) {
            return;
        }
        if cx.goroutine(span.goroutine).id != MAIN {
            let by_stack = match span.class {
                WaitClass::SelectEmpty => &mut self.empty_selects,
                _ => &mut self.nil_channels,
            };
            *by_stack.entry(span.stack).or_default() += 1;
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let mut by_stack = self.nil_channels;
        if self.empty_selects.values().sum::<u64>() >= SELECTS {
            by_stack.extend(self.empty_selects);
        }
        let count: u64 = by_stack.values().sum();
        if count == 0 {
            return Found::default();
        }
        let mut stacks: Vec<_> = by_stack.iter().collect();
        stacks.sort_rows_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, count)| format!("{count} × {}", frames::one_line(cx, **stack)));
        let summary = match count {
            1 => "1 goroutine waits at a nil channel or in an empty select".to_owned(),
            _ => format!("{} wait at a nil channel or in an empty select", things(count, "goroutine")),
        };
        let evidence = evidence(summary.clone())
            .figure("goroutines", Amount::count(count))
            .lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        let share = count as f64 / cx.most_live().max(1) as f64;
        Found::findings([Finding::new(&RULE, Severity::Warning, subject, summary)
            .share(share)
            .proof(evidence)])
    }
}
