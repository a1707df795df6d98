//! Ordering a generation while those before it are still being ordered: what is assumed of the past.
//!
//! The runtime tells the state of every goroutine and proc again in each generation, so most of the past stands in the
//! generation itself, at the head of each thread's stream. Every reading of a state that is older than the generation
//! leaves a note here; `follow` holds the notes against the state in which the generations before really ended.

use super::goroutines::{NOWHERE, status};
use super::procs::status as proc_status;
use super::{Fault, Order};
use crate::error::ErrorKind;
use crate::intern::Map;
use crate::trace::event::{GoId, ProcId, StringId, TaskId, ThreadId};
use crate::trace::v2::generation::Generation;
use crate::trace::v2::scan::BatchRef;
use crate::trace::v2::wire::{Batch, code};
use crate::wire::Cursor;

/// How many events may lie between the status of an abandoned proc and its theft. The runtime writes one or two.
const THEFT_AHEAD: usize = 64;

/// What a generation was ordered upon.
#[derive(Debug, Default)]
pub(super) struct Assumed {
    /// Of each thread, by place.
    pub(super) threads: Vec<PastThread>,
    /// Of each proc, by place.
    pub(super) procs: Vec<PastProc>,
    /// The goroutines that existed, with their status.
    pub(super) goroutines: Vec<(GoId, u8)>,
    /// Goroutines whose ranges were looked at, and whether a mark assist was open, and nothing else.
    pub(super) ranges: Vec<(GoId, bool)>,
    /// Regions that ended while none that began in the generation was open.
    pub(super) regions: Vec<(GoId, TaskId, StringId)>,
    /// Tasks that may have been open.
    pub(super) open_tasks: Map<TaskId, (StringId, TaskId)>,
    /// Tasks that began, and so were not there.
    pub(super) tasks: Vec<TaskId>,
    /// Tasks that ended, with the name and parent that they had.
    pub(super) ended_tasks: Vec<(TaskId, (StringId, TaskId))>,
    /// One of them was not found, and what the past tells of tasks would be of use.
    pub(super) misses_task: bool,
    /// Whether the collector marked, and its last sequence number.
    pub(super) gc: Option<(bool, u64)>,
    /// The time of the last event.
    pub(super) last: i64,
}

/// What a thread was when the generation began.
#[derive(Clone, Copy, Debug)]
pub(super) struct PastThread {
    pub(super) goroutine: GoId,
    pub(super) proc: ProcId,
    /// It must have been met before.
    pub(super) known: bool,
    /// Where its stream begins, to tell whether it has gone on.
    pos: usize,
    batch: u32,
}

const NEW: PastThread =
    PastThread { goroutine: GoId::NONE, proc: ProcId::NONE, known: false, pos: 0, batch: NOWHERE };

/// What a proc was when the generation began.
#[derive(Clone, Copy, Debug)]
pub(super) struct PastProc {
    pub(super) status: u8,
    /// The place of the thread that held it.
    pub(super) holder: u32,
    /// Whether it swept, once that was asked.
    pub(super) sweeping: Option<bool>,
}

impl Order {
    /// Whether it builds upon assumptions.
    pub(crate) fn is_guess(&self) -> bool {
        self.assumed.is_some()
    }

    /// An order for `generation`, in the state that the generation itself tells of its beginning; the event before it
    /// happened at `last`.
    pub(crate) fn guess(
        generation: Generation,
        last: i64,
        open_tasks: Map<TaskId, (StringId, TaskId)>,
        bytes: &[u8],
    ) -> Self {
        let assumed = Some(Box::new(Assumed { last, open_tasks, ..Assumed::default() }));
        let mut order = Self { generation, initial: Some(0), assumed, ..Self::default() };
        order.output.continue_after(last);
        let batches = std::mem::take(&mut order.generation.layout.events);
        for batch in &batches {
            let thread = ThreadId(batch.thread);
            let is_new = order.threads.find(thread).is_none_or(|at| order.past_thread(at).batch == NOWHERE);
            if batch.start < batch.end && (is_new || thread.is_none()) {
                let at = order.threads.find_or_add(thread);
                order.look_ahead(at, batch, bytes);
                // Not a batch: that it was looked at.
                order.past_thread(at).batch = 0;
            }
        }
        order.generation.layout.events = batches;
        order
    }

    /// Whether an assumption failed because too little was known of tasks.
    pub(crate) fn misses_task(&self) -> bool {
        self.assumed.as_ref().is_some_and(|assumed| assumed.misses_task)
    }

    /// Name and parent of a task that began before; none if nothing is known of it.
    pub(super) fn assume_task(&mut self, id: TaskId) -> Option<(StringId, TaskId)> {
        let assumed = self.assumed.as_mut()?;
        let task = assumed.open_tasks.remove(&id);
        match task {
            Some(task) => assumed.ended_tasks.push((id, task)),
            None => assumed.misses_task = true,
        }
        task
    }

    /// Notes where the streams begin.
    pub(super) fn note_beginnings(&mut self) {
        for at in 0..self.threads.len() as u32 {
            let Some(&mut thread) = self.threads.place(at) else { continue };
            let past = self.past_thread(at);
            (past.pos, past.batch) = (thread.pos, thread.batch);
        }
    }

    fn past_thread(&mut self, at: u32) -> &mut PastThread {
        let threads = &mut self.assumed.get_or_insert_default().threads;
        let at = at as usize;
        if threads.len() <= at {
            threads.resize(at + 1, NEW);
        }
        &mut threads[at]
    }

    /// Looks at the states that a stream tells before anything happens in it: what its thread runs and holds has been so
    /// before. The stream of no thread tells states alone.
    fn look_ahead(&mut self, at: u32, batch: &BatchRef, bytes: &[u8]) {
        let thread = ThreadId(batch.thread);
        let mut events = open(batch, bytes);
        while let Ok(Some(event)) = events.next_event() {
            let [id, named, go_status, _] = event.args;
            match event.code {
                code::PROC_STATUS if thread.is_none() => {}
                code::PROC_STATUS => match named {
                    1 => self.held(at, id, proc_status::RUNNING),
                    3 => self.held(at, id, proc_status::SYSCALL),
                    _ => {}
                },
                code::GO_STATUS | code::GO_STATUS_STACK => {
                    let (id, named) = (GoId(id as i64), ThreadId(named as i64));
                    match go_status {
                        2 if !thread.is_none() => self.ran(at, id, status::RUNNING),
                        3 if named == thread => self.ran(at, id, status::SYSCALL),
                        3 if !named.is_none() => {
                            let other = self.threads.find_or_add(named);
                            self.ran(other, id, status::SYSCALL);
                        }
                        _ => {}
                    }
                }
                code::GC_SWEEP_ACTIVE | code::GC_MARK_ASSIST_ACTIVE => {}
                _ if thread.is_none() => {}
                _ => return,
            }
        }
    }

    /// Assumes that a thread ran a goroutine.
    fn ran(&mut self, at: u32, id: GoId, status: u8) {
        let past = self.past_thread(at);
        if id.is_none() || !past.goroutine.is_none() || self.goroutines.find(id).is_some() {
            return;
        }
        let past = self.past_thread(at);
        past.goroutine = id;
        past.known = true;
        let g = self.assume_goroutine(id, status);
        self.threads.run(at, id, g);
        self.threads.meet(at);
    }

    /// Assumes that a thread held a proc.
    fn held(&mut self, at: u32, id: u64, status: u8) {
        let free = self.past_thread(at).proc.is_none() && self.procs.find(id).is_none();
        let Ok(id) = i32::try_from(id).map(ProcId) else { return };
        if !free || id.is_none() {
            return;
        }
        let past = self.past_thread(at);
        past.proc = id;
        past.known = true;
        let p = self.procs.add(id, status, 0);
        self.past_proc(PastProc { status, holder: at, sweeping: None });
        self.threads.hold(at, p, &mut self.procs);
        self.threads.meet(at);
    }

    fn past_proc(&mut self, proc: PastProc) {
        self.assumed.get_or_insert_default().procs.push(proc);
    }

    /// Assumes that a goroutine existed; gives its place.
    pub(super) fn assume_goroutine(&mut self, id: GoId, status: u8) -> u32 {
        self.assumed.get_or_insert_default().goroutines.push((id, status));
        self.goroutines.add(id, status, 0)
    }

    /// Assumes that a thread that tells nothing itself is in a system call with a goroutine at place `g`.
    pub(super) fn assume_in_syscall(&mut self, at: u32, id: GoId, g: u32) {
        let past = self.past_thread(at);
        past.goroutine = id;
        past.known = true;
        self.threads.run(at, id, g);
        self.threads.meet(at);
    }

    /// Assumes that a proc was as it is told to be at `input`, if nothing is known of it. One that is told to be
    /// abandoned is going to be stolen, and was held by the thread that the theft names.
    pub(super) fn assume_proc(&mut self, id: ProcId, status: u8, input: &Cursor<'_>) -> Result<(), Fault> {
        if self.procs.find(id.0 as u64).is_some() {
            return Ok(());
        }
        if status != proc_status::ABANDONED {
            self.procs.add(id, status, 0);
            self.past_proc(PastProc { status, holder: NOWHERE, sweeping: None });
            return Ok(());
        }
        let fault = Fault::new(ErrorKind::BadTransition, input.offset());
        let rest = BatchRef { thread: 0, time: 0, start: 0, end: input.rest().len() };
        let mut ahead = open(&rest, input.rest());
        let mut victim = ThreadId::NONE;
        for _ in 0..THEFT_AHEAD {
            match ahead.next_event() {
                Ok(Some(event)) if event.code == code::PROC_STEAL && event.args[0] == id.0 as u64 => {
                    victim = ThreadId(event.args[2] as i64);
                    break;
                }
                Ok(Some(_)) => {}
                _ => return Err(fault),
            }
        }
        if victim.is_none() {
            return Err(fault);
        }
        let at = self.threads.find_or_add(victim);
        let Some(&mut thread) = self.threads.place(at) else { return Err(fault) };
        let past = *self.past_thread(at);
        let has_gone_on = (past.pos, past.batch) != (thread.pos, thread.batch);
        if has_gone_on || !past.proc.is_none() {
            return Err(fault);
        }
        self.held(at, id.0 as u64, proc_status::SYSCALL);
        Ok(())
    }

    /// Notes that a goroutine's ranges are looked at, and assumes that a mark assist was open, or that none was.
    pub(super) fn assume_ranges(&mut self, id: GoId, assists: bool) {
        let Some(assumed) = &mut self.assumed else { return };
        let place = self.goroutines.find(id);
        let Some(open) = place.and_then(|place| self.goroutines.open(place)) else { return };
        if !std::mem::replace(&mut open.noted, true) {
            assumed.ranges.push((id, assists));
            if assists {
                open.ranges.insert(0, super::goroutines::GoRange::MarkAssist);
            }
        }
    }

    /// Notes that it is asked whether the proc at a place sweeps, and assumes the answer.
    pub(super) fn assume_sweeping(&mut self, p: u32, sweeping: bool) {
        let Some(past) = self.assumed.as_mut().and_then(|assumed| assumed.procs.get_mut(p as usize)) else {
            return;
        };
        if past.sweeping.is_none() {
            past.sweeping = Some(sweeping);
            if let Some(state) = self.procs.place(p) {
                state.sweeping = sweeping;
            }
        }
    }
}

fn open<'a>(batch: &BatchRef, bytes: &'a [u8]) -> crate::trace::v2::wire::TimedEvents<'a> {
    let data = bytes.get(batch.start..batch.end).unwrap_or_default();
    let thread = ThreadId(batch.thread);
    Batch { experiment: 0, generation: 0, thread, time: batch.time, offset: batch.start as u64, data }
        .events()
}

/// When the last event of `generation` happened, as far as the ends of the streams tell. The runtime writes the stream of
/// no thread when every thread has left the generation; only where there is none the others must be looked at.
pub(crate) fn last_time(generation: &Generation, bytes: &[u8]) -> i64 {
    let mut ends = Map::default();
    for batch in generation.layout.events.iter().filter(|batch| batch.start < batch.end) {
        ends.insert(ThreadId(batch.thread), *batch);
    }
    if let Some(end) = ends.remove(&ThreadId::NONE) {
        ends.clear();
        ends.insert(ThreadId::NONE, end);
    }
    let mut last = generation.samples.last().map_or(generation.start, |sample| sample.time);
    for batch in ends.values() {
        let Some(mut time) = generation.clock.nanoseconds(batch.time) else { continue };
        let mut events = open(batch, bytes);
        while let Ok(Some(event)) = events.next_event() {
            time = time.saturating_add(generation.clock.nanoseconds(event.units).unwrap_or(0));
        }
        last = last.max(time);
    }
    last
}

/// The tasks that began in `generation`: in the last batch of each thread, or in all. Most tasks are short, and those that
/// are open at the end began shortly before it.
pub(crate) fn tasks_begun(
    generation: &Generation,
    in_all: bool,
    bytes: &[u8],
) -> Map<TaskId, (StringId, TaskId)> {
    let mut seen = crate::intern::Set::default();
    let mut tasks = Map::default();
    for batch in generation.layout.events.iter().rev().filter(|batch| batch.start < batch.end) {
        if !seen.insert(batch.thread) && !in_all {
            continue;
        }
        let mut events = open(batch, bytes);
        while let Ok(Some(event)) = events.next_event() {
            let [id, parent, name, _] = event.args;
            if event.code != code::USER_TASK_BEGIN {
                continue;
            }
            let parent = if TaskId(parent) == TaskId::BACKGROUND { TaskId::NONE } else { TaskId(parent) };
            let name = generation.names.strings.handle(name).map_or(StringId::EMPTY, StringId);
            tasks.insert(TaskId(id), (name, parent));
        }
    }
    tasks
}
