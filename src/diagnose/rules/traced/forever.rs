//! `forever`: goroutines that wait for what can never come, as the runtime itself says.

use super::detector::{Detector, Found, evidence, is_of_program};
use super::frames;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject, things};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncName;
use crate::table::Map;
use crate::trace::analysis::{Analysis, Context, Span};
use crate::trace::{Event, EventKind, GoState, StackId};

const RULE: Rule = Rule {
    id: "forever",
    title: "goroutines blocked forever",
    advice: "A nil channel or an empty select blocks forever: initialise the channel, or let the goroutine \
             return.",
    basis: "The runtime's own reason for the wait. `select {}` in the main goroutine is a common way to keep \
            a program alive, and not reported.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines whose wait has the reason \"chan receive (nil chan)\", \"chan send (nil chan)\" or \
               \"select (no cases)\".",
        costs: "They never run again. Each keeps its stack and all that it points to, and whoever waits for \
                them waits forever, too.",
        silent: "The main goroutine; waits for channels that exist but that nobody uses any more, for which \
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

#[derive(Debug)]
pub(super) struct Forever {
    /// The most goroutines at once.
    most: usize,
    by_stack: Map<StackId, u64>,
}

impl Detector for Forever {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(_: &Thresholds) -> Self {
        Self { most: 0, by_stack: Map::default() }
    }
}

impl Analysis for Forever {
    type Output = Found;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        if matches!(event.kind, EventKind::GoTransition(_)) {
            self.most = self.most.max(cx.live());
        }
    }

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        if span.state != GoState::Waiting || !span.class.is_forever() || !is_of_program(span, cx) {
            return;
        }
        let name = cx.string(cx.goroutine(span.goroutine).name);
        if FuncName::parse(name).as_bytes() != b"runtime.main" {
            *self.by_stack.entry(span.stack).or_default() += 1;
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let count: u64 = self.by_stack.values().sum();
        if count == 0 {
            return Found::default();
        }
        let mut stacks: Vec<_> = self.by_stack.iter().collect();
        stacks.sort_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
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
        let share = count as f64 / self.most.max(1) as f64;
        Found::findings([Finding::new(&RULE, Severity::Warning, subject, summary)
            .share(share)
            .proof(evidence)])
    }
}
