//! `stuck-group`: goroutines that wait in one place where hardly any is ever woken.

use super::detector::{Detector, Found, evidence, is_of_program};
use super::frames;
use crate::diagnose::finding::{
    Amount, Confidence, Explanation, Finding, Rule, Severity, Source, wait_phrase,
};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::{FuncName, WaitClass};
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Context, Span, StackTable};
use crate::trace::{FrameId, StackId, StringId};

const RULE: Rule = Rule {
    id: "stuck-group",
    title: "a group of goroutines waits and is hardly ever woken",
    advice: "Look for the other side: a receiver that has returned, a peer that does not read, a lock that \
             nobody unlocks. A deadline or a context gives those that wait a way out.",
    basis: "50 goroutines wait in one place at the end, at least half of them since the trace began, and at \
            most a tenth as many were woken there. Idle workers look the same if the trace is short.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that wait at the same line for the same kind of event when the trace ends, \
               compared with how many waits at that line ended while it ran.",
        costs: "Each of them keeps its stack, at least 2 KiB, and everything that the stack points to; \
                requests behind them never answer. Where more arrive all the time, it is a leak.",
        silent: "Groups below 50; idle keep-alive connections; groups that waited before the trace began, \
                 which may be a pool of workers.",
        example: &[
            "func ask(ctx context.Context) (answer, error) {",
            "    results := make(chan answer)",
            "    go func() { results <- slow() }() // nobody receives after the time-out",
            "    select {",
            "    case r := <-results:",
            "        return r, nil",
            "    case <-ctx.Done():",
            "        return answer{}, ctx.Err()",
            "    }",
            "}",
        ],
    },
};

/// What became of the waits in one place.
#[derive(Clone, Copy, Debug)]
struct Fate {
    open: u64,
    /// How many of the open ones began within the trace.
    begun: u64,
    closed: u64,
    open_time: i64,
    /// The stack, class and goroutine's name of one of them.
    stack: StackId,
    class: WaitClass,
    name: StringId,
}

impl Fate {
    fn add(&mut self, other: &Self) {
        self.open += other.open;
        self.begun += other.begun;
        self.closed += other.closed;
        self.open_time = self.open_time.saturating_add(other.open_time);
    }
}

#[derive(Debug)]
pub(super) struct StuckGroup {
    least: u64,
    fates: StackTable<WaitClass, Option<Fate>>,
}

impl Detector for StuckGroup {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least: thresholds.stuck, fates: StackTable::default() }
    }
}

impl Analysis for StuckGroup {
    type Output = Found;

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        if span.class.is_forever() || !is_of_program(span, cx) {
            return;
        }
        let (stack, class, name) = (span.stack, span.class, cx.goroutine(span.goroutine).name);
        let fresh = Fate { open: 0, begun: 0, closed: 0, open_time: 0, stack, class, name };
        let fate = self.fates.at(stack, class, cx.tables().stack_count()).get_or_insert(fresh);
        if span.is_open_end {
            fate.open += 1;
            fate.begun += u64::from(!span.is_open_start);
            fate.open_time = fate.open_time.saturating_add(span.duration());
        } else {
            fate.closed += 1;
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let mut by_place: Map<(FrameId, WaitClass), Fate> = Map::default();
        for (stack, class, fate) in self.fates.into_entries() {
            let (Some(frame), Some(fate)) = (frames::own_frame_id(cx, stack), fate) else { continue };
            by_place.entry((frame, class)).and_modify(|sum| sum.add(&fate)).or_insert(fate);
        }
        let mut fates: Vec<_> = by_place.into_values().collect();
        fates.sort_rows_by_key(|fate| (std::cmp::Reverse(fate.open), fate.stack));
        let stuck = fates.into_iter().filter(|fate| {
            let enough = fate.open >= self.least && fate.closed * 10 <= fate.open;
            // Those that have waited since before the trace may be a pool of idle workers.
            enough && fate.begun * 2 >= fate.open && fate.class != WaitClass::HttpIdleConn
        });
        Found::findings(stuck.map(|fate| finding(&fate, cx)))
    }
}

fn finding(fate: &Fate, cx: &Context<'_>) -> Finding {
    let (open, closed) = (Amount::count(fate.open), Amount::count(fate.closed));
    let root = FuncName::parse(cx.string(fate.name)).key();
    let summary = format!(
        "{open} goroutines of {root} are {} and stay there; {closed} were ever woken",
        wait_phrase(fate.class)
    );
    let evidence = evidence(format!(
        "{open} wait at the end of the trace, for {} in total; {closed} waits there ended",
        Amount::nanos(fate.open_time)
    ))
    .figure("stuck", open)
    .figure("woken", closed)
    .figure("time", Amount::nanos(fate.open_time))
    .line(frames::one_line(cx, fate.stack));
    let severity = if fate.open >= 100 { Severity::Error } else { Severity::Warning };
    Finding::new(&RULE, severity, frames::subject(cx, fate.stack), summary)
        .share_of_goroutines(fate.open as f64 / cx.most_live().max(1) as f64)
        .proof(evidence)
        .sure(Confidence::Likely)
}
