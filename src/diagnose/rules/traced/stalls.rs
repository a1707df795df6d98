//! `stalled`: the whole process stood still although goroutines were running: a CPU quota, a paused machine, a host
//! with too little CPU.

use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, Subject};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::Context;
use crate::trace::{Event, EventKind, GoState, RangeName};

pub(super) const RULE: Rule = Rule {
    id: "stalled",
    title: "the whole process stood still",
    advice: "Raise the CPU limit or set GOMAXPROCS to it (Go 1.25 and later do so by themselves on Linux), and look at \
             what else runs on the machine.",
    basis: "No event for 20 ms, two of sysmon's slices, while goroutines ran; at least twice and for 5 % of the time. \
            100 ms is the default period of Linux's CPU quota.",
};

/// Linux's default `cfs_period_us`, in nanoseconds, and how far from it still counts.
const PERIOD: (i64, i64) = (100_000_000, 5_000_000);

#[derive(Debug, Default)]
pub(super) struct Stalls {
    last: Option<i64>,
    running: usize,
    idle: usize,
    stopped: usize,
    samples: u64,
    /// Gaps as (start, end), in order, and whether all Ps ran.
    gaps: Vec<(i64, i64, bool)>,
}

impl Stalls {
    /// Takes the time of the event at hand, before anything that ends with it is looked at.
    pub(super) fn tick(&mut self, now: i64, thresholds: &Thresholds) {
        let Some(last) = self.last.replace(now) else { return };
        let long = i128::from(now.saturating_sub(last)) >= thresholds.stalled.as_nanos() as i128;
        if long && self.running > 0 && self.stopped == 0 {
            self.gaps.push((last, now, self.idle == 0));
        }
    }

    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                self.stopped += usize::from(matches!(range.name, RangeName::StopTheWorld(_)));
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                self.stopped = self.stopped.saturating_sub(1);
            }
            EventKind::StackSample => self.samples += 1,
            _ => {}
        }
        self.running = cx.count(GoState::Running);
        self.idle = cx.idle_procs();
    }

    /// Of the time from `start` to `end`: how much of it fell into gaps.
    pub(super) fn overlap(&self, start: i64, end: i64) -> i64 {
        let first = self.gaps.partition_point(|(_, gap_end, _)| *gap_end <= start);
        let within = self.gaps.iter().skip(first).take_while(|(gap_start, ..)| *gap_start < end);
        let parts =
            within.map(|(gap_start, gap_end, _)| gap_end.min(&end).saturating_sub(*gap_start.max(&start)));
        parts.fold(0, i64::saturating_add)
    }

    pub(super) fn finish(&self, cx: &Context<'_>, moments: &mut Vec<Moment>) -> Option<Finding> {
        let times = self.gaps.iter().map(|(start, end, _)| end.saturating_sub(*start));
        let sum = times.clone().fold(0, i64::saturating_add);
        let share = sum as f64 / cx.elapsed().max(1) as f64;
        if self.gaps.len() < 2 || share < 0.05 {
            return None;
        }
        let moment = |&(start, end, _): &(i64, i64, bool)| Moment {
            rule: RULE.id,
            start: start.saturating_sub(cx.start()),
            end: end.saturating_sub(cx.start()),
            label: "no event at all".to_owned(),
        };
        moments.extend(self.gaps.iter().take(40).map(moment));
        let max = times.max().unwrap_or(0);
        let quota = self.is_periodic();
        let all_busy = self.gaps.iter().all(|(_, _, busy)| *busy);
        let certain = all_busy || self.samples > 0;
        let count = Amount::count(self.gaps.len());
        let summary = format!(
            "the process stood still {count} times, {} of the time{}",
            Amount::share(share),
            if quota { ", every 100 ms: a CPU quota" } else { "" }
        );
        let proof = match (all_busy, self.samples > 0) {
            (true, _) => "all Ps had a goroutine running",
            (false, true) => "the CPU profiler took no sample in them, though it was on",
            _ => "some P was idle and no CPU profile was on: it may have been one slow goroutine",
        };
        let evidence =
            super::evidence(format!("{count} gaps without any event while goroutines ran; {proof}"))
                .figure("stalls", count)
                .figure("sum", Amount::nanos(sum))
                .figure("max", Amount::nanos(max))
                .figure("share", Amount::share(share));
        let finding =
            Finding::new(&RULE, Severity::Error, Subject::program(), summary).share(share).proof(evidence);
        Some(finding.sure(if certain { Confidence::Certain } else { Confidence::Hint }))
    }

    /// The gaps begin, or end, a multiple of the quota's period apart.
    fn is_periodic(&self) -> bool {
        let apart = |time: fn(&(i64, i64, bool)) -> i64| {
            let (period, slack) = PERIOD;
            let pairs = self.gaps.windows(2).map(|pair| time(&pair[1]).saturating_sub(time(&pair[0])));
            let off = |distance: i64| (distance % period).min(period - distance % period);
            pairs.filter(|distance| off(*distance) <= slack).count() * 4 >= (self.gaps.len() - 1) * 3
        };
        self.gaps.len() >= 3 && (apart(|gap| gap.0) || apart(|gap| gap.1))
    }
}
