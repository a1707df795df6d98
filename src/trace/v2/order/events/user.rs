//! Annotations of the program, and experiments: metrics, labels, tasks, regions, logs, AllocFree.

use super::{Effect, Step};
use crate::trace::event::{AllocFreeEvent, EventKind, Log, Metric, Region, StackId, StringId, Task, TaskId};
use crate::trace::v2::order::step::UNBALANCED;
use crate::trace::v2::wire::{EventSpec, code};
use crate::wire::Cursor;

impl Effect<'_> {
    pub(super) fn metric(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let value = input.varint()?;
        let (metric, stack) = match code {
            code::PROCS_CHANGE => {
                let stack = self.stack(input)?;
                self.require_user()?;
                (Metric::Gomaxprocs, stack)
            }
            code::HEAP_ALLOC => (Metric::HeapObjects, StackId::NONE),
            _ => (Metric::HeapGoal, StackId::NONE),
        };
        self.require_proc()?;
        self.put(stack, EventKind::Metric { metric, value })
    }

    pub(super) fn label(&mut self, input: &mut Cursor<'_>) -> Step {
        let label = self.string(input)?;
        self.require_user()?;
        self.put(StackId::NONE, EventKind::Label(label))
    }

    pub(super) fn task_begin(&mut self, input: &mut Cursor<'_>) -> Step {
        let id = TaskId(input.varint()?);
        // 0 means no parent here, not the background task.
        let parent = match TaskId(input.varint()?) {
            TaskId::BACKGROUND => TaskId::NONE,
            parent => parent,
        };
        let name = self.string(input)?;
        let stack = self.stack(input)?;
        self.require_user()?;
        self.world.assume_new_task(id);
        if self.world.tasks.insert(id, (name, parent)).is_some() {
            return Err(UNBALANCED);
        }
        self.put(stack, EventKind::TaskBegin(Task { id, parent, name }))
    }

    /// A task may end several times, and may have begun before the trace.
    pub(super) fn task_end(&mut self, input: &mut Cursor<'_>) -> Step {
        let id = TaskId(input.varint()?);
        let stack = self.stack(input)?;
        self.require_user()?;
        let task = self.world.tasks.remove(&id).or_else(|| self.world.assume_task(id));
        if task.is_none() && self.world.is_assumed() {
            // Its name is in an earlier generation.
            return Err(UNBALANCED);
        }
        let (name, parent) = task.unwrap_or((StringId::EMPTY, TaskId::NONE));
        self.put(stack, EventKind::TaskEnd(Task { id, parent, name }))
    }

    pub(super) fn region(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let task = TaskId(input.varint()?);
        let name = self.string(input)?;
        let stack = self.stack(input)?;
        let open = self.open()?;
        let region = Region { task, name };
        if code == code::USER_REGION_BEGIN {
            open.regions.push((task, name));
            return self.put(stack, EventKind::RegionBegin(region));
        }
        // One that began before the trace may end when none is open.
        if open.regions.is_empty() {
            let goroutine = self.context().goroutine;
            self.world.assume_region(goroutine, task, name);
        } else if open.regions.last() == Some(&(task, name)) {
            open.regions.pop();
        } else {
            self.misused_region(region)?;
        }
        self.put(stack, EventKind::RegionEnd(region))
    }

    /// A region ends that is not the innermost: an error, or the end of that region only.
    #[cold]
    fn misused_region(&mut self, region: Region) -> Step {
        let goroutine = self.context().goroutine;
        let is_repaired = self.world.misuse.is_repaired && !self.world.is_assumed();
        self.world.misuse.latest = Some((goroutine, region.name));
        if !is_repaired {
            return Err(UNBALANCED);
        }
        self.world.misuse.count += 1;
        let open = self.open()?;
        if let Some(at) = open.regions.iter().rposition(|open| *open == (region.task, region.name)) {
            open.regions.remove(at);
        }
        Ok(())
    }

    pub(super) fn log(&mut self, input: &mut Cursor<'_>) -> Step {
        let task = TaskId(input.varint()?);
        let (category, message) = (self.string(input)?, self.string(input)?);
        let stack = self.stack(input)?;
        self.require_user()?;
        self.put(stack, EventKind::Log(Log { task, category, message }))
    }

    pub(super) fn experimental(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let event = match code {
            code::SPAN => AllocFreeEvent::Span,
            code::SPAN_ALLOC => AllocFreeEvent::SpanAlloc,
            code::SPAN_FREE => AllocFreeEvent::SpanFree,
            code::HEAP_OBJECT => AllocFreeEvent::HeapObject,
            code::HEAP_OBJECT_ALLOC => AllocFreeEvent::HeapObjectAlloc,
            code::HEAP_OBJECT_FREE => AllocFreeEvent::HeapObjectFree,
            code::GOROUTINE_STACK => AllocFreeEvent::GoroutineStack,
            code::GOROUTINE_STACK_ALLOC => AllocFreeEvent::GoroutineStackAlloc,
            _ => AllocFreeEvent::GoroutineStackFree,
        };
        let mut args = [0; 3];
        let count = EventSpec::of(code).map_or(0, |row| row.args.len() - 1);
        for arg in args.iter_mut().take(count) {
            *arg = input.varint()?;
        }
        self.require_thread()?;
        self.put(StackId::NONE, EventKind::Experimental { event, args })
    }
}
