//! Collects tasks, regions and logs in one pass.

use super::totals::Totals;
use crate::table::{Map, Set};
use crate::trace::analysis::engine::{Context, GoIndex};
use crate::trace::{Event, GoId, Log, Region, StackId, StringId, Task, TaskId};

/// A region, or a task that a goroutine inherits because its creator was in a region.
#[derive(Debug)]
pub(super) struct RegionRecord {
    pub(super) goroutine: GoIndex,
    pub(super) task: TaskId,
    pub(super) name: StringId,
    pub(super) is_inherited: bool,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) stack: StackId,
    /// What the goroutine did before it; once it has ended, what it did within.
    pub(super) totals: Totals,
}

/// A task.
#[derive(Debug)]
pub(super) struct TaskRecord {
    pub(super) name: StringId,
    pub(super) parent: Option<TaskId>,
    pub(super) children: Vec<TaskId>,
    pub(super) start: Option<(i64, GoId)>,
    pub(super) end: Option<(i64, GoId)>,
    pub(super) logs: Vec<LogRecord>,
    pub(super) goroutines: Set<GoId>,
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogRecord {
    pub(super) time: i64,
    pub(super) goroutine: GoId,
    pub(super) category: StringId,
    pub(super) message: StringId,
}

/// Tasks, regions and logs so far.
#[derive(Debug)]
pub(super) struct Regions {
    active: Map<GoIndex, Vec<RegionRecord>>,
    pub(super) done: Vec<RegionRecord>,
    pub(super) tasks: Map<TaskId, TaskRecord>,
    /// How many tasks, regions and logs are kept, taken together.
    room: usize,
    kept: usize,
    pub(super) left_out: u64,
}

impl Regions {
    pub(super) fn new(room: usize) -> Self {
        let (active, tasks) = (Map::default(), Map::default());
        Self { active, done: Vec::new(), tasks, room, kept: 0, left_out: 0 }
    }

    /// Whether one more may be kept.
    fn has_room(&mut self) -> bool {
        if self.kept >= self.room {
            self.left_out += 1;
            return false;
        }
        self.kept += 1;
        true
    }

    /// A region begins; `totals` are those of the goroutine until now.
    pub(super) fn begin(&mut self, event: &Event, region: Region, totals: Totals, cx: &Context<'_>) {
        let Some(goroutine) = cx.index_of(event.goroutine) else { return };
        self.mention(region.task, event.goroutine);
        self.active.entry(goroutine).or_default().push(RegionRecord {
            goroutine,
            task: region.task,
            name: region.name,
            is_inherited: false,
            start: Some(event.time),
            end: None,
            stack: event.stack,
            totals,
        });
    }

    /// A region of a goroutine ends: the innermost of its name, or else the innermost; `totals` are those of
    /// the goroutine until now.
    pub(super) fn end(&mut self, event: &Event, region: Region, totals: Totals, cx: &Context<'_>) {
        let Some(goroutine) = cx.index_of(event.goroutine) else { return };
        let active = self.active.get_mut(&goroutine).and_then(|active| {
            // Mostly the innermost; one that ends out of order is found by what it says.
            let is_named = |open: &RegionRecord| (open.task, open.name) == (region.task, region.name);
            let at = active.iter().rposition(is_named).or(active.len().checked_sub(1))?;
            Some(active.remove(at))
        });
        let mut record = active.unwrap_or_else(|| {
            // It began before the trace.
            self.mention(region.task, event.goroutine);
            RegionRecord {
                goroutine,
                task: region.task,
                name: region.name,
                is_inherited: false,
                start: None,
                end: None,
                stack: StackId::NONE,
                totals: Totals::default(),
            }
        });
        record.end = Some(event.time);
        record.totals = totals.since(&record.totals);
        self.keep(record);
    }

    fn keep(&mut self, record: RegionRecord) {
        if self.has_room() {
            self.done.push(record);
        }
    }

    /// A goroutine is created: it inherits the task of the region that its creator is in.
    pub(super) fn created(&mut self, event: &Event, goroutine: GoIndex, cx: &Context<'_>) {
        if self.active.is_empty() {
            return;
        }
        let creator = cx.index_of(event.goroutine).and_then(|creator| self.active.get(&creator));
        let Some(task) = creator.and_then(|regions| regions.last()).map(|region| region.task) else { return };
        let inherited = RegionRecord {
            goroutine,
            task,
            name: StringId::EMPTY,
            is_inherited: true,
            start: Some(event.time),
            end: None,
            stack: event.stack,
            totals: Totals::default(),
        };
        self.active.insert(goroutine, vec![inherited]);
    }

    /// Whether a goroutine is in a region.
    pub(super) fn is_active(&self, goroutine: GoIndex) -> bool {
        !self.active.is_empty() && self.active.get(&goroutine).is_some_and(|regions| !regions.is_empty())
    }

    /// A goroutine ends within regions, or the trace does: then `time` is `None`.
    pub(super) fn close(&mut self, goroutine: GoIndex, time: Option<i64>, totals: &Totals, is_system: bool) {
        for mut record in self.active.remove(&goroutine).unwrap_or_default() {
            // Workers of the runtime that are created within a region inherit its task, which means nothing.
            if !is_system {
                record.end = time;
                record.totals = totals.clone().since(&record.totals);
                self.keep(record);
            }
        }
    }

    /// The goroutines that are in regions at the end of the trace.
    pub(super) fn open(&self) -> Vec<GoIndex> {
        let mut open: Vec<_> = self.active.keys().copied().collect();
        open.sort_unstable();
        open
    }

    pub(super) fn task_begins(&mut self, event: &Event, task: Task) {
        if let Some(record) = self.task(event, task) {
            record.start = Some((event.time, event.goroutine));
        }
    }

    pub(super) fn task_ends(&mut self, event: &Event, task: Task) {
        if let Some(record) = self.task(event, task) {
            record.end = Some((event.time, event.goroutine));
        }
    }

    fn task(&mut self, event: &Event, task: Task) -> Option<&mut TaskRecord> {
        self.mention(task.id, event.goroutine)?.name = task.name;
        let has_parent = self.tasks.get(&task.id).is_some_and(|record| record.parent.is_some());
        if !task.parent.is_none() && !has_parent {
            if let Some(parent) = self.mention(task.parent, GoId::NONE) {
                parent.children.push(task.id);
                self.tasks.get_mut(&task.id)?.parent = Some(task.parent);
            }
        }
        self.tasks.get_mut(&task.id)
    }

    pub(super) fn log(&mut self, event: &Event, log: Log) {
        if !self.has_room() {
            return;
        }
        let Log { category, message, .. } = log;
        let record = LogRecord { time: event.time, goroutine: event.goroutine, category, message };
        if let Some(task) = self.mention(log.task, event.goroutine) {
            task.logs.push(record);
        }
    }

    /// The task with this id, which may be mentioned before it begins, or without ever.
    fn mention(&mut self, id: TaskId, by: GoId) -> Option<&mut TaskRecord> {
        if !self.tasks.contains_key(&id) {
            if !self.has_room() {
                return None;
            }
            let task = TaskRecord {
                name: StringId::EMPTY,
                parent: None,
                children: Vec::new(),
                start: None,
                end: None,
                logs: Vec::new(),
                goroutines: Set::default(),
            };
            self.tasks.insert(id, task);
        }
        let task = self.tasks.get_mut(&id)?;
        if !by.is_none() {
            task.goroutines.insert(by);
        }
        Some(task)
    }
}
