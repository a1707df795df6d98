//! Scheduling latency: how long runnable goroutines wait for a proc.
//!
//! Go's tools give sums only (`runtime/metrics` samples one goroutine in eight for
//! `/sched/latencies:seconds`). Here every wait that begins within the trace counts, by how the goroutine
//! became runnable and by its start function; goroutines of the runtime and the tracer are counted apart.

use super::engine::{Analysis, Cause, Context, GoKind, MAX_UNNAMED, Span};
use super::histogram::Histogram;
use super::names::{Names, Stack, Text};
use super::worst::Worst;
use crate::table::{Map, SortRows};
use crate::trace::{GoId, GoState, StackId, StringId};

/// Collects how long runnable goroutines wait; returns a [`SchedReport`].
///
/// # Cost
/// Memory is proportional to the functions at which goroutines start.
#[derive(Debug)]
pub struct SchedLatency {
    by_cause: [Histogram; Cause::RUNNABLE.len()],
    by_group: Map<StringId, Group>,
    /// The group of the last span: most often that of the next, too.
    last: Option<(StringId, Group)>,
    system: Histogram,
    open: Histogram,
    worst: Worst<Wait>,
    /// Waits of goroutines without a stack so far: a later stack may make them the runtime's.
    unnamed: Vec<(Span, usize)>,
}

#[derive(Debug, Default)]
struct Group {
    waits: Histogram,
    open: u64,
}

#[derive(Debug)]
struct Wait {
    goroutine: GoId,
    name: StringId,
    start: i64,
    cause: Cause,
    stack: StackId,
    waker: StackId,
    runnable: usize,
    is_open: bool,
}

/// How long runnable goroutines waited for a proc.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SchedReport {
    /// All waits that begin and end within the trace, except those of the runtime's and the tracer's
    /// goroutines.
    pub all: Histogram,
    /// The same by how the goroutine became runnable.
    pub by_cause: Vec<CauseLatency>,
    /// The same by the function at which the goroutine starts, the longest sum first.
    pub by_group: Vec<GroupLatency>,
    /// Those of the runtime's and the tracer's goroutines.
    pub system: Histogram,
    /// Waits that do not end within the trace, with their part inside.
    pub open: Histogram,
    /// The longest waits, ended or not.
    pub worst: Vec<SchedWait>,
}

/// The waits after one cause.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CauseLatency {
    /// How the goroutines became runnable.
    pub cause: Cause,
    /// How long they waited.
    pub waits: Histogram,
}

/// The waits of the goroutines that start at one function.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GroupLatency {
    /// The function.
    pub name: Text,
    /// How long they waited.
    pub waits: Histogram,
    /// How many waits did not end within the trace.
    pub open: u64,
}

/// One wait.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SchedWait {
    /// Whose wait.
    pub goroutine: GoId,
    /// The function at which it starts.
    pub name: Text,
    /// When it began.
    pub start: i64,
    /// How long, in nanoseconds.
    pub duration: i64,
    /// How the goroutine became runnable.
    pub cause: Cause,
    /// Its own stack.
    pub stack: Stack,
    /// The stack of its waker.
    pub waker: Stack,
    /// How many goroutines were runnable when it ended.
    pub runnable: usize,
    /// It did not end within the trace.
    pub is_open: bool,
}

impl Default for SchedLatency {
    fn default() -> Self {
        Self {
            by_cause: Default::default(),
            by_group: Map::default(),
            last: None,
            system: Histogram::default(),
            open: Histogram::default(),
            worst: Worst::new(10),
            unnamed: Vec::new(),
        }
    }
}

impl SchedLatency {
    /// Sets how many of the longest waits are kept. Default 10.
    #[must_use]
    pub fn with_worst(mut self, keep: usize) -> Self {
        self.worst = Worst::new(keep);
        self
    }

    fn add(&mut self, span: &Span, runnable: usize, cx: &Context<'_>) {
        let go = cx.goroutine(span.goroutine);
        let time = span.duration();
        if matches!(go.kind, GoKind::Runtime | GoKind::Tracer) {
            self.system.add(time);
            return;
        }
        if span.is_open_end {
            self.open.add(time);
            self.group(go.name).open += 1;
        } else {
            self.group(go.name).waits.add(time);
            let index = Cause::RUNNABLE.iter().position(|&cause| cause == span.cause);
            if let Some(waits) = index.and_then(|index| self.by_cause.get_mut(index)) {
                waits.add(time);
            }
        }
        self.worst.add(time, || Wait {
            goroutine: go.id,
            name: go.name,
            start: span.start,
            cause: span.cause,
            stack: span.stack,
            waker: span.event_stack,
            runnable,
            is_open: span.is_open_end,
        });
    }

    fn group(&mut self, name: StringId) -> &mut Group {
        let last = match self.last.take() {
            Some(last) if last.0 == name => last,
            other => {
                if let Some((name, group)) = other {
                    self.by_group.insert(name, group);
                }
                (name, self.by_group.remove(&name).unwrap_or_default())
            }
        };
        &mut self.last.insert(last).1
    }
}

impl Analysis for SchedLatency {
    type Output = SchedReport;

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        if span.is_open_start {
            return;
        }
        let runnable = cx.count(GoState::Runnable);
        match cx.goroutine(span.goroutine).kind {
            GoKind::Unnamed if self.unnamed.len() < MAX_UNNAMED => self.unnamed.push((*span, runnable)),
            _ => self.add(span, runnable, cx),
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> SchedReport {
        for (span, runnable) in std::mem::take(&mut self.unnamed) {
            self.add(&span, runnable, cx);
        }
        if let Some((name, group)) = self.last.take() {
            self.by_group.insert(name, group);
        }
        let mut names = Names::new(cx.tables());
        let mut all = Histogram::default();
        let mut by_cause = Vec::new();
        for (&cause, waits) in Cause::RUNNABLE.iter().zip(self.by_cause) {
            if waits.count() > 0 {
                all.merge(&waits);
                by_cause.push(CauseLatency { cause, waits });
            }
        }
        let group = |(name, group): (StringId, Group)| GroupLatency {
            name: names.text(name),
            waits: group.waits,
            open: group.open,
        };
        let mut by_group: Vec<_> = self.by_group.into_iter().map(group).collect();
        by_group.sort_rows_by(|a, b| b.waits.sum().cmp(&a.waits.sum()).then_with(|| a.name.cmp(&b.name)));
        let wait = |(duration, wait): (i64, Wait)| SchedWait {
            goroutine: wait.goroutine,
            name: names.text(wait.name),
            start: wait.start,
            duration,
            cause: wait.cause,
            stack: names.stack(wait.stack),
            waker: names.stack(wait.waker),
            runnable: wait.runnable,
            is_open: wait.is_open,
        };
        let worst = self.worst.into_items().map(wait).collect();
        SchedReport { all, by_cause, by_group, system: self.system, open: self.open, worst }
    }
}
