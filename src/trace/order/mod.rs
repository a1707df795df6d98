//! Merges the threads' event streams into one order that keeps cause before effect, and checks it.
//!
//! The rules are those of Go's reader (`src/internal/trace/order.go`, `reader.go`): the thread with the earliest next
//! event goes first; an event whose cause has not been seen waits while other threads go on.
//!
//! Guarantees: no allocation an event in steady state; each event costs O(log threads) whatever the input: where
//! Go's reader would sort its threads again and again, threads that wait are set aside under what they wait for.

mod frontier;
mod gc;
mod goroutines;
mod notes;
mod output;
mod procs;
mod sched;
mod status;
mod syscall;
mod threads;
mod waiting;

use crate::error::{ErrorKind, Fault};
use crate::intern::Map;
use crate::trace::event::EventKind;
use crate::trace::id::{StringId, TaskId, ThreadId};
use crate::trace::tables::Tables;
use crate::trace::v2::{BatchRef, Generation, Sample};
use crate::trace::wire::{Version, code};
use crate::wire::Cursor;
use frontier::Frontier;
use goroutines::{Goroutines, NOWHERE};
use output::{Context, Output};
use procs::Procs;
use threads::Threads;
use waiting::{Key, Waiting};

/// Steps that the search for an event that can go may take in a generation before waiting threads are set aside:
/// this many, and [`SEARCH_AN_EVENT`] more for each event. Real traces need a few hundred.
const SEARCH: u64 = 1 << 16;
const SEARCH_AN_EVENT: u64 = 8;

/// Whether an event took effect or must wait for another; what for is in [`Order::blocked`].
type Advance = Result<bool, Fault>;

/// The state of the traced program at a point of the trace, and the streams of the current generation.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) output: Output,
    pub(crate) generation: Generation,
    goroutines: Goroutines,
    procs: Procs,
    threads: Threads,
    tasks: Map<TaskId, (StringId, TaskId)>,
    gc: gc::Gc,
    /// The generation's number, and that of the first one that had an event.
    number: u64,
    initial: Option<u64>,

    /// The batches of each thread, linked.
    batches: Vec<(BatchRef, u32)>,
    /// Threads in order of first appearance in the generation.
    starting: Vec<u32>,
    frontier: Frontier,
    /// The thread that is first in the frontier, as long as its next event is not after `until`.
    current: u32,
    until: i64,
    /// The current thread has no more events.
    drained: bool,
    /// Found while the event before was taken; told after it.
    deferred: Option<Fault>,
    next_sample: usize,
    blocked: Key,
    waiting: Waiting,
    searched: u64,
    advanced: u64,
}

impl Order {
    /// Begins a generation whose batches stand in its layout, and gives its sync event.
    ///
    /// # Errors
    /// Those of its tables; the generation is then to be left out.
    pub(crate) fn begin(
        &mut self,
        bytes: &[u8],
        base: u64,
        end: u64,
        version: Version,
        sync: u32,
        tables: &mut Tables,
    ) -> Result<(), Fault> {
        self.generation.read_tables(bytes, base, end, version, tables)?;
        self.number = self.generation.layout.number;
        self.frontier.clear();
        self.waiting.clear();
        self.next_sample = 0;
        self.searched = 0;
        self.advanced = 0;
        self.current = NOWHERE;
        self.until = i64::MIN;
        self.drained = false;
        self.deferred = None;
        self.link_batches(bytes, base);
        if self.frontier.len() > 0 {
            self.initial.get_or_insert(self.number);
        }
        self.output
            .put_sync(self.generation.start, EventKind::Sync { n: sync, clock: self.generation.snapshot });
        Ok(())
    }

    /// Forgets the state of the program, as before the first generation.
    pub(crate) fn forget(&mut self) {
        self.goroutines = Goroutines::default();
        self.procs = Procs::default();
        self.threads = Threads::default();
        self.tasks.clear();
        self.gc = gc::Gc::default();
        self.initial = None;
        self.frontier.clear();
        self.waiting.clear();
        self.generation.samples.clear();
        self.until = i64::MIN;
        self.drained = false;
        self.deferred = None;
        self.output.drop_following();
    }

    /// How many batches of the current generation have not been read to their end.
    pub(crate) fn unread_batches(&mut self) -> u64 {
        let mut unread = 0;
        for &thread in &self.starting {
            let Some(thread) = self.threads.place(thread) else { continue };
            unread += u64::from(thread.pos < thread.end);
            let mut at = thread.batch;
            while let Some(&(_, next)) = self.batches.get(at as usize) {
                unread += 1;
                at = next;
            }
        }
        unread
    }

    /// Links each thread's batches, and puts the threads into the frontier in order of first appearance.
    fn link_batches(&mut self, bytes: &[u8], base: u64) {
        self.batches.clear();
        let mut first_seen = std::mem::take(&mut self.starting);
        first_seen.clear();
        for batch in &self.generation.layout.events {
            let thread = self.threads.find_or_add(ThreadId(batch.thread));
            let link = self.batches.len() as u32;
            self.batches.push((*batch, NOWHERE));
            let Some(place) = self.threads.place(thread) else { continue };
            let last = std::mem::replace(&mut place.last_batch, link);
            match self.batches.get_mut(last as usize) {
                Some(last) => last.1 = link,
                None => {
                    place.batch = link;
                    first_seen.push(thread);
                }
            }
        }
        for &thread in &first_seen {
            let Some(place) = self.threads.place(thread) else { continue };
            place.last_batch = NOWHERE;
            place.end = 0;
            place.pos = 0;
            match self.next_batch(thread, bytes, base) {
                Ok(true) => {
                    let time = self.threads.place(thread).map_or(0, |thread| thread.time);
                    self.frontier.insert(time, thread);
                }
                Ok(false) => {}
                Err(fault) => {
                    self.deferred.get_or_insert(fault);
                }
            }
        }
        self.starting = first_seen;
    }

    /// Opens the thread's next batch that has an event, and reads the head of that. False: there is none.
    #[inline(never)]
    fn next_batch(&mut self, at: u32, bytes: &[u8], base: u64) -> Advance {
        let clock = self.generation.clock;
        let Some(thread) = self.threads.place(at) else { return Ok(false) };
        loop {
            let Some(&(batch, next)) = self.batches.get(thread.batch as usize) else { return Ok(false) };
            thread.batch = next;
            if batch.start == batch.end {
                continue;
            }
            let offset = base + batch.start as u64;
            thread.time = clock.nanoseconds(batch.time).ok_or(Fault::new(ErrorKind::TimeOverflow, offset))?;
            thread.end = batch.end;
            let data = bytes.get(batch.start..batch.end).unwrap_or_default();
            thread.read_head(&mut Cursor::at(data, offset), base, clock)?;
            return Ok(true);
        }
    }

    /// Makes the next event of the generation the current one; false at its end.
    ///
    /// # Errors
    /// At the event in question: [`ErrorKind::NoOrder`], [`ErrorKind::BadTransition`], [`ErrorKind::BadRange`],
    /// [`ErrorKind::BadEnum`], [`ErrorKind::UnknownRef`], [`ErrorKind::UnknownEvent`], [`ErrorKind::IdReserved`],
    /// [`ErrorKind::TimeOverflow`], and those of varints.
    #[inline(always)]
    pub(crate) fn next(&mut self, bytes: &[u8], base: u64) -> Advance {
        if self.output.has_next() {
            self.output.advance();
            return Ok(true);
        }
        let time = self.threads.place(self.current).map_or(i64::MAX, |thread| thread.time);
        if time <= self.until && self.advance(self.current, bytes, base)? {
            return Ok(true);
        }
        self.choose(bytes, base)
    }

    /// The same, when the thread that went last may not be the one to go next.
    #[inline(never)]
    fn choose(&mut self, bytes: &[u8], base: u64) -> Advance {
        if let Some(fault) = self.deferred.take() {
            return Err(fault);
        }
        self.settle_first();
        loop {
            let sample = self.generation.samples.get(self.next_sample).map_or(i64::MAX, |sample| sample.time);
            let Some((time, thread)) = self.frontier.first() else {
                if self.waiting.is_empty() {
                    return Ok(self.take_sample());
                }
                if sample < self.waiting.first_time() {
                    return Ok(self.take_sample());
                }
                if !self.waiting.wake_all(&mut self.frontier, SEARCH + SEARCH_AN_EVENT * self.advanced) {
                    let at = self.waiting.any().map_or(base, |thread| self.offset(thread, base));
                    return Err(Fault::new(ErrorKind::NoOrder, at));
                }
                continue;
            };
            if sample < time.min(self.waiting.first_time()) {
                return Ok(self.take_sample());
            }
            self.current = thread;
            self.until = self.frontier.second_time().min(sample);
            if let Some(thread) = self.threads.place(thread) {
                thread.known = true;
            }
            self.advanced += 1;
            if self.advance(thread, bytes, base)? {
                if !self.waiting.is_empty() {
                    self.until = i64::MIN;
                    self.wake();
                }
                return Ok(true);
            }
            self.until = i64::MIN;
            if self.waiting.is_empty() {
                self.searched += self.frontier.len() as u64;
                if self.searched <= SEARCH + SEARCH_AN_EVENT * self.advanced {
                    return match self.search(bytes, base)? {
                        true => Ok(true),
                        false => Err(Fault::new(ErrorKind::NoOrder, self.offset(thread, base))),
                    };
                }
            }
            self.frontier.remove(0);
            self.waiting.add(self.blocked, time, thread);
        }
    }

    /// Brings the first of the frontier up to date with its thread.
    fn settle_first(&mut self) {
        let Some((_, first)) = self.frontier.first() else { return };
        if first == self.current {
            if self.drained {
                self.frontier.remove(0);
            } else if let Some(thread) = self.threads.place(first) {
                self.frontier.update_first(thread.time);
            }
        }
        self.drained = false;
        self.current = NOWHERE;
    }

    /// Tries every thread but the first, in order of time.
    fn search(&mut self, bytes: &[u8], base: u64) -> Advance {
        self.frontier.sort();
        self.current = NOWHERE;
        for at in 1..self.frontier.len() {
            let Some(thread) = self.frontier.thread(at) else { break };
            if let Some(thread) = self.threads.place(thread) {
                thread.known = true;
            }
            if self.advance(thread, bytes, base)? {
                if std::mem::take(&mut self.drained) {
                    self.frontier.remove(at);
                } else if let Some(thread) = self.threads.place(thread) {
                    self.frontier.update(at, thread.time);
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts back the threads that waited for what the events just given have brought about.
    fn wake(&mut self) {
        let events = std::iter::once(&self.output.event).chain(self.output.following());
        for event in events {
            for key in
                waiting::keys_of(event, &mut self.goroutines, &mut self.procs, &self.gc).into_iter().flatten()
            {
                self.waiting.wake(key, &mut self.frontier);
            }
        }
    }

    fn take_sample(&mut self) -> bool {
        let Some(sample) = self.generation.samples.get(self.next_sample) else { return false };
        self.next_sample += 1;
        let Sample { time, thread, goroutine, proc, .. } = *sample;
        let context = Context { thread, goroutine, proc, time };
        self.output.put(context, sample.stack, EventKind::StackSample);
        true
    }

    /// Offset of the arguments of the next event of a thread.
    fn offset(&mut self, thread: u32, base: u64) -> u64 {
        base + self.threads.place(thread).map_or(0, |thread| thread.pos as u64)
    }

    /// Lets the next event of a thread take effect, if it can, and reads the head of the one after it.
    #[inline(always)]
    fn advance(&mut self, at: u32, bytes: &[u8], base: u64) -> Advance {
        let Some(thread) = self.threads.place(at) else { return Ok(false) };
        let data = bytes.get(thread.pos..thread.end).unwrap_or_default();
        let mut input = Cursor::at(data, base + thread.pos as u64);
        let done = match thread.code {
            code::GO_START => self.go_start(at, &mut input)?,
            code::GO_UNBLOCK => self.go_unblock(at, &mut input)?,
            code::GO_BLOCK | code::GO_STOP => self.go_stop(at, &mut input)?,
            code::GO_SYSCALL_BEGIN => self.syscall_begin(at, &mut input)?,
            code::GO_SYSCALL_END => self.syscall_end(at, &input)?,
            code => self.advance_rare(at, code, &mut input)?,
        };
        if !done {
            return Ok(false);
        }
        let clock = self.generation.clock;
        let Some(thread) = self.threads.place(at) else { return Ok(false) };
        let more = if input.is_empty() {
            self.next_batch(at, bytes, base)
        } else {
            thread.read_head(&mut input, base, clock).map(|()| true)
        };
        match more {
            Ok(true) => {}
            Ok(false) => {
                self.drained = true;
                self.until = i64::MIN;
            }
            Err(fault) => {
                self.deferred = Some(fault);
                self.until = i64::MIN;
            }
        }
        Ok(true)
    }

    #[inline(never)]
    fn advance_rare(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let fault = Fault::new(ErrorKind::UnknownEvent, input.offset());
        match code {
            code::PROC_START => self.proc_start(at, input),
            code::PROC_STOP => self.proc_stop(at, input),
            code::PROC_STEAL => self.proc_steal(at, input),
            code::PROC_STATUS => self.proc_status(at, input),
            code::GO_CREATE | code::GO_CREATE_BLOCKED => self.go_create(at, code, input),
            code::GO_CREATE_SYSCALL => self.go_create_syscall(at, input),
            code::GO_DESTROY => self.go_destroy(at, input),
            code::GO_DESTROY_SYSCALL => self.go_destroy_syscall(at, input),
            code::GO_SYSCALL_END_BLOCKED => self.syscall_end_blocked(at, input),
            code::GO_STATUS | code::GO_STATUS_STACK => self.go_status(at, code, input),
            code::GO_SWITCH | code::GO_SWITCH_DESTROY => self.go_switch(at, code, input),
            code::STW_BEGIN | code::GC_MARK_ASSIST_BEGIN => self.go_range_begin(at, code, input),
            code::STW_END | code::GC_MARK_ASSIST_END => self.go_range_end(at, code, input),
            code::GC_MARK_ASSIST_ACTIVE => self.mark_assist_active(at, input),
            code::GC_ACTIVE => self.gc_active(at, input),
            code::GC_BEGIN => self.gc_begin(at, input),
            code::GC_END => self.gc_end(at, input),
            code::GC_SWEEP_ACTIVE => self.sweep_active(at, input),
            code::GC_SWEEP_BEGIN => self.sweep_begin(at, input),
            code::GC_SWEEP_END => self.sweep_end(at, input),
            code::PROCS_CHANGE | code::HEAP_ALLOC | code::HEAP_GOAL => self.metric(at, code, input),
            code::GO_LABEL => self.label(at, input),
            code::USER_TASK_BEGIN => self.task_begin(at, input),
            code::USER_TASK_END => self.task_end(at, input),
            code::USER_REGION_BEGIN | code::USER_REGION_END => self.region(at, code, input),
            code::USER_LOG => self.log(at, input),
            code::SPAN..=code::GOROUTINE_STACK_FREE => self.experimental(at, code, input),
            _ => Err(fault),
        }
    }

    /// Whether this is the first generation that has events.
    fn is_initial(&self) -> bool {
        self.initial == Some(self.number)
    }
}
