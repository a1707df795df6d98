//! `gc-forced`: the program calls the garbage collector.

use super::detector::{Detector, Found, evidence};
use super::frames;
use super::marking::Marking;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind, RangeName, StackId};

const RULE: Rule = Rule {
    id: "gc-forced",
    title: "the program calls the garbage collector",
    advice: "Leave it to the runtime: runtime.GC and debug.FreeOSMemory collect everything at once and make \
             the caller wait for it.",
    basis: "3 calls of runtime.GC or debug.FreeOSMemory.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Collections whose first stop of the world has runtime.GC or runtime/debug.FreeOSMemory on its \
               stack, with the lines that call them.",
        costs: "Each call collects the whole heap, however little garbage there is, and the caller waits \
                until it is swept. FreeOSMemory also gives pages back that the program soon needs again.",
        silent: "Fewer than 3 calls. A heap profile taken with gc=1 calls runtime.GC, too.",
        example: &[
            "func handle(w http.ResponseWriter, r *http.Request) {",
            "    defer runtime.GC() // once per request",
            "    ...",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct GcForced {
    marking: Marking,
    by_stack: Map<StackId, u64>,
}

impl Detector for GcForced {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(_: &Thresholds) -> Self {
        Self { marking: Marking::default(), by_stack: Map::default() }
    }
}

impl Analysis for GcForced {
    type Output = Found;

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        self.marking.event(event, cx);
        let EventKind::RangeBegin(range) = event.kind else { return };
        let RangeName::StopTheWorld(kind) = range.name else { return };
        if cx.string(kind) != b"GC sweep termination" {
            return;
        }
        let calls = |name| frames::calls(cx, event.stack, name);
        if calls("runtime.GC") || calls("runtime/debug.FreeOSMemory") {
            *self.by_stack.entry(event.stack).or_default() += 1;
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let forced: u64 = self.by_stack.values().sum();
        if forced < 3 {
            return Found::default();
        }
        let mut stacks: Vec<_> = self.by_stack.iter().collect();
        stacks.sort_rows_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, count)| format!("{count} × {}", frames::one_line(cx, **stack)));
        let (count, all) = (Amount::count(forced), Amount::count(self.marking.cycles));
        let summary = format!("the program asked for {count} of {all} collections");
        let evidence = evidence(summary.clone()).figure("forced", count).lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        let share = self.marking.share(cx);
        Found::findings([Finding::new(&RULE, Severity::Info, subject, summary).share(share).proof(evidence)])
    }
}
