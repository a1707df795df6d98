//! `no-preempt`: a goroutine that keeps its P for longer than the scheduler means to let it.

use super::detector::{Detector, Found, is_of_program};
use super::frames;
use super::gaps::Gaps;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, times};
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::trace::analysis::{Analysis, Cause, Context, Span};
use crate::trace::{Event, EventKind, GoId, RangeName, Resource, StackId};

const RULE: Rule = Rule {
    id: "no-preempt",
    title: "a goroutine cannot be preempted",
    advice: "Break long stretches of assembly or of one runtime call (a huge copy, a huge map) into pieces; \
             remove GODEBUG=asyncpreemptoff=1 if it is set.",
    basis: "25 ms on a P, two time slices and some slack, without gaps in which the whole process stood \
            still and without stops of the world. CPU samples must show that it really ran; without them, \
            100 ms. A warning if the longest took 50 ms, and all together 5 % of the CPU. Since Go 1.14 only assembly, the runtime itself or asyncpreemptoff can do so.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that ran for 25 ms or longer without giving up their P, although sysmon asks for \
               it after 10 ms. Time in which the whole process stood still, or in which the goroutine itself \
               stopped the world, does not count.",
        costs: "The goroutines queued on that P wait, unless another P steals them, and a garbage collection \
                that starts meanwhile waits with the whole program until this goroutine stops.",
        silent: "Stretches below 25 ms, or below 100 ms without a CPU profile at the same time: a busy machine \
                 may have taken the CPU away from the thread. Stretches in which the profiler took less than \
                 half of the samples that such a time gives: there it did.",
        example: &[
            "GODEBUG=asyncpreemptoff=1 ./server // every loop without a call keeps its P until it ends",
        ],
    },
};

/// Of one goroutine's CPU time there is a sample each 10 ms (`runtime/pprof`, 100 Hz).
const SAMPLE: i64 = 10_000_000;

/// How long a stretch must be without samples that prove it, in nanoseconds.
const LONG: i64 = 100_000_000;

const PIECES: &str = "Break what runs there into pieces: long stretches of assembly, or one runtime call with much to do (a huge copy, a \
     huge map).";
const OFF: &str = "GODEBUG=asyncpreemptoff=1";

/// Stops of the world that are remembered: the latest.
const STOPS: usize = 256;

#[derive(Debug)]
pub(super) struct NoPreempt {
    least: i64,
    gaps: Gaps,
    long: Waits,
    /// Stops of the world by who stopped it: the stopper works, it holds nobody up.
    stops: Vec<(GoId, i64, i64)>,
    open: Option<(GoId, i64)>,
    /// CPU samples: all of them, and by goroutine since it runs.
    all_samples: u64,
    samples: Vec<i64>,
    /// A goroutine was seen to be preempted where it made no call.
    preempts: bool,
    /// The last stack of which that was asked.
    stopped_at: StackId,
}

impl Detector for NoPreempt {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: nanos(thresholds.no_preempt),
            gaps: Gaps::new(nanos(thresholds.stalled)),
            long: Waits::default(),
            stops: Vec::new(),
            open: None,
            all_samples: 0,
            samples: Vec::new(),
            preempts: false,
            stopped_at: StackId::NONE,
        }
    }
}

impl Analysis for NoPreempt {
    type Output = Found;

    fn least_pause(&self) -> i64 {
        self.gaps.least()
    }

    fn pause(&mut self, end: i64, cx: &Context<'_>) {
        self.gaps.pause(end, cx);
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                if let (RangeName::StopTheWorld(_), Resource::Goroutine(by)) = (range.name, range.scope) {
                    self.open = Some((by, event.time));
                }
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                if let Some((by, start)) = self.open.take() {
                    if event.time.saturating_sub(start) >= 100_000 {
                        self.stops.truncate(STOPS - 1);
                        self.stops.insert(0, (by, start, event.time));
                    }
                }
            }
            EventKind::StackSample => {
                self.all_samples += 1;
                if let Some(goroutine) = cx.index_of(event.goroutine) {
                    let least = goroutine.index() + 1;
                    self.samples.resize(self.samples.len().max(least), 0);
                    self.samples[goroutine.index()] += 1;
                }
            }
            _ => {}
        }
        self.gaps.range(event);
    }

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        let is_news = !self.preempts && self.stopped_at != span.stack;
        if span.cause == Cause::Preempted && is_news {
            self.stopped_at = span.stack;
            self.preempts = frames::calls(cx, span.stack, "runtime.asyncPreempt*");
        }
    }

    fn running(&mut self, span: &Span, cx: &Context<'_>) {
        let sampled = self.samples.get_mut(span.goroutine.index()).map_or(0, std::mem::take);
        if span.duration() < self.least || !is_of_program(span, cx) {
            return;
        }
        let id = cx.goroutine(span.goroutine).id;
        let own = self.stops.iter().filter(|(by, ..)| *by == id);
        let stopping = own.map(|(_, start, end)| overlap((*start, *end), (span.start, span.end)));
        let stopping = stopping.fold(0, i64::saturating_add);
        let stalled = self.gaps.overlap(span.start, span.end);
        let time = span.duration().saturating_sub(stalled).saturating_sub(stopping);
        // With a CPU profile, the samples say whether it ran.
        let ran = match self.all_samples {
            0 => time >= LONG,
            _ => sampled.saturating_mul(2 * SAMPLE) >= time,
        };
        // Where it stopped says more than where it began.
        let stack = if span.ender.stack.is_none() { span.stack } else { span.ender.stack };
        if time >= self.least && ran && !frames::records(cx, stack) {
            self.long.add_time(span.end.saturating_sub(time), span.end, stack, StackId::NONE);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let Some((stack, _)) = self.long.worst() else { return Found::default() };
        let summary = format!(
            "a goroutine kept its P {} for longer than the scheduler allows, for {} at most",
            times(self.long.count()),
            Amount::nanos(self.long.max())
        );
        let evidence = self.long.evidence(cx, "stretch without preemption", "stretches without preemption");
        let share = self.long.sum() as f64 / (cx.elapsed().max(1) as f64 * cx.gomaxprocs().max(1) as f64);
        // A busy machine lets sysmon itself wait, and then a goroutine runs somewhat longer.
        let is_much = self.long.max() >= LONG / 2 && share >= 0.05;
        let severity = if is_much { Severity::Warning } else { Severity::Info };
        let finding = Finding::new(&RULE, severity, frames::subject(cx, stack), summary);
        let sure = if self.all_samples > 0 { Confidence::Certain } else { Confidence::Likely };
        let advice = match self.preempts {
            true => PIECES.to_owned(),
            false => format!(
                "{PIECES} Nothing in this trace is preempted in the middle of a loop: see whether {OFF} is set."
            ),
        };
        let findings = vec![finding.share(share).proof(evidence).sure(sure).advise(advice)];
        Found { findings, moments: self.long.moments(cx, RULE.id), ..Found::default() }
    }
}

/// How long two stretches of time have in common.
fn overlap(a: (i64, i64), b: (i64, i64)) -> i64 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0)).max(0)
}
