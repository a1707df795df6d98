//! The event streams of the threads in the current generation: which thread goes next, and which must wait.

mod frontier;
mod waiting;

use super::slot::{BatchSlot, ThreadSlot};
use super::step::Stop;
use super::world::Threads;
use crate::error::{ErrorKind, Fault};
use crate::trace::event::ThreadId;
use crate::trace::v2::clock::Clock;
use crate::trace::v2::scan::BatchRef;
use crate::trace::v2::wire::{Spare, Window};
pub(super) use frontier::Frontier;
pub(super) use waiting::{Key, Waiting, keys_of};

/// The streams of the current generation.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// The batches of each thread, linked.
    batches: Vec<(BatchRef, BatchSlot)>,
    /// Threads in order of first appearance in the generation.
    starting: Vec<ThreadSlot>,
    pub(super) frontier: Frontier,
    pub(super) waiting: Waiting,
    pub(super) progress: Progress,
    pub(super) spare: Spare,
}

/// How far the streams have been merged. Starts over with each generation.
#[derive(Debug)]
pub(super) struct Progress {
    /// The thread that is first in the frontier while its next event is not after `until`.
    pub(super) current: ThreadSlot,
    /// `i64::MIN` if something must be done before the current thread continues.
    pub(super) until: i64,
    /// When the next CPU sample is due.
    pub(super) sample_time: i64,
    /// How many CPU samples have been given.
    pub(super) next_sample: usize,
    /// The current thread has used up its batch.
    pub(super) exhausted: bool,
    /// The current thread has used up all of its batches.
    pub(super) drained: bool,
    /// A fault found while the event before it took effect, and reported after that event. Its offset counts
    /// from the first byte of the generation.
    pub(super) deferred: Option<Fault>,
    /// Why the current thread cannot continue.
    pub(super) refused: Option<ErrorKind>,
    /// The thread whose event was refused.
    pub(super) culprit: ThreadSlot,
    /// What the last event that was tried waits for.
    pub(super) blocked: Key,
    /// How many threads were looked at in searches for an event that can go.
    pub(super) searched: u64,
    /// How often a thread was chosen.
    pub(super) chosen: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            current: ThreadSlot::NOWHERE,
            until: i64::MIN,
            sample_time: 0,
            next_sample: 0,
            exhausted: false,
            drained: false,
            deferred: None,
            refused: None,
            culprit: ThreadSlot::NOWHERE,
            blocked: Key::Nothing,
            searched: 0,
            chosen: 0,
        }
    }
}

impl Streams {
    /// Forgets everything but the memory.
    pub(super) fn clear(&mut self) {
        self.batches.clear();
        self.starting.clear();
        self.frontier.clear();
        self.waiting.clear();
        self.progress = Progress::default();
    }

    /// Links each thread's batches, and puts the threads into the frontier in order of first appearance.
    pub(super) fn link(&mut self, events: &[BatchRef], clock: &Clock, threads: &mut Threads, bytes: &[u8]) {
        for batch in events {
            let thread = threads.find_or_add(ThreadId(batch.thread));
            let slot = BatchSlot(self.batches.len() as u32);
            self.batches.push((*batch, BatchSlot::NOWHERE));
            let Some(known) = threads.get_mut(thread) else { continue };
            let last = std::mem::replace(&mut known.last_batch, slot);
            match self.batches.get_mut(last.index()) {
                Some(last) => last.1 = slot,
                None => {
                    known.batch = slot;
                    self.starting.push(thread);
                }
            }
        }
        let starting = std::mem::take(&mut self.starting);
        for &slot in &starting {
            let Some(thread) = threads.get_mut(slot) else { continue };
            thread.last_batch = BatchSlot::NOWHERE;
            thread.end = 0;
            thread.pos = 0;
            match self.next_batch(slot, clock, threads, bytes) {
                Ok(true) => {
                    let time = threads.get_mut(slot).map_or(0, |thread| thread.time);
                    self.frontier.insert(time, slot);
                }
                Ok(false) => {}
                Err(fault) => {
                    self.progress.deferred.get_or_insert(fault);
                }
            }
        }
        self.starting = starting;
    }

    /// Moves to the thread's next batch after the last event of one.
    pub(super) fn open_next_batch(
        &mut self,
        slot: ThreadSlot,
        clock: &Clock,
        threads: &mut Threads,
        bytes: &[u8],
    ) {
        match self.next_batch(slot, clock, threads, bytes) {
            Ok(true) => {}
            Ok(false) => self.progress.drained = true,
            Err(fault) => self.progress.deferred = Some(fault),
        }
    }

    /// Opens the thread's next batch that has an event, and reads the head of that event; false if no batch
    /// is left.
    #[inline(never)]
    fn next_batch(
        &mut self,
        slot: ThreadSlot,
        clock: &Clock,
        threads: &mut Threads,
        bytes: &[u8],
    ) -> Result<bool, Fault> {
        let Some(thread) = threads.get_mut(slot) else { return Ok(false) };
        loop {
            let Some(&(batch, next)) = self.batches.get(thread.batch.index()) else { return Ok(false) };
            thread.batch = next;
            if batch.start == batch.end {
                continue;
            }
            let offset = batch.start as u64;
            thread.time = clock.nanoseconds(batch.time).ok_or(Fault::new(ErrorKind::TimeOverflow, offset))?;
            thread.pos = batch.start;
            thread.end = batch.end;
            let rest = bytes.get(batch.start..batch.end).unwrap_or_default();
            return match thread.read_head(&mut Window::new(rest, &mut self.spare), clock) {
                Err(Stop::Refused(kind)) => Err(Fault::new(kind, offset)),
                _ => Ok(true),
            };
        }
    }

    /// How many batches have not been read to their end.
    pub(super) fn unread_batches(&self, threads: &mut Threads) -> u64 {
        let mut unread = 0;
        for &slot in &self.starting {
            let Some(thread) = threads.get_mut(slot) else { continue };
            unread += u64::from(thread.pos < thread.end);
            let mut batch = thread.batch;
            while let Some(&(_, next)) = self.batches.get(batch.index()) {
                unread += 1;
                batch = next;
            }
        }
        unread
    }
}
