//! The result: goroutines, tasks, regions and logs.

use super::go_tool::Go;
use super::regions::{RegionRecord, Regions, TaskRecord};
use super::totals::Totals;
use crate::compat::Compat;
use crate::table::SortRows;
use crate::trace::analysis::engine::{Context, GoKind, Goroutine};
use crate::trace::analysis::names::{Names, Stack, Text};
use crate::trace::analysis::stats::ExecStats;
use crate::trace::{GoId, GoState, TaskId};

/// What all goroutines did; tasks, regions and logs.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// Whose figures these are.
    pub compat: Compat,
    /// When the trace begins, in nanoseconds as [`Event::time`](crate::trace::Event::time).
    pub start: i64,
    /// When it ends.
    pub end: i64,
    /// The goroutines, in order of their first appearance.
    pub goroutines: Vec<GoroutineSummary>,
    /// The tasks, by id.
    pub tasks: Vec<UserTask>,
    /// The regions, in order of their beginnings; those from before the trace first.
    pub regions: Vec<UserRegion>,
    /// How many tasks, regions and logs were left out because there were too many.
    pub left_out: u64,
}

/// What one goroutine did.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GoroutineSummary {
    /// Its id.
    pub id: GoId,
    /// The function at which it starts. Empty if no stack of it was seen.
    pub name: Text,
    /// Its kind, by that name.
    pub kind: GoKind,
    /// Its creator; `NONE` for a goroutine from before the trace or made by the scheduler.
    pub creator: GoId,
    /// It was created within the trace.
    pub is_created: bool,
    /// When it was created; for one from before the trace, when the first generation began that names it.
    pub created: i64,
    /// When it first ran.
    pub first_run: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
    /// Its last state.
    #[cfg_attr(feature = "serde", serde(serialize_with = "state_name"))]
    pub state: GoState,
    /// What it did with its time.
    pub stats: ExecStats,
}

#[cfg(feature = "serde")]
fn state_name<S: serde::Serializer>(state: &GoState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.name())
}

impl GoroutineSummary {
    pub(super) fn correct(go: &Goroutine, totals: &Totals, names: &mut Names<'_>) -> Self {
        Self {
            id: go.id,
            name: names.text(go.name),
            kind: go.kind,
            creator: go.creator,
            is_created: go.is_created,
            created: go.first_seen,
            first_run: go.first_run,
            ended: go.ended,
            state: go.state,
            stats: totals.stats(true, names),
        }
    }

    pub(super) fn go_tool(go: &Goroutine, figures: &Go, names: &mut Names<'_>) -> Option<Self> {
        let set = |time: i64| (time != 0).then_some(time);
        figures.is_known().then(|| {
            let name = names.text(figures.name);
            Self {
                id: go.id,
                kind: GoKind::of(&name),
                name,
                creator: go.creator,
                is_created: go.is_created,
                created: figures.created,
                first_run: set(figures.started),
                ended: set(figures.ended),
                state: go.state,
                stats: figures.totals.stats(false, names),
            }
        })
    }
}

/// A task of `runtime/trace`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[doc(alias = "UserTaskSummary")]
pub struct UserTask {
    /// Its number.
    pub id: TaskId,
    /// What the program calls it. Empty if it began before the trace.
    pub name: Text,
    /// The task within which it was created.
    pub parent: Option<TaskId>,
    /// The tasks created within it, in order of their mention.
    pub children: Vec<TaskId>,
    /// When it began, within the trace.
    pub start: Option<i64>,
    /// When it ended, within the trace.
    pub end: Option<i64>,
    /// The goroutine that began it.
    pub creator: GoId,
    /// The goroutine that ended it.
    pub ender: GoId,
    /// The goroutines that took part in it.
    pub goroutines: Vec<GoId>,
    /// Its messages.
    pub logs: Vec<LogMessage>,
    /// Its regions, as positions in [`Summary::regions`].
    pub regions: Vec<usize>,
}

impl UserTask {
    /// Whether both its ends are in the trace.
    pub fn is_complete(&self) -> bool {
        self.start.is_some() && self.end.is_some()
    }

    /// How long it took, if both its ends are in the trace.
    pub fn duration(&self) -> Option<i64> {
        Some(self.end?.saturating_sub(self.start?))
    }
}

/// A message of `runtime/trace`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LogMessage {
    /// When.
    pub time: i64,
    /// Its goroutine.
    pub goroutine: GoId,
    /// The category.
    pub category: Text,
    /// The message.
    pub message: Text,
}

/// A region of `runtime/trace`, and what its goroutine did within it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[doc(alias = "UserRegionSummary")]
pub struct UserRegion {
    /// Its goroutine.
    pub goroutine: GoId,
    /// Its task.
    pub task: TaskId,
    /// What the program calls it. Empty for an inherited one.
    pub name: Text,
    /// It is not a region that the program began: the goroutine was created within a region of this task.
    pub is_inherited: bool,
    /// When it began, within the trace.
    pub start: Option<i64>,
    /// When it ended, or its goroutine did, within the trace.
    pub end: Option<i64>,
    /// Where it began.
    pub stack: Stack,
    /// What the goroutine did within it.
    pub stats: ExecStats,
}

impl Summary {
    pub(super) fn new(
        compat: Compat,
        goroutines: Vec<GoroutineSummary>,
        regions: Regions,
        cx: &Context<'_>,
        names: &mut Names<'_>,
    ) -> Self {
        let Regions { mut done, tasks, left_out, .. } = regions;
        done.sort_rows_by_key(|region| region.start);
        // Regions outside of any task have the background's number, which is no task (Go's tool lists it).
        let is_task = |(id, task): &(TaskId, TaskRecord)| {
            *id != TaskId::BACKGROUND || compat == Compat::GoTool || !task.logs.is_empty()
        };
        let mut tasks: Vec<(TaskId, TaskRecord)> = tasks.into_iter().filter(is_task).collect();
        tasks.sort_rows_by_key(|task| task.0);
        let mut tasks: Vec<_> = tasks.into_iter().map(|(id, task)| user_task(id, task, names)).collect();
        for (index, region) in done.iter().enumerate().filter(|(_, region)| !region.is_inherited) {
            if let Ok(task) = tasks.binary_search_by_key(&region.task, |task| task.id) {
                tasks[task].regions.push(index);
            }
        }
        let knows_cpu = compat == Compat::Correct;
        let regions = done.iter().map(|region| user_region(region, knows_cpu, cx, names)).collect();
        Self { compat, start: cx.start(), end: cx.now(), goroutines, tasks, regions, left_out }
    }

    /// The goroutine with this id.
    pub fn goroutine(&self, id: GoId) -> Option<&GoroutineSummary> {
        self.goroutines.iter().rev().find(|go| go.id == id)
    }

    /// The task with this id.
    pub fn task(&self, id: TaskId) -> Option<&UserTask> {
        self.tasks.binary_search_by_key(&id, |task| task.id).ok().map(|index| &self.tasks[index])
    }

    /// How long the trace is, in nanoseconds.
    pub fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}

fn user_task(id: TaskId, task: TaskRecord, names: &mut Names<'_>) -> UserTask {
    let mut goroutines: Vec<_> = task.goroutines.into_iter().collect();
    goroutines.sort_unstable();
    let log = |log: super::regions::LogRecord| LogMessage {
        time: log.time,
        goroutine: log.goroutine,
        category: names.text(log.category),
        message: names.text(log.message),
    };
    let logs = task.logs.into_iter().map(log).collect();
    UserTask {
        id,
        name: names.text(task.name),
        parent: task.parent,
        children: task.children,
        start: task.start.map(|start| start.0),
        end: task.end.map(|end| end.0),
        ender: task.end.map_or(GoId::NONE, |end| end.1),
        creator: task.start.map_or(GoId::NONE, |start| start.1),
        goroutines,
        logs,
        regions: Vec::new(),
    }
}

fn user_region(
    region: &RegionRecord,
    knows_cpu: bool,
    cx: &Context<'_>,
    names: &mut Names<'_>,
) -> UserRegion {
    UserRegion {
        goroutine: cx.goroutine(region.goroutine).id,
        task: region.task,
        name: names.text(region.name),
        is_inherited: region.is_inherited,
        start: region.start,
        end: region.end,
        stack: names.stack(region.stack),
        stats: region.totals.stats(knows_cpu, names),
    }
}
