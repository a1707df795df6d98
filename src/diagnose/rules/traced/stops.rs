//! `stw-gc`, `stw-other`: stops of the world, and which part of each was long.
//!
//! A stop begins with the request to all Ps (*stopping*), holds while one P is left (*stopped*), and ends
//! when others start again (*restarting*: `runtime/proc.go`, `stopTheWorldWithSema`,
//! `startTheWorldWithSema`). The others feel it until the first restart; the rest is the stopper's own way
//! back.

use super::detector::{Detector, Found, evidence};
use super::frames;
use super::{stw_gc, stw_other};
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject, times};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::table::{Map, SortRows};
use crate::text::Printable;
use crate::trace::analysis::{Analysis, Context, Histogram};
use crate::trace::{
    Event, EventKind, GoState, GoTransition, Metric, ProcState, ProcTransition, RangeName, StackId, StringId,
};

/// For how long a machine with too little CPU lets a thread wait, as a rule, in nanoseconds.
const HOST_SLICE: i64 = 10_000_000;

/// The longest stop from which on it is a warning or an error, however rare it is.
const RARE_WARNING: i64 = 20_000_000;
const RARE_ERROR: i64 = 100_000_000;

/// A stop that is under way.
#[derive(Debug)]
struct Stop {
    kind: StringId,
    request: i64,
    stack: StackId,
    stopped: Option<i64>,
    /// The stopper has begun to start the world again.
    released: bool,
    restart: Option<i64>,
    /// Where the last goroutine stopped.
    culprit: StackId,
}

/// The long stops of one kind.
#[derive(Debug, Default)]
struct Kind {
    felt: Histogram,
    stopping: i64,
    stopped: i64,
    restarting: i64,
    /// Stops of which stopping is the longest part.
    slow_to_stop: u64,
    stoppers: Map<StackId, i64>,
    culprits: Map<StackId, i64>,
    moments: Vec<(i64, i64)>,
}

#[derive(Debug)]
pub(super) struct Stops {
    least: i64,
    /// Ps that run.
    running: usize,
    open: Option<Stop>,
    kinds: Map<StringId, Kind>,
}

impl Detector for Stops {
    const RULES: &'static [&'static Rule] = &[&stw_gc::RULE, &stw_other::RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least: nanos(thresholds.stw), running: 0, open: None, kinds: Map::default() }
    }
}

impl Analysis for Stops {
    type Output = Found;

    fn transition(&mut self, _: &Event, transition: &GoTransition, _: &Context<'_>) {
        self.go(transition);
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::ProcTransition(transition) => self.proc(&transition, event.time),
            EventKind::RangeBegin(range) => {
                let RangeName::StopTheWorld(kind) = range.name else { return };
                let stopped = (self.running <= 1).then_some(event.time);
                let (request, stack) = (event.time, event.stack);
                let (released, restart, culprit) = (false, None, StackId::NONE);
                self.open = Some(Stop { kind, request, stack, stopped, released, restart, culprit });
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                let Some(stop) = self.open.take() else { return };
                self.add(&stop, event.time, cx);
            }
            // Written whenever the world starts again (`runtime/proc.go`, `procresize`).
            EventKind::Metric { metric: Metric::Gomaxprocs, .. } => {
                if let Some(stop) = &mut self.open {
                    stop.released = true;
                }
            }
            _ => {}
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let is_gc = |kind: StringId| cx.string(kind).starts_with(b"GC ");
        let (gc, other): (Vec<_>, Vec<_>) = self.kinds.iter().partition(|(kind, _)| is_gc(**kind));
        let mut found = Found::default();
        for (rule, mut kinds) in [(&stw_gc::RULE, gc), (&stw_other::RULE, other)] {
            kinds.sort_rows_by_key(|(kind, stops)| (std::cmp::Reverse(stops.felt.sum()), **kind));
            found.findings.extend(finding(rule, &kinds, cx));
            for (kind, stops) in kinds {
                let label = format!("stop the world ({})", Printable(cx.string(*kind)));
                found.moments.extend(stops.moments.iter().map(|&(start, end)| Moment {
                    rule: rule.id,
                    start: start.saturating_sub(cx.start()),
                    end: end.saturating_sub(cx.start()),
                    label: label.clone(),
                }));
            }
        }
        found
    }
}

impl Stops {
    fn go(&mut self, transition: &GoTransition) {
        let Some(stop) = self.open.as_mut().filter(|stop| stop.stopped.is_none()) else { return };
        if transition.from == GoState::Running && !transition.stack.is_none() {
            stop.culprit = transition.stack;
        }
    }

    fn proc(&mut self, transition: &ProcTransition, now: i64) {
        let was = transition.from == ProcState::Running;
        let is = transition.to == ProcState::Running;
        self.running = (self.running + usize::from(is)).saturating_sub(usize::from(was));
        let Some(stop) = &mut self.open else { return };
        if stop.released {
            if is && !was {
                stop.restart.get_or_insert(now);
            }
        } else if self.running > 1 {
            // A P that was just about to start when the request came.
            stop.stopped = None;
        } else {
            stop.stopped.get_or_insert(now);
        }
    }

    fn add(&mut self, stop: &Stop, end: i64, cx: &Context<'_>) {
        let felt_end = stop.restart.unwrap_or(end);
        let felt = felt_end.saturating_sub(stop.request);
        let kind = cx.string(stop.kind);
        let is_gc = kind.starts_with(b"GC ");
        let by_tracer =
            matches!(kind, b"start trace" | b"stop trace") || !is_gc && frames::records(cx, stop.stack);
        if felt < self.least || by_tracer {
            return;
        }
        let stopped = stop.stopped.unwrap_or(felt_end);
        // The collector has next to nothing to do while all stand still: a millisecond or two there, after a
        // quick stop, are the machine's, which let its thread wait.
        let by_machine = is_gc && felt < HOST_SLICE && stopped.saturating_sub(stop.request) < 1_000_000;
        if by_machine {
            return;
        }
        let kind = self.kinds.entry(stop.kind).or_default();
        let (stopping, holding) = (stopped.saturating_sub(stop.request), felt_end.saturating_sub(stopped));
        kind.felt.add(felt);
        kind.stopping = kind.stopping.saturating_add(stopping);
        kind.stopped = kind.stopped.saturating_add(holding);
        kind.restarting = kind.restarting.saturating_add(end.saturating_sub(felt_end));
        add(&mut kind.stoppers, stop.stack, felt);
        if stopping > holding {
            kind.slow_to_stop += 1;
            add(&mut kind.culprits, stop.culprit, stopping);
        }
        if kind.moments.len() < 64 {
            kind.moments.push((stop.request, felt_end));
        }
    }
}

fn finding(rule: &'static Rule, kinds: &[(&StringId, &Kind)], cx: &Context<'_>) -> Option<Finding> {
    let mut felt = Histogram::default();
    let (mut stopping, mut stopped, mut restarting, mut slow) = (0i64, 0i64, 0i64, 0);
    let (mut stoppers, mut culprits) = (Map::<StackId, i64>::default(), Map::<StackId, i64>::default());
    let mut lines = Vec::new();
    for (kind, stops) in kinds {
        felt.merge(&stops.felt);
        stopping = stops.stopping.saturating_add(stopping);
        stopped = stops.stopped.saturating_add(stopped);
        restarting = stops.restarting.saturating_add(restarting);
        slow += stops.slow_to_stop;
        stops.stoppers.iter().for_each(|(stack, time)| add(&mut stoppers, *stack, *time));
        stops.culprits.iter().for_each(|(stack, time)| add(&mut culprits, *stack, *time));
        lines.push(format!(
            "{} × {}, {} in total",
            Amount::count(stops.felt.count()),
            Printable(cx.string(**kind)),
            Amount::nanos(stops.felt.sum())
        ));
    }
    if felt.count() == 0 {
        return None;
    }
    let worst = |stacks: &Map<StackId, i64>| {
        stacks.iter().max_by_key(|(stack, time)| (**time, **stack)).map(|(s, _)| *s)
    };
    let (stopper, culprit) = (worst(&stoppers), worst(&culprits).filter(|stack| !stack.is_none()));
    let slow_stop = stopping > stopped;
    let summary = format!(
        "the world was stopped {} for {} or more, the longest {}{}",
        times(felt.count()),
        Amount::nanos(felt.min()),
        Amount::nanos(felt.max()),
        if slow_stop { ": it takes long until every goroutine stops" } else { "" }
    );
    let text = format!(
        "stopping {}, stopped {}, restarting {}",
        Amount::nanos(stopping),
        Amount::nanos(stopped),
        Amount::nanos(restarting)
    );
    let mut evidence = evidence(text)
        .figure("count", Amount::count(felt.count()))
        .figure("max", Amount::nanos(felt.max()))
        .figure("sum", Amount::nanos(felt.sum()))
        .figure("stopping", Amount::nanos(stopping))
        .figure("stopped", Amount::nanos(stopped))
        .figure("restarting", Amount::nanos(restarting))
        .figure("slow_to_stop", Amount::count(slow))
        .lines(lines);
    if let Some(stack) = culprit.filter(|_| slow_stop) {
        evidence = evidence.line(format!("the last to stop: {}", frames::one_line(cx, stack)));
    }
    let about = if slow_stop { culprit } else { stopper };
    let subject = about.map_or(Subject::program(), |stack| frames::subject(cx, stack));
    let share = felt.sum() as f64 / cx.elapsed().max(1) as f64;
    // A single stop hurts the requests of its moment, many of them all. Whoever could be preempted or stopped
    // by itself, and did so late, had no CPU: that is the machine's doing.
    let was_preempted = culprit.is_some_and(|stack| {
        frames::calls(cx, stack, "runtime.asyncPreempt*") || frames::calls(cx, stack, "runtime.gopark*")
    });
    let severity = match felt.max() {
        _ if slow_stop && was_preempted => Severity::Info,
        RARE_ERROR.. => Severity::Error,
        _ if share >= 0.25 => Severity::Error,
        RARE_WARNING.. => Severity::Warning,
        _ if share >= 0.05 => Severity::Warning,
        _ => Severity::Info,
    };
    Some(Finding::new(rule, severity, subject, summary).share(share).proof(evidence))
}

/// Adds a time to that of a stack.
fn add(times: &mut Map<StackId, i64>, stack: StackId, time: i64) {
    let sum = times.entry(stack).or_default();
    *sum = sum.saturating_add(time);
}
