//! Stops of the world, in their phases.

use crate::trace::analysis::engine::{Analysis, Context, GoIndex, ProcActivity, ProcSpan};
use crate::trace::analysis::histogram::Histogram;
use crate::trace::analysis::names::{Names, Stack, Text};
use crate::trace::{
    Event, EventKind, GoId, GoState, GoTransition, Metric, ProcId, ProcState, RangeName, StackId, StringId,
};

/// Collects stops of the world; returns a [`StwReport`].
///
/// # Cost
/// Keeps each stop, up to [`with_stops`](Self::with_stops).
#[derive(Debug)]
pub struct Stops {
    open: Option<Open>,
    done: Vec<Done>,
    keep: usize,
    left_out: u64,
    gc: Histogram,
    other: Histogram,
}

/// A stop under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    kind: StringId,
    goroutine: GoIndex,
    proc: ProcId,
    stack: StackId,
    start: i64,
    stopped: Option<i64>,
    restarted: Option<i64>,
    /// The procs are counted again, the first step of starting the world.
    is_restarting: bool,
    /// The goroutine that kept the last other proc, and where it stopped.
    last: Option<(GoIndex, StackId)>,
}

#[derive(Clone, Copy, Debug)]
struct Done {
    open: Open,
    end: i64,
}

/// The stops of the world.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StwReport {
    /// The stops, in order.
    pub stops: Vec<StopTheWorld>,
    /// How long those of the garbage collector took.
    pub gc: Histogram,
    /// How long the others took, except those that start and stop the trace.
    pub other: Histogram,
    /// How many stops are not listed because there were too many.
    pub left_out: u64,
}

/// One stop of the world. Times in nanoseconds.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StopTheWorld {
    /// Its reason, such as `GC mark termination`.
    pub kind: Text,
    /// The collector asked for it.
    pub is_gc: bool,
    /// It starts or stops a trace.
    pub is_tracer: bool,
    /// When it was asked for.
    pub start: i64,
    /// From there to the end.
    pub duration: i64,
    /// From there until the last other proc had stopped.
    pub stopping: i64,
    /// From there until the first proc was started again.
    pub stopped: i64,
    /// From there to the end: the others felt the pause as `stopping + stopped`.
    pub restarting: i64,
    /// The goroutine that stopped the world.
    pub goroutine: GoId,
    /// Where.
    pub stack: Stack,
    /// The goroutine that held the last other proc.
    pub last_goroutine: Option<GoId>,
    /// The function at which that goroutine starts.
    pub last_name: Text,
    /// Where it stopped.
    pub last_stack: Stack,
}

impl Default for Stops {
    fn default() -> Self {
        Self {
            open: None,
            done: Vec::new(),
            keep: 1 << 17,
            left_out: 0,
            gc: Histogram::default(),
            other: Histogram::default(),
        }
    }
}

impl Stops {
    /// Sets how many stops are listed.
    #[must_use]
    pub fn with_stops(mut self, keep: usize) -> Self {
        self.keep = keep;
        self
    }

    fn begin(&mut self, event: &Event, kind: StringId, cx: &Context<'_>) {
        let Some(goroutine) = cx.index_of(event.goroutine) else { return };
        let mut open = Open {
            kind,
            goroutine,
            proc: event.proc,
            stack: event.stack,
            start: event.time,
            stopped: None,
            restarted: None,
            is_restarting: false,
            last: None,
        };
        if cx.held_procs() <= 1 {
            open.stopped = Some(event.time);
        }
        self.open = Some(open);
    }

    fn end(&mut self, event: &Event, cx: &Context<'_>) {
        let Some(open) = self.open.take() else { return };
        let kind = cx.string(open.kind);
        if is_gc(kind) {
            self.gc.add(event.time.saturating_sub(open.start));
        } else if !is_tracer(kind) {
            self.other.add(event.time.saturating_sub(open.start));
        }
        if self.done.len() < self.keep {
            self.done.push(Done { open, end: event.time });
        } else {
            self.left_out += 1;
        }
    }
}

fn is_gc(kind: &[u8]) -> bool {
    kind.starts_with(b"GC ")
}

fn is_tracer(kind: &[u8]) -> bool {
    matches!(kind, b"start trace" | b"stop trace")
}

impl Analysis for Stops {
    type Output = StwReport;

    #[inline(always)]
    fn transition(&mut self, event: &Event, _: &GoTransition, cx: &Context<'_>) {
        if self.open.is_some() {
            self.event(event, cx);
        }
    }

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) => {
                if let RangeName::StopTheWorld(kind) = range.name {
                    self.begin(event, kind, cx);
                }
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => self.end(event, cx),
            _ => {
                let Some(open) = &mut self.open else { return };
                match event.kind {
                    EventKind::GoTransition(transition)
                        if transition.from == GoState::Running
                            && open.stopped.is_none()
                            && cx.subject() != Some(open.goroutine) =>
                    {
                        open.last = cx.subject().map(|goroutine| (goroutine, transition.stack));
                    }
                    EventKind::ProcTransition(transition) if transition.from != transition.to => {
                        if transition.to == ProcState::Running && open.stopped.is_some() {
                            open.restarted.get_or_insert(event.time);
                        } else if !open.is_restarting && cx.held_procs() <= 1 {
                            // A proc may still begin after the request, and stop at once.
                            (open.stopped, open.restarted) = (Some(event.time), None);
                        }
                    }
                    EventKind::Metric { metric: Metric::Gomaxprocs, .. } if open.stopped.is_some() => {
                        open.is_restarting = true;
                        open.restarted.get_or_insert(event.time);
                    }
                    _ => {}
                }
            }
        }
    }

    fn proc_span(&mut self, span: &ProcSpan, _: &Context<'_>) {
        let Some(open) = self.open.as_mut().filter(|open| open.stopped.is_none() && span.proc != open.proc)
        else {
            return;
        };
        // A proc taken from a system call: the goroutine in it did not delay anybody.
        if matches!(span.activity, ProcActivity::Syscall(_)) {
            open.last = None;
        }
    }

    fn finish(self, cx: &Context<'_>) -> StwReport {
        let mut names = Names::new(cx.tables());
        let stop = |done: &Done| {
            let Done { open, end } = *done;
            let stopped = open.stopped.unwrap_or(end);
            let restarted = open.restarted.unwrap_or(end);
            let kind = names.text(open.kind);
            StopTheWorld {
                is_gc: is_gc(&kind),
                is_tracer: is_tracer(&kind),
                kind,
                start: open.start,
                duration: end.saturating_sub(open.start),
                stopping: stopped.saturating_sub(open.start),
                stopped: restarted.saturating_sub(stopped),
                restarting: end.saturating_sub(restarted),
                goroutine: cx.goroutine(open.goroutine).id,
                stack: names.stack(open.stack),
                last_goroutine: open.last.map(|(index, _)| cx.goroutine(index).id),
                last_name: open
                    .last
                    .map(|(index, _)| names.text(cx.goroutine(index).name))
                    .unwrap_or_default(),
                last_stack: open.last.map(|(_, stack)| names.stack(stack)).unwrap_or_default(),
            }
        };
        let stops = self.done.iter().map(stop).collect();
        StwReport { stops, gc: self.gc, other: self.other, left_out: self.left_out }
    }
}
