//! `gc-assist`: goroutines that allocate have to help the collector.

use super::detector::{Detector, Found, evidence};
use super::frames;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Context, Span};
use crate::trace::{Event, EventKind, GoId, GoState, RangeName, Resource, StackId};

const RULE: Rule = Rule {
    id: "gc-assist",
    title: "goroutines do the collector's work",
    advice: "Allocate less where the assists happen, or let the heap grow more between collections (GOGC, \
             GOMEMLIMIT): a goroutine that allocates faster than the collector marks has to help it.",
    basis: "5 % of the CPU of all Ps, counted while the goroutine really runs. The wall time of an assist is \
            much more.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The CPU time that goroutines spend in mark assists, by the stack that allocated.",
        costs: "The allocating goroutine, often one that answers a request, marks memory instead of doing \
                its work. The more it allocates, the more it has to mark.",
        silent: "Assists below 5 % of the CPU. The collector's own workers are not counted here: see \
                 gc-always and mmu.",
        example: &[
            "func handle(w http.ResponseWriter, r *http.Request) {",
            "    body, _ := io.ReadAll(r.Body) // grows by copying; each growth may assist",
            "    ...",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct GcAssist {
    least_share: f64,
    /// Assists under way, by goroutine: since when, and where.
    open: Map<GoId, (i64, StackId)>,
    assisted: i64,
    by_stack: Map<StackId, i64>,
}

impl Detector for GcAssist {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        let (open, by_stack) = (Map::default(), Map::default());
        Self { least_share: thresholds.assist, open, assisted: 0, by_stack }
    }
}

impl Analysis for GcAssist {
    type Output = Found;

    fn running(&mut self, span: &Span, cx: &Context<'_>) {
        // An assist outlives a running span: it goes on when the goroutine runs again.
        if self.open.is_empty() {
            return;
        }
        if let Some(&(since, stack)) = self.open.get(&cx.goroutine(span.goroutine).id) {
            self.add(span.end.saturating_sub(since.max(span.start)), stack);
        }
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                if let (RangeName::MarkAssist, Resource::Goroutine(id)) = (range.name, range.scope) {
                    self.open.entry(id).or_insert((event.time, event.stack));
                }
            }
            EventKind::RangeEnd { name: RangeName::MarkAssist, .. } => {
                let Some((since, stack)) = self.open.remove(&event.goroutine) else { return };
                let index = cx.index_of(event.goroutine);
                let runs = index.map(|index| cx.goroutine(index)).filter(|go| go.state == GoState::Running);
                if let Some(goroutine) = runs {
                    self.add(event.time.saturating_sub(since.max(goroutine.since)), stack);
                }
            }
            _ => {}
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let cpu = cx.elapsed().max(1) as f64 * cx.gomaxprocs().max(1) as f64;
        let share = self.assisted as f64 / cpu;
        if share < self.least_share {
            return Found::default();
        }
        let mut stacks: Vec<_> = self.by_stack.iter().collect();
        stacks.sort_rows_by_key(|(stack, time)| (std::cmp::Reverse(**time), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, time)| format!("{}: {}", Amount::nanos(**time), frames::one_line(cx, **stack)));
        let summary =
            format!("{} of the CPU goes into mark assists of goroutines that allocate", Amount::share(share));
        let evidence = evidence(format!("{} of CPU in assists", Amount::nanos(self.assisted)))
            .figure("share", Amount::share(share))
            .figure("time", Amount::nanos(self.assisted))
            .lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        let severity = if share >= 0.25 { Severity::Error } else { Severity::Warning };
        Found::findings([Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence)])
    }
}

impl GcAssist {
    fn add(&mut self, time: i64, stack: StackId) {
        self.assisted = self.assisted.saturating_add(time.max(0));
        let sum = self.by_stack.entry(stack).or_default();
        *sum = sum.saturating_add(time.max(0));
    }
}
