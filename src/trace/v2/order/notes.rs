//! Ranges, metrics, annotations, and the AllocFree experiment.

use super::goroutines::{GoRange, NOWHERE, Open};
use super::sched::contradiction;
use super::{Advance, Order};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::{AllocFreeEvent, EventKind, Log, Metric, Region, Task};
use crate::trace::event::{GoId, ProcId, StackId, StringId, TaskId};
use crate::trace::event::{Range, RangeName, Resource};
use crate::trace::v2::wire::{EventSpec, code};
use crate::wire::Cursor;

fn unbalanced(input: &Cursor<'_>) -> Fault {
    Fault::new(ErrorKind::BadRange, input.offset())
}

impl Order {
    /// What is open on the thread's goroutine. Requires a thread with a proc and a goroutine.
    fn open(&mut self, at: u32, input: &Cursor<'_>) -> Result<&mut Open, Fault> {
        self.user(at, input)?;
        let goroutine = self.context(at).goroutine;
        self.open_of(goroutine, input)
    }

    fn open_of(&mut self, goroutine: GoId, input: &Cursor<'_>) -> Result<&mut Open, Fault> {
        let place = self.goroutines.find(goroutine).ok_or(contradiction(input))?;
        self.goroutines.open(place).ok_or(contradiction(input))
    }

    /// Stopping the world and mark assists belong to a goroutine.
    pub(super) fn go_range_begin(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let (range, name) = match code {
            code::STW_BEGIN => {
                let kind = self.string(input)?;
                (GoRange::StopTheWorld(kind), RangeName::StopTheWorld(kind))
            }
            _ => (GoRange::MarkAssist, RangeName::MarkAssist),
        };
        let stack = self.stack(input)?;
        self.assume_ranges(self.threads.goroutine(at), false);
        let open = self.open(at, input)?;
        if !open.may_begin(range) {
            return Err(unbalanced(input));
        }
        open.ranges.push(range);
        let scope = Resource::Goroutine(self.context(at).goroutine);
        self.put(at, stack, EventKind::RangeBegin(Range { name, scope }));
        Ok(true)
    }

    /// The reason for stopping the world is that of the begin, in whatever generation that was. Go looks its id up
    /// in the generation of the end.
    pub(super) fn go_range_end(&mut self, at: u32, code: u8, input: &Cursor<'_>) -> Advance {
        let stops = code == code::STW_END;
        self.assume_ranges(self.threads.goroutine(at), false);
        let open = self.open(at, input)?;
        let ended = open.end(|range| matches!(range, GoRange::StopTheWorld(_)) == stops);
        let name = match ended.ok_or(unbalanced(input))? {
            GoRange::StopTheWorld(kind) => RangeName::StopTheWorld(kind),
            GoRange::MarkAssist => RangeName::MarkAssist,
        };
        self.put(at, StackId::NONE, EventKind::RangeEnd { name, swept: 0, reclaimed: 0 });
        Ok(true)
    }

    pub(super) fn mark_assist_active(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let goroutine = GoId(input.varint()? as i64);
        let initial = self.is_initial();
        self.assume_ranges(goroutine, true);
        let open = self.open_of(goroutine, input)?;
        if open.ranges.contains(&GoRange::MarkAssist) == initial {
            return Err(unbalanced(input));
        }
        if initial {
            open.ranges.push(GoRange::MarkAssist);
        }
        let range = Range { name: RangeName::MarkAssist, scope: Resource::Goroutine(goroutine) };
        self.put(at, StackId::NONE, EventKind::RangeActive(range));
        Ok(true)
    }

    pub(super) fn sweep_active(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let id = input.varint()?;
        let initial = self.is_initial();
        let p = self.procs.find(id).ok_or(contradiction(input))?;
        self.assume_sweeping(p, true);
        let Some(state) = self.procs.place(p) else { return Ok(false) };
        if state.sweeping == initial {
            return Err(unbalanced(input));
        }
        state.sweeping = true;
        let range = Range { name: RangeName::Sweep, scope: Resource::Proc(state.id) };
        self.put(at, StackId::NONE, EventKind::RangeActive(range));
        Ok(true)
    }

    pub(super) fn sweep_begin(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let stack = self.stack(input)?;
        let proc = self.sweep(at, true, input)?;
        let range = Range { name: RangeName::Sweep, scope: Resource::Proc(proc) };
        self.put(at, stack, EventKind::RangeBegin(range));
        Ok(true)
    }

    pub(super) fn sweep_end(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let (swept, reclaimed) = (input.varint()?, input.varint()?);
        self.sweep(at, false, input)?;
        self.put(at, StackId::NONE, EventKind::RangeEnd { name: RangeName::Sweep, swept, reclaimed });
        Ok(true)
    }

    /// Begins or ends sweeping on the thread's proc.
    fn sweep(&mut self, at: u32, begins: bool, input: &Cursor<'_>) -> Result<ProcId, Fault> {
        let p = self.threads.place(at).map_or(NOWHERE, |thread| thread.p);
        self.assume_sweeping(p, false);
        let state = self.procs.place(p).ok_or(contradiction(input))?;
        if state.sweeping == begins {
            return Err(unbalanced(input));
        }
        state.sweeping = begins;
        Ok(state.id)
    }

    pub(super) fn metric(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let value = input.varint()?;
        let (metric, stack) = match code {
            code::PROCS_CHANGE => {
                let stack = self.stack(input)?;
                self.user(at, input)?;
                (Metric::Gomaxprocs, stack)
            }
            code::HEAP_ALLOC => (Metric::HeapObjects, StackId::NONE),
            _ => (Metric::HeapGoal, StackId::NONE),
        };
        self.with_proc(at, input)?;
        self.put(at, stack, EventKind::Metric { metric, value });
        Ok(true)
    }

    pub(super) fn label(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let label = self.string(input)?;
        self.user(at, input)?;
        self.put(at, StackId::NONE, EventKind::Label(label));
        Ok(true)
    }

    pub(super) fn task_begin(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let id = TaskId(input.varint()?);
        // 0 stands for no parent here, not for the background task.
        let parent = match TaskId(input.varint()?) {
            TaskId::BACKGROUND => TaskId::NONE,
            parent => parent,
        };
        let name = self.string(input)?;
        let stack = self.stack(input)?;
        self.user(at, input)?;
        if let Some(assumed) = &mut self.assumed {
            assumed.tasks.push(id);
        }
        if self.tasks.insert(id, (name, parent)).is_some() {
            return Err(unbalanced(input));
        }
        self.put(at, stack, EventKind::TaskBegin(Task { id, parent, name }));
        Ok(true)
    }

    /// A task may end several times, and may have begun before the trace.
    pub(super) fn task_end(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let id = TaskId(input.varint()?);
        let stack = self.stack(input)?;
        self.user(at, input)?;
        let task = self.tasks.remove(&id).or_else(|| self.assume_task(id));
        if task.is_none() && self.is_guess() {
            // Only the past tells its name.
            return Err(unbalanced(input));
        }
        let (name, parent) = task.unwrap_or((StringId::EMPTY, TaskId::NONE));
        self.put(at, stack, EventKind::TaskEnd(Task { id, parent, name }));
        Ok(true)
    }

    pub(super) fn region(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let task = TaskId(input.varint()?);
        let name = self.string(input)?;
        let stack = self.stack(input)?;
        let open = self.open(at, input)?;
        let region = Region { task, name };
        if code == code::USER_REGION_BEGIN {
            open.regions.push((task, name));
            self.put(at, stack, EventKind::RegionBegin(region));
        } else {
            // One that began before the trace may end when none is open.
            if open.regions.is_empty() {
                let goroutine = self.threads.goroutine(at);
                if let Some(assumed) = &mut self.assumed {
                    assumed.regions.push((goroutine, task, name));
                }
            } else if open.regions.pop().is_some_and(|innermost| innermost != (task, name)) {
                return Err(unbalanced(input));
            }
            self.put(at, stack, EventKind::RegionEnd(region));
        }
        Ok(true)
    }

    pub(super) fn log(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let task = TaskId(input.varint()?);
        let (category, message) = (self.string(input)?, self.string(input)?);
        let stack = self.stack(input)?;
        self.user(at, input)?;
        self.put(at, stack, EventKind::Log(Log { task, category, message }));
        Ok(true)
    }

    pub(super) fn experimental(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
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
        self.with_thread(at, input)?;
        self.put(at, StackId::NONE, EventKind::Experimental { event, args });
        Ok(true)
    }
}
