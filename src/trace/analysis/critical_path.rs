//! All spans of a trace, and the critical path through them.
//!
//! The critical path of a goroutine between two moments goes backwards through its spans. Where it waited for
//! another goroutine to act, that goroutine's time is the cause, so the path continues there; the remaining
//! time explains itself. The parts follow each other without gap or overlap, so their times add up exactly.

use std::fmt;

use super::engine::{Analysis, Context, Goroutine, Span};
use super::goroutines::{UserRegion, UserTask};
use super::names::{Names, Stack, Text};
use super::stats::{grow, total};
use crate::symbol::WaitClass;
use crate::table::Map;
use crate::trace::{GoId, GoState, StackId};

/// Through how many goroutines a path may go, each waiting for the next.
const MAX_DEPTH: usize = 64;

/// Keeps all spans; returns a [`SpanIndex`].
///
/// # Cost
/// 40 bytes per span: unlike the other analyses, memory grows with the trace.
#[derive(Debug, Default)]
pub struct Spans {
    spans: Vec<Entry>,
}

/// A span. Goroutines are positions.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: i64,
    end: i64,
    goroutine: u32,
    stack: u32,
    /// The goroutine that ended the wait, if it had reason to; otherwise itself.
    waker: u32,
    state: GoState,
    class: WaitClass,
}

/// The spans of all goroutines.
#[derive(Clone, Debug)]
pub struct SpanIndex {
    /// By goroutine, and then by time.
    spans: Vec<Entry>,
    /// Where the spans of each goroutine begin, and the end.
    starts: Vec<usize>,
    goroutines: Vec<Named>,
    by_id: Map<GoId, u32>,
    stacks: Map<u32, Stack>,
}

#[derive(Clone, Debug)]
struct Named {
    id: GoId,
    name: Text,
    /// Who created it within the trace.
    creator: Option<u32>,
}

/// The chain of causes that took the time between two moments.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CriticalPath {
    /// Its parts in order of time. They follow each other without gap.
    pub steps: Vec<PathStep>,
}

/// A part of a path: the time of one goroutine in one state.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PathStep {
    /// The goroutine.
    pub goroutine: GoId,
    /// The function at which it starts.
    pub name: Text,
    /// What it did: `running`, `runnable`, `syscall`, or the class of a wait that nothing explains.
    pub what: &'static str,
    /// Its stack.
    pub stack: Stack,
    /// When the part begins.
    pub start: i64,
    /// When it ends.
    pub end: i64,
    /// How many wake-ups lie between it and the goroutine of the path.
    pub depth: usize,
}

impl PathStep {
    /// How long the part is, in nanoseconds.
    pub fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}

/// The like parts of a path, taken together.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PathShare {
    /// The goroutine.
    pub goroutine: GoId,
    /// The function at which it starts.
    pub name: Text,
    /// What it did.
    pub what: &'static str,
    /// How long, in nanoseconds.
    pub time: i64,
}

impl Analysis for Spans {
    type Output = SpanIndex;

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        // Timers run on arbitrary goroutines, and suspensions are the tracer's and the collector's doing.
        let is_caused = !matches!(span.class, WaitClass::Sleep | WaitClass::Suspend | WaitClass::System);
        let waker = if is_caused { cx.index_of(span.ender.goroutine) } else { None };
        let stack = match span.state {
            GoState::Running if span.ender.goroutine == cx.goroutine(span.goroutine).id => span.ender.stack,
            _ => span.stack,
        };
        self.spans.push(Entry {
            start: span.start,
            end: span.end,
            goroutine: span.goroutine.0,
            stack: stack.0,
            waker: waker.unwrap_or(span.goroutine).0,
            state: span.state,
            class: span.class,
        });
    }

    fn finish(self, cx: &Context<'_>) -> SpanIndex {
        let mut spans = self.spans;
        spans.sort_by_key(|span| (span.goroutine, span.end));
        let count = cx.goroutines().len();
        let mut starts = vec![0; count + 1];
        for span in &spans {
            if let Some(next) = starts.get_mut(span.goroutine as usize + 1) {
                *next += 1;
            }
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut names = Names::new(cx.tables());
        let named = |go: &Goroutine| Named {
            id: go.id,
            name: names.text(go.name),
            creator: if go.is_created { cx.index_of(go.creator).map(|goroutine| goroutine.0) } else { None },
        };
        let goroutines = cx.goroutines().iter().map(named).collect();
        let by_id = cx.goroutines().iter().zip(0..).map(|(go, goroutine)| (go.id, goroutine)).collect();
        let mut stacks = Map::default();
        for span in &spans {
            stacks.entry(span.stack).or_insert_with(|| names.stack(StackId(span.stack)));
        }
        SpanIndex { spans, starts, goroutines, by_id, stacks }
    }
}

impl SpanIndex {
    /// How many spans there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    fn of(&self, goroutine: u32) -> &[Entry] {
        let index = goroutine as usize;
        let range = self.starts.get(index).zip(self.starts.get(index + 1));
        range.and_then(|(&start, &end)| self.spans.get(start..end)).unwrap_or_default()
    }

    /// The critical path of a goroutine from `start` to `end`. Without steps if the goroutine did not exist
    /// then.
    ///
    /// # Cost
    /// Linear in the spans that lie on it, at most 64 times those of the trace.
    pub fn critical_path(&self, goroutine: GoId, start: i64, end: i64) -> CriticalPath {
        let Some(&index) = self.by_id.get(&goroutine) else { return CriticalPath { steps: Vec::new() } };
        // What is still to be explained, the latest last; found backwards.
        let mut open = vec![(index, start, end, 0)];
        let mut steps = Vec::new();
        while let Some((goroutine, start, end, depth)) = open.pop() {
            let spans = self.of(goroutine);
            let upto = spans.partition_point(|span| span.start < end);
            let span = upto.checked_sub(1).and_then(|last| spans.get(last)).filter(|span| span.end > start);
            let Some(span) = span else {
                let creator = self.goroutines.get(goroutine as usize).and_then(|go| go.creator);
                match creator.filter(|_| upto == 0 && depth < MAX_DEPTH) {
                    // It did not exist yet: its creator took the time.
                    Some(creator) => open.push((creator, start, end, depth + 1)),
                    None => steps.push(self.step(goroutine, "unknown", 0, start, end, depth)),
                }
                continue;
            };
            let (from, to) = (span.start.max(start), span.end.min(end));
            if start < from {
                open.push((goroutine, start, from, depth));
            }
            if to < end {
                steps.push(self.step(goroutine, "unknown", 0, to, end, depth));
            }
            // Whoever ended a wait explains it only if it ended by then.
            let is_caused = span.state == GoState::Waiting && span.waker != goroutine && to == span.end;
            if is_caused && depth < MAX_DEPTH {
                open.push((span.waker, from, to, depth + 1));
            } else {
                steps.push(self.step(goroutine, what(span), span.stack, from, to, depth));
            }
        }
        steps.sort_by_key(|step| step.start);
        CriticalPath { steps }
    }

    fn step(
        &self,
        index: u32,
        what: &'static str,
        stack: u32,
        start: i64,
        end: i64,
        depth: usize,
    ) -> PathStep {
        let go = self.goroutines.get(index as usize);
        let (goroutine, name) = go.map_or((GoId::NONE, Text::default()), |go| (go.id, go.name.clone()));
        let stack = self.stacks.get(&stack).cloned().unwrap_or_default();
        PathStep { goroutine, name, what, stack, start, end, depth }
    }
}

fn what(span: &Entry) -> &'static str {
    match span.state {
        GoState::Running => "running",
        GoState::Runnable => "runnable",
        GoState::Syscall => "syscall",
        _ => span.class.name(),
    }
}

impl SpanIndex {
    /// The critical path of a task: of the goroutine that ends it, from its beginning to its end. `None`
    /// unless both are in the trace.
    pub fn critical_path_of(&self, task: &UserTask) -> Option<CriticalPath> {
        Some(self.critical_path(task.ender, task.start?, task.end?))
    }

    /// The critical path of a region, from its beginning to its end. `None` unless both are in the trace.
    pub fn critical_path_of_region(&self, region: &UserRegion) -> Option<CriticalPath> {
        Some(self.critical_path(region.goroutine, region.start?, region.end?))
    }
}

impl CriticalPath {
    /// The time that all parts take, in nanoseconds.
    pub fn duration(&self) -> i64 {
        total(self.steps.iter().map(PathStep::duration))
    }

    /// The parts by goroutine and what it did, the longest first.
    pub fn shares(&self) -> Vec<PathShare> {
        let mut shares: Vec<PathShare> = Vec::new();
        let mut index: Map<(GoId, &'static str), usize> = Map::default();
        for step in &self.steps {
            let position = *index.entry((step.goroutine, step.what)).or_insert_with(|| {
                let (goroutine, name, what) = (step.goroutine, step.name.clone(), step.what);
                shares.push(PathShare { goroutine, name, what, time: 0 });
                shares.len() - 1
            });
            grow(&mut shares[position].time, step.duration());
        }
        shares.sort_by_key(|share| std::cmp::Reverse(share.time));
        shares
    }
}

/// The shares, the longest first.
impl fmt::Display for CriticalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Critical path of {} in {} steps", super::Nanos(self.duration()), self.steps.len())?;
        for share in self.shares().iter().take(f.precision().unwrap_or(20)) {
            let (time, goroutine) = (super::Nanos(share.time).to_string(), share.goroutine);
            let percent = share.time as f64 * 100.0 / self.duration().max(1) as f64;
            writeln!(f, "{time:>10} {percent:>5.1}%  goroutine {goroutine} {} {}", share.name, share.what)?;
        }
        Ok(())
    }
}
