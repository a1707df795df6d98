//! The threads: what each runs and holds, and how far its event stream has been read.

use super::procs::Procs;
use crate::error::ErrorKind;
use crate::table::PositionIndex;
use crate::trace::event::{GoId, LAST_TIME, ProcId, ThreadId};
use crate::trace::v2::clock::Clock;
use crate::trace::v2::order::slot::{BatchSlot, GoSlot, ProcSlot, ThreadSlot};
use crate::trace::v2::order::step::{Step, Stop};
use crate::trace::v2::wire::Window;

/// A thread, and the next event of its stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread {
    /// Time of the next event.
    pub(crate) time: i64,
    /// Positions in the generation's bytes: the arguments of the next event, and the end of its batch.
    pub(crate) pos: usize,
    pub(crate) end: usize,
    /// The goroutine it runs, and its slot.
    pub(crate) goroutine: GoId,
    pub(crate) go_slot: GoSlot,
    /// The P it holds, and its slot.
    pub(crate) proc: ProcId,
    pub(crate) proc_slot: ProcSlot,
    pub(crate) id: ThreadId,
    /// The type byte of the next event.
    pub(crate) code: u8,
    /// Whether the order has met it: one of its events was read, or another event named it.
    pub(crate) known: bool,
    /// Its next batch in this generation.
    pub(crate) batch: BatchSlot,
    /// Its last batch in this generation, while batches are linked.
    pub(crate) last_batch: BatchSlot,
    /// Neighbours among the threads that hold the same P.
    holder_before: ThreadSlot,
    holder_after: ThreadSlot,
}

impl Thread {
    fn new(id: ThreadId) -> Self {
        Self {
            time: 0,
            pos: 0,
            end: 0,
            goroutine: GoId::NONE,
            go_slot: GoSlot::NOWHERE,
            proc: ProcId::NONE,
            proc_slot: ProcSlot::NOWHERE,
            id,
            code: 0,
            known: false,
            batch: BatchSlot::NOWHERE,
            last_batch: BatchSlot::NOWHERE,
            holder_before: ThreadSlot::NOWHERE,
            holder_after: ThreadSlot::NOWHERE,
        }
    }

    /// Reads type and time of the event at `input`, which is not at its end.
    #[inline(always)]
    pub(crate) fn read_head(&mut self, input: &mut Window<'_>, clock: &Clock) -> Step {
        let code = input.byte();
        let Some(units) = input.number() else { return Err(Stop::Refused(ErrorKind::VarintOverflow)) };
        if input.is_overrun() {
            return Err(Stop::Refused(ErrorKind::Truncated));
        }
        let Some(difference) = clock.nanoseconds(units) else {
            return Err(Stop::Refused(ErrorKind::TimeOverflow));
        };
        let time = self.time.wrapping_add(difference);
        if !(0..=LAST_TIME).contains(&time) {
            return Err(Stop::Refused(ErrorKind::TimeOverflow));
        }
        self.code = code;
        self.time = time;
        self.pos += input.taken();
        Ok(())
    }
}

/// Every thread ever named.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    all: Vec<Thread>,
    index: PositionIndex,
}

impl Threads {
    /// The slot of thread `id`.
    pub(crate) fn find(&self, id: ThreadId) -> Option<ThreadSlot> {
        let is_it = |slot: u32| self.all.get(slot as usize).is_some_and(|known| known.id == id);
        self.index.find(self.index.hash_number(id.0), is_it).map(ThreadSlot)
    }

    /// The slot of thread `id`, which is added if it is new.
    pub(crate) fn find_or_add(&mut self, id: ThreadId) -> ThreadSlot {
        self.find(id).unwrap_or_else(|| {
            let slot = ThreadSlot(self.all.len() as u32);
            self.all.push(Thread::new(id));
            self.index.insert(self.index.hash_number(id.0), slot.0);
            slot
        })
    }

    /// The thread in a slot.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, slot: ThreadSlot) -> Option<&mut Thread> {
        self.all.get_mut(slot.index())
    }

    /// The goroutine that the thread in a slot runs.
    pub(crate) fn goroutine(&self, slot: ThreadSlot) -> GoId {
        self.all.get(slot.index()).map_or(GoId::NONE, |thread| thread.goroutine)
    }

    /// The slot of the P that the thread in a slot holds.
    pub(crate) fn proc_slot(&self, slot: ThreadSlot) -> ProcSlot {
        self.all.get(slot.index()).map_or(ProcSlot::NOWHERE, |thread| thread.proc_slot)
    }

    /// The slot of every thread.
    pub(crate) fn slots(&self) -> impl Iterator<Item = ThreadSlot> + use<> {
        (0..self.all.len() as u32).map(ThreadSlot)
    }

    /// Marks that the order has met the thread in a slot.
    #[inline(always)]
    pub(crate) fn meet(&mut self, slot: ThreadSlot) {
        if let Some(thread) = self.get_mut(slot) {
            thread.known = true;
        }
    }

    /// Whether no other thread holds the P of which this one is the last holder. True for no thread.
    pub(crate) fn is_only_holder(&self, slot: ThreadSlot) -> bool {
        self.all.get(slot.index()).is_none_or(|thread| thread.holder_after == ThreadSlot::NOWHERE)
    }

    /// The thread in a slot runs a goroutine from now on. `ThreadId::NONE` never runs anything.
    pub(crate) fn run(&mut self, slot: ThreadSlot, goroutine: GoId, go_slot: GoSlot) {
        if let Some(thread) = self.get_mut(slot) {
            if !thread.id.is_none() {
                thread.goroutine = goroutine;
                thread.go_slot = go_slot;
            }
        }
    }

    /// The thread in a slot holds a P from now on. `ThreadId::NONE` never holds anything.
    pub(crate) fn hold(&mut self, slot: ThreadSlot, proc_slot: ProcSlot, procs: &mut Procs) {
        self.release(slot, procs);
        let Some(proc) = procs.get_mut(proc_slot) else { return };
        let Some(thread) = self.all.get_mut(slot.index()) else { return };
        if thread.id.is_none() {
            return;
        }
        thread.proc = proc.id;
        thread.proc_slot = proc_slot;
        thread.holder_after = proc.holder;
        if let Some(after) = self.all.get_mut(proc.holder.index()) {
            after.holder_before = slot;
        }
        proc.holder = slot;
    }

    /// The thread in a slot holds no P from now on.
    pub(crate) fn release(&mut self, slot: ThreadSlot, procs: &mut Procs) {
        let Some(thread) = self.all.get_mut(slot.index()) else { return };
        let (proc_slot, before, after) = (thread.proc_slot, thread.holder_before, thread.holder_after);
        thread.proc = ProcId::NONE;
        thread.proc_slot = ProcSlot::NOWHERE;
        thread.holder_before = ThreadSlot::NOWHERE;
        thread.holder_after = ThreadSlot::NOWHERE;
        if let Some(after) = self.all.get_mut(after.index()) {
            after.holder_before = before;
        }
        match self.all.get_mut(before.index()) {
            Some(before) => before.holder_after = after,
            None => {
                if let Some(proc) = procs.get_mut(proc_slot) {
                    proc.holder = after;
                }
            }
        }
    }
}
