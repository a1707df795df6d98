//! `gc-assist`, `gc-always`, `gc-forced`: what the garbage collector costs the program.

use super::frames;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::table::Map;
use crate::trace::analysis::{Context, MmuCurve, Span};
use crate::trace::{Event, EventKind, GoId, GoState, RangeName, Resource, StackId};

pub(super) const ASSIST: Rule = Rule {
    id: "gc-assist",
    title: "goroutines do the collector's work",
    advice: "Allocate less where the assists happen, or let the heap grow more between collections (GOGC, GOMEMLIMIT): \
             who allocates faster than the collector marks has to help it.",
    basis: "5 % of the CPU of all Ps, counted while the goroutine really runs. An assist's wall time is much more.",
};

pub(super) const ALWAYS: Rule = Rule {
    id: "gc-always",
    title: "the garbage collector runs nearly all the time",
    advice: "Raise GOGC, or set GOMEMLIMIT with GOGC=off if the memory is there: a small heap that is filled quickly is \
             collected all the time. Then allocate less.",
    basis: "Marking in 25 % of the time, and 3 collections. 25 % of the CPU is the collector's while it marks.",
};

pub(super) const MMU: Rule = Rule {
    id: "mmu",
    title: "the collector leaves the program little CPU for a while",
    advice: "Allocate less, or let the heap grow more between collections (GOGC, GOMEMLIMIT): in the worst moments, the \
             collector and those who assist it have nearly all Ps.",
    basis: "Minimum mutator utilization below 20 % over 10 ms and below 50 % over 100 ms.",
};

pub(super) const FORCED: Rule = Rule {
    id: "gc-forced",
    title: "the program calls the garbage collector",
    advice: "Leave it to the runtime: runtime.GC and debug.FreeOSMemory collect everything at once and make the caller \
             wait for it.",
    basis: "3 calls of runtime.GC or debug.FreeOSMemory.",
};

#[derive(Debug, Default)]
pub(super) struct Gc {
    /// Assists that are under way, by goroutine: since when, and where.
    assists: Map<GoId, (i64, StackId)>,
    assisted: i64,
    by_stack: Map<StackId, i64>,
    mark_began: Option<i64>,
    marked: i64,
    cycles: u64,
    forced: Map<StackId, u64>,
}

impl Gc {
    /// Takes the end of a running span: an assist goes on running later, if at all.
    pub(super) fn ran(&mut self, span: &Span, cx: &Context<'_>) {
        if self.assists.is_empty() {
            return;
        }
        if let Some(&(since, stack)) = self.assists.get(&cx.goroutine(span.goroutine).id) {
            self.add(span.end.saturating_sub(since.max(span.start)), stack);
        }
    }

    fn add(&mut self, time: i64, stack: StackId) {
        self.assisted = self.assisted.saturating_add(time.max(0));
        let sum = self.by_stack.entry(stack).or_default();
        *sum = sum.saturating_add(time.max(0));
    }

    pub(super) fn range(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                let begins = matches!(event.kind, EventKind::RangeBegin(_));
                match (range.name, range.scope) {
                    (RangeName::MarkAssist, Resource::Goroutine(id)) => {
                        self.assists.entry(id).or_insert((event.time, event.stack));
                    }
                    (RangeName::GcMark, _) => {
                        let since = if begins { event.time } else { cx.start() };
                        if self.mark_began.is_none() {
                            self.mark_began = Some(since);
                            self.cycles += 1;
                        }
                    }
                    (RangeName::StopTheWorld(kind), _)
                        if begins && cx.string(kind) == b"GC sweep termination" =>
                    {
                        let calls = |name| frames::calls(cx, event.stack, name);
                        if calls("runtime.GC") || calls("runtime/debug.FreeOSMemory") {
                            *self.forced.entry(event.stack).or_default() += 1;
                        }
                    }
                    _ => {}
                }
            }
            EventKind::RangeEnd { name: RangeName::MarkAssist, .. } => {
                let Some((since, stack)) = self.assists.remove(&event.goroutine) else { return };
                let runs = cx.index_of(event.goroutine).map(|at| cx.goroutine(at));
                if let Some(goroutine) = runs.filter(|goroutine| goroutine.state == GoState::Running) {
                    self.add(event.time.saturating_sub(since.max(goroutine.since)), stack);
                }
            }
            EventKind::RangeEnd { name: RangeName::GcMark, .. } => {
                if let Some(since) = self.mark_began.take() {
                    self.marked = self.marked.saturating_add(event.time.saturating_sub(since));
                }
            }
            _ => {}
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut out = Vec::new();
        let elapsed = cx.elapsed().max(1) as f64;
        let cpu = elapsed * cx.gomaxprocs().max(1) as f64;
        let mut stacks: Vec<_> = self.by_stack.iter().collect();
        stacks.sort_by_key(|(stack, time)| (std::cmp::Reverse(**time), **stack));
        let assist = self.assisted as f64 / cpu;
        if assist >= thresholds.assist {
            let lines = stacks
                .iter()
                .take(5)
                .map(|(stack, time)| format!("{}: {}", Amount::nanos(**time), frames::one_line(cx, **stack)));
            let summary = format!(
                "{} of the CPU goes into mark assists of goroutines that allocate",
                Amount::share(assist)
            );
            let evidence = super::evidence(format!("{} of CPU in assists", Amount::nanos(self.assisted)))
                .figure("share", Amount::share(assist))
                .figure("time", Amount::nanos(self.assisted))
                .lines(lines.collect::<Vec<_>>());
            let subject =
                stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
            let severity = if assist >= 0.25 { Severity::Error } else { Severity::Warning };
            out.push(Finding::new(&ASSIST, severity, subject, summary).share(assist).proof(evidence));
        }
        let marked =
            self.marked.saturating_add(self.mark_began.map_or(0, |since| cx.now().saturating_sub(since)));
        let marking = marked as f64 / elapsed;
        if marking >= thresholds.marking && self.cycles >= 3 {
            let per_second = self.cycles as f64 / (elapsed / 1e9);
            let summary = format!(
                "the collector marks in {} of the time: {} collections, {} each second",
                Amount::share(marking),
                Amount::count(self.cycles),
                Amount::count(per_second as i64)
            );
            let evidence = super::evidence(format!("{} of marking", Amount::nanos(marked)))
                .figure("share", Amount::share(marking))
                .figure("cycles", Amount::count(self.cycles))
                .figure("cycles_per_second", Amount::per_second(per_second));
            out.push(
                Finding::new(&ALWAYS, Severity::Warning, Subject::program(), summary)
                    .share(marking)
                    .proof(evidence),
            );
        }
        let forced: u64 = self.forced.values().sum();
        if forced >= 3 {
            let mut stacks: Vec<_> = self.forced.iter().collect();
            stacks.sort_by_key(|(stack, count)| (std::cmp::Reverse(**count), **stack));
            let lines = stacks
                .iter()
                .take(5)
                .map(|(stack, count)| format!("{count} × {}", frames::one_line(cx, **stack)));
            let (count, all) = (Amount::count(forced), Amount::count(self.cycles));
            let summary = format!("{count} of {all} collections were asked for by the program");
            let evidence =
                super::evidence(summary.clone()).figure("forced", count).lines(lines.collect::<Vec<_>>());
            let subject =
                stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
            out.push(Finding::new(&FORCED, Severity::Info, subject, summary).share(marking).proof(evidence));
        }
        out
    }
}

/// Windows of time in which little of the CPU is left to the program.
pub(super) fn utilization(curve: &MmuCurve, cx: &Context<'_>, thresholds: &Thresholds) -> Option<Finding> {
    const MS: i64 = 1_000_000;
    if cx.elapsed() < 100 * MS {
        return None;
    }
    let (short, long) = (curve.mmu(10 * MS), curve.mmu(100 * MS));
    if short >= thresholds.mmu_10ms || long >= thresholds.mmu_100ms {
        return None;
    }
    let summary = format!(
        "the collector leaves {} of the CPU to the program in the worst 100 ms, {} in the worst 10 ms",
        Amount::share(long),
        Amount::share(short)
    );
    let worst = curve.worst_windows(10 * MS, 3);
    let lines = worst.iter().map(|window| {
        let at = Amount::nanos(window.time.saturating_sub(cx.start()));
        format!("10 ms from {at}: {}", Amount::share(window.utilization))
    });
    let evidence = super::evidence("minimum mutator utilization")
        .figure("mmu_10ms", Amount::share(short))
        .figure("mmu_100ms", Amount::share(long))
        .lines(lines.collect::<Vec<_>>());
    Some(Finding::new(&MMU, Severity::Warning, Subject::program(), summary).share(1.0 - long).proof(evidence))
}
