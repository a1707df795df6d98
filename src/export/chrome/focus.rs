//! The part of a trace that a focused view shows: a goroutine and its wakers, or a task and its descendants
//! (`cmd/trace/jsontrace.go`).

use crate::error::{Error, ErrorKind, Result};
use crate::table::{Set, SortRows};
use crate::trace::analysis::{Analysis, Compat, Context, Goroutines, Summary, Text, UserTask};
use crate::trace::{Event, EventKind, GoId, GoState, Reader, TaskId};

/// A part of a trace, found in a pass of its own.
#[derive(Clone, Debug)]
pub struct Focus {
    /// Rows are goroutines, not procs.
    pub(super) by_goroutine: bool,
    /// The first and the last time shown, in nanoseconds.
    pub(super) range: (i64, i64),
    pub(super) goroutine: GoId,
    pub(super) goroutines: Option<Set<GoId>>,
    /// In the order in which they are shown.
    pub(super) tasks: Vec<FocusTask>,
}

/// A task that is shown.
#[derive(Clone, Debug)]
pub(super) struct FocusTask {
    pub(super) id: TaskId,
    pub(super) name: Text,
    pub(super) parent: Option<TaskId>,
    /// The time, and the goroutine that began it.
    pub(super) start: Option<(i64, GoId)>,
    pub(super) end: Option<(i64, GoId)>,
    pub(super) regions: Vec<FocusRegion>,
}

/// A region of such a task.
#[derive(Clone, Debug)]
pub(super) struct FocusRegion {
    pub(super) name: Text,
    pub(super) goroutine: GoId,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
}

impl Focus {
    /// A goroutine while it lives, its wakers, and their wakers; rows are goroutines.
    ///
    /// # Errors
    /// Those of [`Reader::next_event`]; `Usage` if there is no such goroutine.
    pub fn goroutine(reader: &mut Reader<'_>, id: GoId) -> Result<Self> {
        let (summary, wakes) = reader.run((Goroutines::new(Compat::GoTool), Wakes::default()))?;
        let Some(goroutine) = summary.goroutine(id) else { return Err(unknown("goroutine", id)) };
        let start = goroutine.first_run.unwrap_or(summary.start);
        let range = (start, goroutine.ended.unwrap_or(summary.end));
        let goroutines = Some(wakes.related(id));
        Ok(Self { by_goroutine: true, range, goroutine: id, goroutines, tasks: Vec::new() })
    }

    /// A task and its descendants while it runs, and the goroutines that work for them; rows are goroutines.
    ///
    /// # Errors
    /// Those of [`Reader::next_event`]; `Usage` if there is no such task, or nothing of it is in the trace.
    pub fn task(reader: &mut Reader<'_>, id: TaskId) -> Result<Self> {
        let summary = reader.run(Goroutines::new(Compat::GoTool))?;
        let task = summary.task(id).ok_or_else(|| unknown("task", id.0))?;
        // Its begin if that is in the trace, or else the earliest event known of it.
        let logs = task.logs.iter().map(|log| (log.time, log.goroutine));
        let first = task.start.map(|start| (start, task.creator));
        let first = first.or_else(|| logs.chain(task.end.map(|end| (end, task.ender))).min_by_key(|at| at.0));
        let (_, goroutine) = first.filter(|first| !first.1.is_none()).ok_or_else(|| unknown("task", id.0))?;
        let tasks = descendants(&summary, task);
        let goroutines = tasks.iter().flat_map(|task| task.goroutines.iter().copied()).collect();
        let tasks = tasks.iter().map(|task| shown(&summary, task)).collect();
        let range = range(&summary, task);
        Ok(Self { by_goroutine: true, range, goroutine, goroutines: Some(goroutines), tasks })
    }

    /// A task and its descendants while it runs; rows are procs.
    ///
    /// # Errors
    /// Those of [`task`](Self::task).
    pub fn task_on_procs(reader: &mut Reader<'_>, id: TaskId) -> Result<Self> {
        let summary = reader.run(Goroutines::new(Compat::GoTool))?;
        let task = summary.task(id).filter(|task| task.start.is_some() || task.end.is_some());
        let task = task.ok_or_else(|| unknown("task", id.0))?;
        let tasks = descendants(&summary, task).into_iter().map(|task| shown(&summary, task)).collect();
        let range = range(&summary, task);
        Ok(Self { by_goroutine: false, range, goroutine: GoId::NONE, goroutines: None, tasks })
    }
}

fn unknown(what: &str, id: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage).detail(format!("there is no {what} {id} in this trace"))
}

fn range(summary: &Summary, task: &UserTask) -> (i64, i64) {
    (task.start.unwrap_or(summary.start), task.end.unwrap_or(summary.end))
}

/// A task and its descendants, in the order in which they begin.
fn descendants<'s>(summary: &'s Summary, task: &'s UserTask) -> Vec<&'s UserTask> {
    let mut seen: Set<TaskId> = Set::default();
    let (mut open, mut out) = (vec![task], Vec::new());
    while let Some(task) = open.pop() {
        if seen.insert(task.id) {
            out.push(task);
            open.extend(task.children.iter().rev().filter_map(|id| summary.task(*id)));
        }
    }
    // Tasks that began before the trace are ordered by their end.
    let end = |task: &UserTask| if task.start.is_some() { i64::MIN } else { task.end.unwrap_or(summary.end) };
    out.sort_rows_by_key(|task| (task.start.unwrap_or(summary.start), end(task)));
    out
}

fn shown(summary: &Summary, task: &UserTask) -> FocusTask {
    let regions = task.regions.iter().filter_map(|at| summary.regions.get(*at));
    let regions = regions.map(|region| FocusRegion {
        name: region.name.clone(),
        goroutine: region.goroutine,
        start: region.start,
        end: region.end,
    });
    FocusTask {
        id: task.id,
        name: task.name.clone(),
        parent: task.parent,
        start: task.start.map(|start| (start, task.creator)),
        end: task.end.map(|end| (end, task.ender)),
        regions: regions.collect(),
    }
}

/// Pairs of goroutines: the waker and the one whose wait it ended.
#[derive(Debug, Default)]
struct Wakes {
    pairs: Set<(GoId, GoId)>,
}

impl Wakes {
    /// A goroutine, its wakers, and their wakers.
    fn related(&self, id: GoId) -> Set<GoId> {
        let mut out: Set<GoId> = [id].into_iter().collect();
        for _ in 0..2 {
            let wakers: Vec<_> =
                self.pairs.iter().filter(|pair| out.contains(&pair.1)).map(|pair| pair.0).collect();
            out.extend(wakers);
        }
        out
    }
}

impl Analysis for Wakes {
    type Output = Self;

    fn event(&mut self, event: &Event, _: &Context<'_>) {
        let EventKind::GoTransition(transition) = event.kind else { return };
        if transition.from == GoState::Waiting
            && transition.to != GoState::Waiting
            && !event.goroutine.is_none()
        {
            self.pairs.insert((event.goroutine, transition.goroutine));
        }
    }

    fn finish(self, _: &Context<'_>) -> Self {
        self
    }
}
