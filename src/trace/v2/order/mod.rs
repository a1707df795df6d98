//! Merges the threads' event streams into one order that keeps cause before effect, and checks it.
//!
//! The rules are those of Go's reader (`src/internal/trace/order.go`, `reader.go`): the thread with the earliest next
//! event goes first; an event whose cause has not been seen waits while other threads go on.
//!
//! Guarantees: no allocation an event in steady state; each event costs O(log threads) whatever the input: where
//! Go's reader would sort its threads again and again, threads that wait are set aside under what they wait for.

mod assumed;
mod follow;
mod frontier;
mod gc;
mod goroutines;
mod hot;
mod notes;
mod output;
mod procs;
mod sched;
mod status;
mod step;
mod syscall;
mod threads;
mod waiting;

use crate::error::{ErrorKind, Fault};
use crate::intern::Map;
use crate::trace::event::EventKind;
use crate::trace::event::{StringId, TaskId, ThreadId};
use crate::trace::tables::Tables;
use crate::trace::v2::generation::{Generation, Part};
use crate::trace::v2::samples::Sample;
use crate::trace::v2::scan::BatchRef;
use crate::trace::v2::wire::{EventSpec, Spare, Version, Window, code};
use crate::wire::Cursor;
pub(crate) use assumed::{last_time, tasks_begun};
use frontier::Frontier;
use goroutines::{Goroutines, NOWHERE};
use hot::Hot;
use output::{Context, Output};
use procs::Procs;
use step::Step;
use threads::{Thread, Threads};
use waiting::{Key, Waiting};

/// Steps that the search for an event that can go may take in a generation before waiting threads are set aside:
/// this many, and [`SEARCH_AN_EVENT`] more for each event. Real traces need a few hundred.
const SEARCH: u64 = 1 << 16;
const SEARCH_AN_EVENT: u64 = 8;

/// Whether an event took effect or must wait for another; what for is in [`Order::blocked`].
type Advance = Result<bool, Fault>;

/// What is to be done next.
enum Chosen {
    /// The current thread is to go.
    Thread,
    /// An event is at hand.
    Given,
    /// The generation is at its end.
    Nothing,
}

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
    /// How many generations have begun, and with which one events did. Sequence numbers count within one.
    round: u32,
    initial: Option<u32>,
    /// What the state of the program was built upon, if not upon the generations before.
    assumed: Option<Box<assumed::Assumed>>,

    /// The batches of each thread, linked.
    batches: Vec<(BatchRef, u32)>,
    /// Threads in order of first appearance in the generation.
    starting: Vec<u32>,
    frontier: Frontier,
    /// The thread that is first in the frontier, as long as its next event is not after `until`.
    current: u32,
    until: i64,
    /// When the next CPU sample is due.
    sample_time: i64,
    /// The current thread has used up its batch, or all of its batches.
    exhausted: bool,
    drained: bool,
    /// Found while the event before was taken; told after it. Its place counts from the generation's first byte.
    deferred: Option<Fault>,
    next_sample: usize,
    /// The thread whose event was refused.
    culprit: u32,
    /// Why the current thread cannot go on.
    refused: Option<ErrorKind>,
    spare: Spare,
    blocked: Key,
    waiting: Waiting,
    searched: u64,
    advanced: u64,
}

impl Order {
    /// Begins a generation whose batches stand in its layout, and gives its sync event. If it is lenient, tables need
    /// not be whole.
    ///
    /// # Errors
    /// Those of its tables; the generation is then to be left out.
    pub(crate) fn begin(
        &mut self,
        part: Part<'_>,
        version: Version,
        sync: u32,
        lenient: bool,
        tables: &mut Tables,
    ) -> Result<(), Fault> {
        self.generation.read_tables(part, version, lenient, tables)?;
        self.start(part.bytes, sync);
        Ok(())
    }

    /// Begins the generation whose tables have been read, and gives its sync event.
    pub(crate) fn start(&mut self, bytes: &[u8], sync: u32) {
        self.round += 1;
        self.frontier.clear();
        self.waiting.clear();
        self.next_sample = 0;
        self.searched = 0;
        self.advanced = 0;
        self.current = NOWHERE;
        self.until = i64::MIN;
        self.exhausted = false;
        self.drained = false;
        self.deferred = None;
        self.refused = None;
        self.culprit = NOWHERE;
        self.link_batches(bytes);
        if self.is_guess() {
            self.note_beginnings();
        }
        if self.frontier.len() > 0 {
            self.initial.get_or_insert(self.round);
        }
        self.output
            .put_sync(self.generation.start, EventKind::Sync { n: sync, clock: self.generation.snapshot });
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
        self.exhausted = false;
        self.drained = false;
        self.deferred = None;
        self.refused = None;
        self.culprit = NOWHERE;
        self.output.drop_following();
    }

    /// Which thread and event were refused, in words.
    pub(crate) fn culprit(&mut self) -> Option<String> {
        let thread = self.threads.place(self.culprit)?;
        let name = EventSpec::of(thread.code).map_or("?", |row| row.name);
        Some(format!(" › thread {} › {name}", thread.id))
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
    fn link_batches(&mut self, bytes: &[u8]) {
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
            match self.next_batch(thread, bytes) {
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

    /// Goes on to the thread's next batch after an event that was the last of its batch.
    fn open_next_batch(&mut self, at: u32, bytes: &[u8]) {
        match self.next_batch(at, bytes) {
            Ok(true) => {}
            Ok(false) => self.drained = true,
            Err(fault) => self.deferred = Some(fault),
        }
    }

    /// Opens the thread's next batch that has an event, and reads the head of that. False: there is none.
    #[inline(never)]
    fn next_batch(&mut self, at: u32, bytes: &[u8]) -> Advance {
        let clock = &self.generation.clock;
        let Some(thread) = self.threads.place(at) else { return Ok(false) };
        loop {
            let Some(&(batch, next)) = self.batches.get(thread.batch as usize) else { return Ok(false) };
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
                Step::Refused(kind) => Err(Fault::new(kind, offset)),
                _ => Ok(true),
            };
        }
    }

    /// Makes the next event of the generation the current one; false at its end.
    ///
    /// # Errors
    /// At the event in question: [`ErrorKind::NoOrder`], [`ErrorKind::BadTransition`], [`ErrorKind::BadRange`],
    /// [`ErrorKind::BadEnum`], [`ErrorKind::UnknownRef`], [`ErrorKind::UnknownEvent`], [`ErrorKind::IdReserved`],
    /// [`ErrorKind::TimeOverflow`], and those of varints.
    #[inline(never)]
    pub(crate) fn next(&mut self, bytes: &[u8], base: u64) -> Advance {
        if let Some(kind) = self.refused.take() {
            return Err(self.fault(kind, self.current, base));
        }
        match self.choose(bytes, base)? {
            Chosen::Given => return Ok(true),
            Chosen::Nothing => return Ok(false),
            Chosen::Thread => {}
        }
        match self.advance(self.current, bytes) {
            Step::Done => Ok(true),
            Step::Waits => self.find_another(bytes, base),
            Step::Refused(kind) => Err(self.fault(kind, self.current, base)),
        }
    }

    /// Lets the current thread go on, or the one that is first now: the common way to the next event. False: something
    /// else is to be done, and nothing has happened.
    #[inline(never)]
    pub(crate) fn go_on(&mut self, bytes: &[u8]) -> bool {
        let Some(thread) = self.threads.place(self.current) else { return false };
        let time = thread.time;
        if time > self.until && !self.switch(time) {
            return false;
        }
        match self.advance(self.current, bytes) {
            Step::Done => return true,
            Step::Waits => {}
            Step::Refused(kind) => self.refused = Some(kind),
        }
        self.until = i64::MIN;
        false
    }

    /// Goes over to the thread that is first, now that the next event of the current one is at `time`; false if there is
    /// anything else to see to.
    #[inline(always)]
    fn switch(&mut self, time: i64) -> bool {
        if self.until == i64::MIN {
            return false;
        }
        self.frontier.update_first(time);
        let Some((time, first)) = self.frontier.first() else { return false };
        self.current = first;
        if self.sample_time < time {
            self.until = i64::MIN;
            return false;
        }
        self.until = self.frontier.second_time().min(self.sample_time);
        self.advanced += 1;
        if let Some(thread) = self.threads.place(first) {
            thread.known = true;
        }
        true
    }

    /// The fault of a refused event, where its arguments begin.
    #[cold]
    fn fault(&mut self, kind: ErrorKind, at: u32, base: u64) -> Fault {
        self.until = i64::MIN;
        self.culprit = at;
        let pos = self.threads.place(at).map_or(0, |thread| thread.pos as u64);
        Fault::new(kind, base + pos)
    }

    /// Decides which thread goes next, unless an event is at hand already.
    #[inline(never)]
    fn choose(&mut self, bytes: &[u8], base: u64) -> Result<Chosen, Fault> {
        if std::mem::take(&mut self.exhausted) {
            self.open_next_batch(self.current, bytes);
        }
        self.settle_first();
        if !self.waiting.is_empty() {
            self.wake();
        }
        if self.output.has_next() {
            self.output.advance();
            return Ok(Chosen::Given);
        }
        if let Some(Fault { kind, at }) = self.deferred.take() {
            return Err(Fault::new(kind, base + at));
        }
        loop {
            let sample = self.generation.samples.get(self.next_sample).map_or(i64::MAX, |sample| sample.time);
            let waiting = self.waiting.first_time();
            let Some((time, thread)) = self.frontier.first() else {
                if self.waiting.is_empty() || sample < waiting {
                    return Ok(self.take_sample());
                }
                if !self.waiting.wake_all(&mut self.frontier, SEARCH + SEARCH_AN_EVENT * self.advanced) {
                    let stuck = self.waiting.any().unwrap_or(NOWHERE);
                    return Err(self.fault(ErrorKind::NoOrder, stuck, base));
                }
                continue;
            };
            if sample < time.min(waiting) {
                return Ok(self.take_sample());
            }
            self.current = thread;
            self.sample_time = sample;
            self.until = match self.waiting.is_empty() {
                true => self.frontier.second_time().min(sample),
                false => i64::MIN,
            };
            self.advanced += 1;
            if let Some(thread) = self.threads.place(thread) {
                thread.known = true;
            }
            return Ok(Chosen::Thread);
        }
    }

    /// The earliest event must wait: tries the others in order of time, or sets its thread aside.
    #[inline(never)]
    fn find_another(&mut self, bytes: &[u8], base: u64) -> Advance {
        loop {
            self.until = i64::MIN;
            self.settle_first();
            let Some((time, thread)) = self.frontier.first() else { return Ok(false) };
            self.searched += self.frontier.len() as u64;
            if self.waiting.is_empty() && self.searched <= SEARCH + SEARCH_AN_EVENT * self.advanced {
                return match self.search(bytes, base)? {
                    true => Ok(true),
                    false => Err(self.fault(ErrorKind::NoOrder, thread, base)),
                };
            }
            if self.is_guess() {
                return Err(self.fault(ErrorKind::NoOrder, thread, base));
            }
            self.frontier.remove(0);
            self.waiting.add(self.blocked, time, thread);
            match self.choose(bytes, base)? {
                Chosen::Given => return Ok(true),
                Chosen::Nothing => return Ok(false),
                Chosen::Thread if self.advance_slowly(self.current, bytes, base)? => return Ok(true),
                Chosen::Thread => {}
            }
        }
    }

    /// [`advance`](Self::advance), for the paths that are rarely taken.
    #[inline(never)]
    fn advance_slowly(&mut self, at: u32, bytes: &[u8], base: u64) -> Advance {
        match self.advance(at, bytes) {
            Step::Done => Ok(true),
            Step::Waits => Ok(false),
            Step::Refused(kind) => Err(self.fault(kind, at, base)),
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
            if self.advance_slowly(thread, bytes, base)? {
                if std::mem::take(&mut self.exhausted) {
                    self.open_next_batch(thread, bytes);
                }
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

    fn take_sample(&mut self) -> Chosen {
        let Some(sample) = self.generation.samples.get(self.next_sample) else { return Chosen::Nothing };
        self.next_sample += 1;
        let Sample { time, thread, goroutine, proc, .. } = *sample;
        let context = Context { thread, goroutine, proc, time };
        self.output.put(context, sample.stack, EventKind::StackSample);
        Chosen::Given
    }

    /// Lets the next event of a thread take effect, if it can, and reads the head of the one after it.
    #[inline(always)]
    fn advance(&mut self, at: u32, bytes: &[u8]) -> Step {
        let Self { threads, goroutines, procs, generation, output, blocked, round, spare, .. } = self;
        let Some(thread) = threads.place(at) else { return Step::Waits };
        let mut input = Window::new(bytes.get(thread.pos..thread.end).unwrap_or_default(), spare);
        let mut hot =
            Hot { thread, at, goroutines, procs, names: &generation.names, output, blocked, round: *round };
        hot.place();
        let step = match hot.thread.code {
            code::GO_START => hot.go_start(&mut input),
            code::GO_UNBLOCK => hot.go_unblock(&mut input),
            code::GO_BLOCK | code::GO_STOP => hot.go_stop(&mut input),
            code::GO_SYSCALL_BEGIN => hot.syscall_begin(&mut input),
            code::GO_SYSCALL_END => hot.syscall_end(),
            code::GO_CREATE | code::GO_CREATE_BLOCKED => hot.go_create(&mut input),
            code::GO_DESTROY => hot.go_destroy(),
            _ => return self.advance_rare(at, bytes),
        };
        if step != Step::Done {
            return step;
        }
        let thread = hot.thread;
        if input.is_empty() {
            self.exhausted = true;
            self.until = i64::MIN;
        } else if let Step::Refused(kind) = thread.read_head(&mut input, &generation.clock) {
            self.defer(kind, at);
        }
        Step::Done
    }

    /// Notes what is wrong with the event after the one that took effect.
    #[cold]
    fn defer(&mut self, kind: ErrorKind, at: u32) {
        let pos = self.threads.place(at).map_or(0, |thread| thread.pos as u64);
        self.deferred = Some(Fault::new(kind, pos));
        self.until = i64::MIN;
    }

    /// The same for the events that make up the last tenth.
    #[inline(never)]
    fn advance_rare(&mut self, at: u32, bytes: &[u8]) -> Step {
        let Some(&mut Thread { code, pos, end, .. }) = self.threads.place(at) else { return Step::Waits };
        let mut input = Cursor::new(bytes.get(pos..end).unwrap_or_default());
        match self.rare(at, code, &mut input) {
            Ok(true) => {}
            Ok(false) => return Step::Waits,
            Err(fault) => return Step::Refused(fault.kind),
        }
        let Some(thread) = self.threads.place(at) else { return Step::Waits };
        thread.pos = end - input.rest().len();
        if input.is_empty() {
            self.exhausted = true;
            self.until = i64::MIN;
        } else {
            let mut input = Window::new(input.rest(), &mut self.spare);
            if let Step::Refused(kind) = thread.read_head(&mut input, &self.generation.clock) {
                self.defer(kind, at);
            }
        }
        Step::Done
    }

    fn rare(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let fault = Fault::new(ErrorKind::UnknownEvent, input.offset());
        match code {
            code::PROC_START => self.proc_start(at, input),
            code::PROC_STOP => self.proc_stop(at, input),
            code::PROC_STEAL => self.proc_steal(at, input),
            code::PROC_STATUS => self.proc_status(at, input),
            code::GO_CREATE_SYSCALL => self.go_create_syscall(at, input),
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
        self.initial == Some(self.round)
    }
}
