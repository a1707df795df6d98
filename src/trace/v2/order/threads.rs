//! The threads: what each runs and holds, and where its event stream stands.

use super::goroutines::NOWHERE;
use super::procs::Procs;
use super::step::Step;
use crate::error::ErrorKind;
use crate::trace::event::LAST_TIME;
use crate::trace::event::{GoId, ProcId, ThreadId};
use crate::trace::index::PositionIndex;
use crate::trace::v2::clock::Clock;
use crate::trace::v2::wire::Window;

/// A thread, and the next event of its stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thread {
    /// Time of the next event.
    pub(super) time: i64,
    /// Positions in the generation's bytes: the arguments of the next event, and the end of its batch.
    pub(super) pos: usize,
    pub(super) end: usize,
    /// The goroutine it runs, and its place.
    pub(super) goroutine: GoId,
    pub(super) g: u32,
    /// The proc it holds, and its place.
    pub(super) proc: ProcId,
    pub(super) p: u32,
    pub(super) id: ThreadId,
    /// The type byte of the next event.
    pub(super) code: u8,
    /// Whether the order has met it: an event of it was looked at, or it was named.
    pub(super) known: bool,
    /// Its next batch in this generation.
    pub(super) batch: u32,
    /// Its last batch in this generation, while batches are linked.
    pub(super) last_batch: u32,
    /// Neighbours among the threads that hold the same proc.
    holder_before: u32,
    holder_after: u32,
}

impl Thread {
    fn new(id: ThreadId) -> Self {
        Self {
            time: 0,
            pos: 0,
            end: 0,
            goroutine: GoId::NONE,
            g: NOWHERE,
            proc: ProcId::NONE,
            p: NOWHERE,
            id,
            code: 0,
            known: false,
            batch: NOWHERE,
            last_batch: NOWHERE,
            holder_before: NOWHERE,
            holder_after: NOWHERE,
        }
    }

    /// Reads type and time of the event at `input`, which is not at its end.
    #[inline(always)]
    pub(super) fn read_head(&mut self, input: &mut Window<'_>, clock: &Clock) -> Step {
        let code = input.byte();
        let Some(units) = input.number() else { return Step::Refused(ErrorKind::VarintOverflow) };
        if input.is_overrun() {
            return Step::Refused(ErrorKind::Truncated);
        }
        let Some(difference) = clock.nanoseconds(units) else {
            return Step::Refused(ErrorKind::TimeOverflow);
        };
        let time = self.time.wrapping_add(difference);
        if !(0..=LAST_TIME).contains(&time) {
            return Step::Refused(ErrorKind::TimeOverflow);
        }
        self.code = code;
        self.time = time;
        self.pos += input.taken();
        Step::Done
    }
}

/// Every thread ever named.
#[derive(Debug, Default)]
pub(super) struct Threads {
    all: Vec<Thread>,
    index: PositionIndex,
}

impl Threads {
    /// Where thread `id` is.
    pub(super) fn find(&self, id: ThreadId) -> Option<u32> {
        let all = &self.all;
        self.index
            .find(self.index.hash_number(id.0), |at| all.get(at as usize).is_some_and(|known| known.id == id))
    }

    /// Where thread `id` is, added if it is new.
    pub(super) fn find_or_add(&mut self, id: ThreadId) -> u32 {
        self.find(id).unwrap_or_else(|| {
            let place = self.all.len() as u32;
            self.all.push(Thread::new(id));
            self.index.insert(self.index.hash_number(id.0), place);
            place
        })
    }

    /// The thread at a place.
    #[inline(always)]
    pub(super) fn place(&mut self, place: u32) -> Option<&mut Thread> {
        self.all.get_mut(place as usize)
    }

    /// The goroutine that the thread at a place runs.
    pub(super) fn goroutine(&self, place: u32) -> GoId {
        self.all.get(place as usize).map_or(GoId::NONE, |thread| thread.goroutine)
    }

    /// How many threads there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Notes that the thread at a place has been met.
    pub(super) fn meet(&mut self, place: u32) {
        if let Some(thread) = self.place(place) {
            thread.known = true;
        }
    }

    /// Whether no thread but the one at a place, the last that took its proc, holds that; or there is none.
    pub(super) fn is_only_holder(&self, place: u32) -> bool {
        self.all.get(place as usize).is_none_or(|thread| thread.holder_after == NOWHERE)
    }

    /// Makes the thread at a place run a goroutine. The thread that is none runs nothing.
    pub(super) fn run(&mut self, place: u32, goroutine: GoId, g: u32) {
        if let Some(thread) = self.place(place) {
            if !thread.id.is_none() {
                thread.goroutine = goroutine;
                thread.g = g;
            }
        }
    }

    /// Makes the thread at a place hold the proc at `p`. The thread that is none holds nothing.
    pub(super) fn hold(&mut self, place: u32, p: u32, procs: &mut Procs) {
        self.release(place, procs);
        let Some(proc) = procs.place(p) else { return };
        let Some(thread) = self.all.get_mut(place as usize) else { return };
        if thread.id.is_none() {
            return;
        }
        thread.proc = proc.id;
        thread.p = p;
        thread.holder_after = proc.holder;
        if let Some(after) = self.all.get_mut(proc.holder as usize) {
            after.holder_before = place;
        }
        proc.holder = place;
    }

    /// Makes the thread at a place hold no proc.
    pub(super) fn release(&mut self, place: u32, procs: &mut Procs) {
        let Some(thread) = self.all.get_mut(place as usize) else { return };
        let (p, before, after) = (thread.p, thread.holder_before, thread.holder_after);
        thread.proc = ProcId::NONE;
        thread.p = NOWHERE;
        thread.holder_before = NOWHERE;
        thread.holder_after = NOWHERE;
        if let Some(after) = self.all.get_mut(after as usize) {
            after.holder_before = before;
        }
        match self.all.get_mut(before as usize) {
            Some(before) => before.holder_after = after,
            None => {
                if let Some(proc) = procs.place(p) {
                    proc.holder = after;
                }
            }
        }
    }
}
