//! `sched-latency`: goroutines that could run and wait for a P.

use super::waits::Waits;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncName;
use crate::table::Map;
use crate::trace::StringId;
use crate::trace::analysis::{Cause, Context, GoKind, Histogram, Span};

pub(super) const RULE: Rule = Rule {
    id: "sched-latency",
    title: "goroutines wait long for a P",
    advice: "At such moments there is more CPU work than Ps: raise the CPU limit or GOMAXPROCS, bound the CPU-bound \
             goroutines, or move them out of the process that must answer quickly.",
    basis: "10 ms (the scheduler's time slice: longer means more than one whole slice ahead) in 1 % of all waits, and \
            at least 3 times. Late timers and late polling do not show here.",
};

#[derive(Debug, Default)]
pub(super) struct Sched {
    all: Histogram,
    long: Waits,
    causes: Map<Cause, u64>,
    groups: Map<StringId, Histogram>,
    most_runnable: usize,
}

impl Sched {
    pub(super) fn span(&mut self, span: &Span, cx: &Context<'_>, thresholds: &Thresholds) {
        let unnamed = cx.goroutine(span.goroutine).kind == GoKind::Unnamed;
        if unnamed || span.is_open_start || span.is_open_end {
            return;
        }
        let time = span.duration();
        self.all.add(time);
        if i128::from(time) < thresholds.sched.as_nanos() as i128 {
            return;
        }
        self.long.add_time(span.start, span.end, span.stack, crate::trace::StackId::NONE);
        *self.causes.entry(span.cause).or_default() += 1;
        self.groups.entry(cx.goroutine(span.goroutine).name).or_default().add(time);
        self.most_runnable = self.most_runnable.max(cx.count(crate::trace::GoState::Runnable) + 1);
    }

    pub(super) fn finish(
        &self,
        cx: &Context<'_>,
        thresholds: &Thresholds,
        moments: &mut Vec<Moment>,
    ) -> Option<Finding> {
        let (long, all) = (self.long.count(), self.all.count());
        if long < 3 || (long as f64) < thresholds.sched_share * all as f64 {
            return None;
        }
        moments.extend(self.long.moments(cx, RULE.id));
        let p99 = Amount::nanos(self.all.quantile(0.99));
        let summary = format!(
            "{} of {} waits for a P took {} or more; 1 in 100 takes {p99} or more",
            Amount::count(long),
            Amount::count(all),
            Amount::nanos(thresholds.sched.as_nanos() as i64),
        );
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(cause, count)| (std::cmp::Reverse(**count), **cause));
        let causes: Vec<_> =
            causes.iter().map(|(cause, count)| format!("{} {}", count, cause.name())).collect();
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(name, waits)| (std::cmp::Reverse(waits.sum()), **name));
        let lines = groups.iter().take(5).map(|(name, waits)| {
            let key = FuncName::parse(cx.string(**name)).key().into_owned();
            let (count, p99) = (Amount::count(waits.count()), Amount::nanos(waits.quantile(0.99)));
            format!("{count} × goroutines of {key}, 99th percentile {p99}")
        });
        let evidence = super::evidence(format!(
            "why they became runnable: {}; up to {} were runnable at once on {} Ps",
            causes.join(", "),
            Amount::count(self.most_runnable),
            Amount::count(cx.gomaxprocs()),
        ))
        .figure("long", Amount::count(long))
        .figure("all", Amount::count(all))
        .figure("p99", p99)
        .figure("max", Amount::nanos(self.all.max()))
        .figure("sum", Amount::nanos(self.all.sum()))
        .figure("most_runnable", Amount::count(self.most_runnable))
        .lines(lines.collect::<Vec<_>>());
        let subject = groups.first().map_or(Subject::program(), |(name, _)| {
            Subject::function(FuncName::parse(cx.string(**name)).key(), None)
        });
        let share = long as f64 / all as f64;
        Some(Finding::new(&RULE, Severity::Warning, subject, summary).share(share).proof(evidence))
    }
}
