//! What a generation records at the heads of its streams, and the generation before it at their ends.

use super::status::{GoStatus, ProcStatus};
use super::{OpenTask, World};
use crate::table::{Map, Set};
use crate::trace::event::{GoId, StringId, TaskId, ThreadId};
use crate::trace::v2::generation::Generation;
use crate::trace::v2::order::slot::ThreadSlot;
use crate::trace::v2::scan::BatchRef;
use crate::trace::v2::wire::{Batch, TimedEvents, code};

impl World {
    /// Assumes what the first batches of the threads record of their beginnings.
    pub(crate) fn look_ahead(&mut self, batches: &[BatchRef], bytes: &[u8]) {
        for batch in batches {
            let thread = ThreadId(batch.thread);
            let is_new = self.threads.find(thread).is_none_or(|slot| !self.assumed_thread(slot).is_searched);
            if batch.start < batch.end && (is_new || thread.is_none()) {
                let slot = self.threads.find_or_add(thread);
                self.look_into(slot, batch, bytes);
                self.assumed_thread(slot).is_searched = true;
            }
        }
    }

    /// Reads the statuses that a stream records before anything happens in it: what its thread runs and holds
    /// then, it ran and held before. The stream of `ThreadId::NONE` has only statuses.
    fn look_into(&mut self, slot: ThreadSlot, batch: &BatchRef, bytes: &[u8]) {
        let thread = ThreadId(batch.thread);
        let mut events = events(batch, bytes);
        while let Ok(Some(event)) = events.next_event() {
            let [id, second, third, _] = event.args;
            match event.code {
                code::PROC_STATUS if thread.is_none() => {}
                code::PROC_STATUS => match ProcStatus::recorded(second) {
                    Some(status) if status.is_held() => self.assume_holding(slot, id, status),
                    _ => {}
                },
                code::GO_STATUS | code::GO_STATUS_STACK => {
                    let (id, named) = (GoId(id as i64), ThreadId(second as i64));
                    match GoStatus::recorded(third) {
                        Some(status @ GoStatus::Running) if !thread.is_none() => {
                            self.assume_running(slot, id, status);
                        }
                        Some(status @ GoStatus::Syscall) if named == thread => {
                            self.assume_running(slot, id, status);
                        }
                        Some(status @ GoStatus::Syscall) if !named.is_none() => {
                            let other = self.threads.find_or_add(named);
                            self.assume_running(other, id, status);
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
}

/// The events of a batch.
pub(super) fn events<'a>(batch: &BatchRef, bytes: &'a [u8]) -> TimedEvents<'a> {
    let data = bytes.get(batch.start..batch.end).unwrap_or_default();
    let thread = ThreadId(batch.thread);
    Batch { experiment: 0, generation: 0, thread, time: batch.time, offset: batch.start as u64, data }
        .events()
}

/// When the last event of `generation` happened, as far as the ends of its streams show. The runtime writes
/// the stream of `ThreadId::NONE` after every thread has left the generation; only if it is missing must the
/// others be read.
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
        let mut events = events(batch, bytes);
        while let Ok(Some(event)) = events.next_event() {
            time = time.saturating_add(generation.clock.nanoseconds(event.units).unwrap_or(0));
        }
        last = last.max(time);
    }
    last
}

/// Where to look for tasks that began in a generation. Most tasks are short, so those that are open at its
/// end began shortly before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskSearch {
    /// In the last batch of each thread.
    LastBatches,
    /// In all batches.
    AllBatches,
}

/// The tasks that began in `generation`.
pub(crate) fn tasks_begun(
    generation: &Generation,
    search: TaskSearch,
    bytes: &[u8],
) -> Map<TaskId, OpenTask> {
    let mut seen = Set::default();
    let mut tasks = Map::default();
    for batch in generation.layout.events.iter().rev().filter(|batch| batch.start < batch.end) {
        if !seen.insert(batch.thread) && search == TaskSearch::LastBatches {
            continue;
        }
        let mut events = events(batch, bytes);
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
