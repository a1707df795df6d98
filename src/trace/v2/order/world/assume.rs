//! Answers about the past of a generation that is ordered ahead of the generations before it.
//!
//! The runtime records the status of every goroutine and P again in each generation, so most of the past
//! shows in the generation itself. Each answer is kept in [`Assumed`]; `confirm` compares it with the state
//! that the generations before really left.

use super::assumed::{Assumed, AssumedProc, AssumedThread};
use super::goroutines::GoRange;
use super::look_ahead::events;
use super::status::{GoStatus, ProcStatus};
use super::{Gc, OpenTask, World};
use crate::table::Map;
use crate::trace::event::{GoId, ProcId, StringId, TaskId, ThreadId};
use crate::trace::v2::order::slot::{GoSlot, ProcSlot, ThreadSlot};
use crate::trace::v2::order::step::{CONTRADICTION, Step};
use crate::trace::v2::scan::BatchRef;
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

/// How many events may lie between the status of an abandoned P and its theft. The runtime writes one or two.
const THEFT_AHEAD: usize = 64;

impl World {
    /// A world before the generation whose past is assumed; the event before it happened at `last`.
    pub(crate) fn assuming(last: i64, open_tasks: Map<TaskId, OpenTask>) -> Self {
        let assumed = Some(Box::new(Assumed { last, open_tasks, ..Assumed::default() }));
        Self { initial: Some(0), assumed, ..Self::default() }
    }

    /// Whether an assumption failed because too little was known of tasks.
    pub(crate) fn misses_task(&self) -> bool {
        self.assumed.as_ref().is_some_and(|assumed| assumed.misses_task)
    }

    /// Remembers where the streams begin, if the past is assumed.
    pub(crate) fn remember_stream_starts(&mut self) {
        let Some(assumed) = &mut self.assumed else { return };
        for slot in self.threads.slots() {
            let Some(thread) = self.threads.get_mut(slot) else { continue };
            let past = assumed.thread(slot);
            (past.position, past.batch) = (thread.pos, thread.batch);
        }
    }

    /// Assumes that a task began that was not open.
    pub(crate) fn assume_new_task(&mut self, id: TaskId) {
        if let Some(assumed) = &mut self.assumed {
            assumed.tasks.push(id);
        }
    }

    /// Name and parent of a task that began earlier; `None` if nothing is known of it.
    pub(crate) fn assume_task(&mut self, id: TaskId) -> Option<OpenTask> {
        let assumed = self.assumed.as_mut()?;
        let task = assumed.open_tasks.remove(&id);
        match task {
            Some(task) => assumed.ended_tasks.push((id, task)),
            None => assumed.misses_task = true,
        }
        task
    }

    /// Assumes that a region that ends began earlier.
    pub(crate) fn assume_region(&mut self, goroutine: GoId, task: TaskId, name: StringId) {
        if let Some(assumed) = &mut self.assumed {
            assumed.regions.push((goroutine, task, name));
        }
    }

    pub(super) fn assumed_thread(&mut self, slot: ThreadSlot) -> &mut AssumedThread {
        self.assumed.get_or_insert_default().thread(slot)
    }

    /// Assumes that a thread ran a goroutine.
    pub(super) fn assume_running(&mut self, slot: ThreadSlot, id: GoId, status: GoStatus) {
        let past = self.assumed_thread(slot);
        if id.is_none() || !past.goroutine.is_none() || self.goroutines.find(id).is_some() {
            return;
        }
        let go_slot = self.assume_goroutine(id, status);
        self.assume_executing(slot, id, go_slot);
    }

    /// Assumes that a thread held a P.
    pub(super) fn assume_holding(&mut self, slot: ThreadSlot, id: u64, status: ProcStatus) {
        let free = self.assumed_thread(slot).proc.is_none() && self.procs.find(id).is_none();
        let Ok(id) = i32::try_from(id).map(ProcId) else { return };
        if !free || id.is_none() {
            return;
        }
        let past = self.assumed_thread(slot);
        past.proc = id;
        past.known = true;
        let proc_slot = self.procs.add(id, status, 0);
        self.assumed_proc(AssumedProc { status, holder: slot, sweeping: None });
        self.threads.hold(slot, proc_slot, &mut self.procs);
        self.threads.meet(slot);
    }

    fn assumed_proc(&mut self, proc: AssumedProc) {
        self.assumed.get_or_insert_default().procs.push(proc);
    }

    /// Assumes that a goroutine existed; returns its slot.
    pub(crate) fn assume_goroutine(&mut self, id: GoId, status: GoStatus) -> GoSlot {
        self.assumed.get_or_insert_default().goroutines.push((id, status));
        self.goroutines.add(id, status, 0)
    }

    /// Assumes that a thread was executing a goroutine: running it, or in a system call of which it records
    /// nothing.
    pub(crate) fn assume_executing(&mut self, slot: ThreadSlot, id: GoId, go_slot: GoSlot) {
        let past = self.assumed_thread(slot);
        past.goroutine = id;
        past.known = true;
        self.threads.run(slot, id, go_slot);
        self.threads.meet(slot);
    }

    /// Assumes that a P had the status that is recorded at `input`, if nothing is known of it. An abandoned P
    /// will be stolen, and was held by the thread that the theft names.
    pub(crate) fn assume_proc(&mut self, id: ProcId, status: ProcStatus, input: &Cursor<'_>) -> Step {
        if self.procs.find(id.0 as u64).is_some() {
            return Ok(());
        }
        if status != ProcStatus::Abandoned {
            self.procs.add(id, status, 0);
            self.assumed_proc(AssumedProc { status, holder: ThreadSlot::NOWHERE, sweeping: None });
            return Ok(());
        }
        let rest = BatchRef { thread: 0, time: 0, start: 0, end: input.rest().len() };
        let mut ahead = events(&rest, input.rest());
        let mut victim = ThreadId::NONE;
        for _ in 0..THEFT_AHEAD {
            match ahead.next_event() {
                Ok(Some(event)) if event.code == code::PROC_STEAL && event.args[0] == id.0 as u64 => {
                    victim = ThreadId(event.args[2] as i64);
                    break;
                }
                Ok(Some(_)) => {}
                _ => return Err(CONTRADICTION),
            }
        }
        if victim.is_none() {
            return Err(CONTRADICTION);
        }
        let slot = self.threads.find_or_add(victim);
        let Some(&mut thread) = self.threads.get_mut(slot) else { return Err(CONTRADICTION) };
        let past = *self.assumed_thread(slot);
        let has_been_read = (past.position, past.batch) != (thread.pos, thread.batch);
        if has_been_read || !past.proc.is_none() {
            return Err(CONTRADICTION);
        }
        self.assume_holding(slot, id.0 as u64, ProcStatus::Syscall);
        Ok(())
    }

    /// Assumes, before a goroutine's ranges are read, that a mark assist was open, or that none was.
    pub(crate) fn assume_ranges(&mut self, id: GoId, assists: bool) {
        let Some(assumed) = &mut self.assumed else { return };
        let slot = self.goroutines.find(id);
        let Some(open) = slot.and_then(|slot| self.goroutines.open(slot)) else { return };
        if !std::mem::replace(&mut open.is_assumed, true) {
            assumed.ranges.push((id, assists));
            if assists {
                open.ranges.insert(0, GoRange::MarkAssist);
            }
        }
    }

    /// Assumes whether a P swept, before that is read.
    pub(crate) fn assume_sweeping(&mut self, slot: ProcSlot, sweeping: bool) {
        let Some(past) = self.assumed.as_mut().and_then(|assumed| assumed.procs.get_mut(slot.index())) else {
            return;
        };
        if past.sweeping.is_none() {
            past.sweeping = Some(sweeping);
            if let Some(state) = self.procs.get_mut(slot) {
                state.sweeping = sweeping;
            }
        }
    }

    /// Assumes, if nothing is known, a mark phase after which `seq` is next.
    pub(crate) fn assume_gc(&mut self, running: bool, seq: u64) {
        let Some(assumed) = &mut self.assumed else { return };
        if self.gc.running.is_none() && seq > 0 {
            assumed.gc = Some((running, seq - 1));
            self.gc = Gc { running: Some(running), seq: seq - 1 };
        }
    }
}
