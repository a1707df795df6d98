//! `stalled`: the whole process stood still although goroutines were running: a CPU quota, a paused machine,
//! a host with too little CPU.

use super::detector::{Detector, Found, evidence};
use super::gaps::{Gap, Gaps};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind};

const RULE: Rule = Rule {
    id: "stalled",
    title: "the whole process stood still",
    advice: "Raise the CPU limit or set GOMAXPROCS to it (Go 1.25 and later do so by themselves on Linux), \
             and look at what else runs on the machine.",
    basis: "No event for 20 ms, two of sysmon's slices, while goroutines ran; at least twice and for 5 % of \
            the time. 100 ms is the default period of Linux's CPU quota. An error if it is a quota: \
            otherwise other programs took the CPU away.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Stretches of 20 ms or more without a single event although goroutines were running. If they \
               begin or end a multiple of 100 ms apart, it is Linux's CPU quota.",
        costs: "Nothing runs: every request in flight waits. In a trace such a stall looks like slow code, \
                slow locks and late timers at the same moment; the stall is their cause.",
        silent: "A single gap, or gaps of less than 5 % of the time; stops of the world; gaps in which no \
                 goroutine ran. Where a P was idle and no CPU profile was on, it is a hint only: one \
                 goroutine may have computed.",
        example: &[
            "resources:",
            "  limits:",
            "    cpu: 500m # with GOMAXPROCS=8 the quota of 50 ms per 100 ms is gone after 6 ms",
        ],
    },
};

/// Linux's default `cfs_period_us`, in nanoseconds, and how far from it still counts.
const PERIOD: (i64, i64) = (100_000_000, 5_000_000);

#[derive(Debug)]
pub(super) struct Stalled {
    gaps: Gaps,
    /// CPU samples.
    samples: u64,
}

impl Detector for Stalled {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { gaps: Gaps::new(nanos(thresholds.stalled)), samples: 0 }
    }
}

impl Analysis for Stalled {
    type Output = Found;

    fn least_pause(&self) -> i64 {
        self.gaps.least()
    }

    fn pause(&mut self, end: i64, cx: &Context<'_>) {
        self.gaps.pause(end, cx);
    }

    fn other(&mut self, event: &Event, _: &Context<'_>) {
        self.gaps.range(event);
        self.samples += u64::from(matches!(event.kind, EventKind::StackSample));
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let gaps = self.gaps.all();
        let times = gaps.iter().map(|gap| gap.end.saturating_sub(gap.start));
        let sum = times.clone().fold(0, i64::saturating_add);
        let share = sum as f64 / cx.elapsed().max(1) as f64;
        if gaps.len() < 2 || share < 0.05 {
            return Found::default();
        }
        let moment = |gap: &Gap| Moment {
            rule: RULE.id,
            start: gap.start.saturating_sub(cx.start()),
            end: gap.end.saturating_sub(cx.start()),
            label: "no event at all".to_owned(),
        };
        let max = times.max().unwrap_or(0);
        let all_busy = gaps.iter().all(|gap| gap.all_busy);
        let certain = all_busy || self.samples > 0;
        let (count, periodic) = (Amount::count(gaps.len()), is_periodic(gaps));
        let summary = format!(
            "the process stood still {count} times, for {} of the time{}",
            Amount::share(share),
            if periodic { ", every 100 ms: a CPU quota" } else { "" }
        );
        let proof = match (all_busy, self.samples > 0) {
            (true, _) => "every P had a goroutine running",
            (false, true) => "the CPU profiler was on and took no sample in them",
            _ => "some P was idle and no CPU profile was on, so it may have been one slow goroutine",
        };
        let evidence = evidence(format!("{count} gaps without any event while goroutines ran; {proof}"))
            .figure("stalls", count)
            .figure("sum", Amount::nanos(sum))
            .figure("max", Amount::nanos(max))
            .figure("share", Amount::share(share));
        // Otherwise others use the machine, too: nothing in the program is wrong.
        let severity = if periodic { Severity::Error } else { Severity::Info };
        let finding = Finding::new(&RULE, severity, Subject::program(), summary).share(share).proof(evidence);
        let finding = finding.sure(if certain { Confidence::Certain } else { Confidence::Hint });
        Found {
            findings: vec![finding],
            moments: gaps.iter().take(40).map(moment).collect(),
            ..Found::default()
        }
    }
}

/// Whether the gaps begin, or end, a multiple of the quota's period apart.
fn is_periodic(gaps: &[Gap]) -> bool {
    let apart = |time: fn(&Gap) -> i64| {
        let (period, slack) = PERIOD;
        let pairs = gaps.windows(2).map(|pair| time(&pair[1]).saturating_sub(time(&pair[0])));
        let off = |distance: i64| (distance % period).min(period - distance % period);
        pairs.filter(|distance| off(*distance) <= slack).count() * 4 >= (gaps.len() - 1) * 3
    };
    gaps.len() >= 3 && (apart(|gap| gap.start) || apart(|gap| gap.end))
}
