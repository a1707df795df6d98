//! Tasks and regions of a focused view (`cmd/trace/gen.go`). Their stacks are those of the events that begin
//! and end them, collected during the pass over the trace.

use std::io::{self, Write};

use super::emitter::{Emitter, Row};
use super::focus::{Focus, FocusRegion, FocusTask};
use crate::table::{Map, Set};
use crate::trace::{Event, EventKind, GoId, StackId, Tables, TaskId};

/// An event whose stack is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mark {
    TaskBegins(TaskId),
    TaskEnds(TaskId),
    RegionBegins(GoId, i64),
    /// By an event of its own, or by the end of its goroutine.
    RegionEnds(GoId, i64),
}

/// The tasks of a focus, and the stacks found for them so far.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    wanted: Set<Mark>,
    stacks: Map<Mark, StackId>,
}

impl Tasks {
    pub(super) fn new(focus: &Focus) -> Self {
        let mut wanted = Set::default();
        for task in &focus.tasks {
            wanted.extend([Mark::TaskBegins(task.id), Mark::TaskEnds(task.id)]);
            for region in &task.regions {
                wanted.extend(region.start.map(|time| Mark::RegionBegins(region.goroutine, time)));
                wanted.extend(region.end.map(|time| Mark::RegionEnds(region.goroutine, time)));
            }
        }
        Self { wanted, stacks: Map::default() }
    }

    /// Keeps the stack of an event that begins or ends one of the tasks or regions.
    pub(super) fn event(&mut self, event: &Event) {
        let mark = match event.kind {
            EventKind::TaskBegin(task) => Mark::TaskBegins(task.id),
            EventKind::TaskEnd(task) => Mark::TaskEnds(task.id),
            EventKind::RegionBegin(_) => Mark::RegionBegins(event.goroutine, event.time),
            EventKind::RegionEnd(_) | EventKind::GoTransition(_) => {
                Mark::RegionEnds(event.goroutine, event.time)
            }
            _ => return,
        };
        if self.wanted.contains(&mark) {
            self.stacks.insert(mark, event.stack);
        }
    }

    fn stack(&self, mark: Mark) -> StackId {
        self.stacks.get(&mark).copied().unwrap_or(StackId::NONE)
    }

    /// Writes all tasks, and their regions where rows are goroutines; returns the rows of the tasks.
    pub(super) fn write<W: Write>(
        &self,
        focus: &Focus,
        now: i64,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (task, index) in focus.tasks.iter().zip(0..) {
            let name = [format!("T{} ", task.id.0).as_bytes(), &task.name].concat();
            rows.push((task.id.0 as i64, name, index));
            self.task(task, now, out, tables)?;
            for region in task.regions.iter().filter(|_| focus.by_goroutine) {
                self.region(region, task.id, now, out, tables)?;
            }
        }
        Ok(rows)
    }

    fn task<W: Write>(
        &self,
        task: &FocusTask,
        now: i64,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        let (begin, end) = (self.stack(Mark::TaskBegins(task.id)), self.stack(Mark::TaskEnds(task.id)));
        let (start_time, end_time) =
            (task.start.map_or(out.start, |at| at.0), task.end.map_or(now, |at| at.0));
        let mut args = format!("\"id\":{}", task.id.0);
        for (name, at) in [("start_g", task.start), ("end_g", task.end)] {
            if let Some((_, goroutine)) = at {
                args.push_str(&format!(",\"{name}\":{}", goroutine.raw() as u64));
            }
        }
        out.task(&task.name, task.id, (start_time, end_time), (begin, end), &args, tables)?;
        if let (Some(parent), Some((start, _))) = (task.parent, task.start) {
            out.task_arrow(b"newTask", parent, task.id, start, begin, tables)?;
        }
        Ok(())
    }

    fn region<W: Write>(
        &self,
        region: &FocusRegion,
        task: TaskId,
        now: i64,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        if region.start.is_none() && region.end.is_none() {
            return Ok(());
        }
        let stack = |mark: Option<Mark>| mark.map_or(StackId::NONE, |mark| self.stack(mark));
        let begin = stack(region.start.map(|time| Mark::RegionBegins(region.goroutine, time)));
        let end = stack(region.end.map(|time| Mark::RegionEnds(region.goroutine, time)));
        let times = (region.start.unwrap_or(out.start), region.end.unwrap_or(now));
        out.region(&region.name, task, region.goroutine.raw(), times, (begin, end), tables)
    }
}
