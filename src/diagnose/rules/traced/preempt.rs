//! `no-preempt`: a goroutine that keeps its P for longer than the scheduler means to let it.

use super::frames;
use super::stalls::Stalls;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, times};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Context, Span};
use crate::trace::{Event, EventKind, GoId, RangeName, Resource, StackId};

pub(super) const RULE: Rule = Rule {
    id: "no-preempt",
    title: "a goroutine cannot be preempted",
    advice: "Remove GODEBUG=asyncpreemptoff=1; break long stretches of assembly or of one runtime call (a huge copy, a \
             huge map) into parts.",
    basis: "25 ms on a P, two time slices and some slack, less gaps in which the whole process stood still and stops \
            of the world. Since Go 1.14 only assembly, the runtime itself or asyncpreemptoff can do so.",
};

/// Stops of the world that are remembered: the latest.
const STOPS: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Preempt {
    long: Waits,
    /// Stops of the world by who stopped it: the stopper works, it does not hold anybody up.
    stops: Vec<(GoId, i64, i64)>,
    open: Option<(GoId, i64)>,
}

impl Preempt {
    pub(super) fn event(&mut self, event: &Event) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                let (RangeName::StopTheWorld(_), Resource::Goroutine(by)) = (range.name, range.scope) else {
                    return;
                };
                self.open = Some((by, event.time));
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                let Some((by, start)) = self.open.take() else { return };
                if event.time.saturating_sub(start) >= 100_000 {
                    self.stops.truncate(STOPS - 1);
                    self.stops.insert(0, (by, start, event.time));
                }
            }
            _ => {}
        }
    }

    /// Takes the end of a running span.
    pub(super) fn span(&mut self, span: &Span, cx: &Context<'_>, stalls: &Stalls, thresholds: &Thresholds) {
        let limit = thresholds.no_preempt.as_nanos() as i128;
        if i128::from(span.duration()) < limit {
            return;
        }
        let id = cx.goroutine(span.goroutine).id;
        let own = self.stops.iter().filter(|(by, ..)| *by == id);
        let stopping = own.map(|(_, start, end)| overlap((*start, *end), (span.start, span.end)));
        let stopping = stopping.fold(0, i64::saturating_add);
        let time =
            span.duration().saturating_sub(stalls.overlap(span.start, span.end)).saturating_sub(stopping);
        if i128::from(time) >= limit {
            // Where it stopped says more than where it began.
            let stack = if span.ender.stack.is_none() { span.stack } else { span.ender.stack };
            self.long.add_time(span.end.saturating_sub(time), span.end, stack, StackId::NONE);
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>, moments: &mut Vec<Moment>) -> Option<Finding> {
        let (stack, _) = self.long.worst()?;
        moments.extend(self.long.moments(cx, RULE.id));
        let summary = format!(
            "a goroutine kept its P {} for longer than the scheduler allows, at most for {}",
            times(self.long.count()),
            Amount::nanos(self.long.max())
        );
        let evidence = self.long.evidence(cx, "stretch without preemption", "stretches without preemption");
        let share = self.long.sum() as f64 / (cx.elapsed().max(1) as f64 * cx.gomaxprocs().max(1) as f64);
        let finding = Finding::new(&RULE, Severity::Warning, frames::subject(cx, stack), summary);
        // Up to 50 ms the machine may as well have taken the CPU away from the thread.
        let sure = if self.long.max() >= 50_000_000 { Confidence::Certain } else { Confidence::Hint };
        Some(finding.share(share).proof(evidence).sure(sure))
    }
}

/// How long two stretches of time have in common.
fn overlap(a: (i64, i64), b: (i64, i64)) -> i64 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0)).max(0)
}
