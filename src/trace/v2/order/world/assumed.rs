//! What was assumed to order a generation while those before it were still being ordered.

use super::OpenTask;
use super::status::{GoStatus, ProcStatus};
use crate::table::Map;
use crate::trace::event::{GoId, ProcId, StringId, TaskId};
use crate::trace::v2::order::slot::{BatchSlot, ThreadSlot};

/// Every answer about the past. With the same answers an order does the same.
#[derive(Debug, Default)]
pub(super) struct Assumed {
    /// Each thread, by slot.
    pub(super) threads: Vec<AssumedThread>,
    /// Each P, by slot.
    pub(super) procs: Vec<AssumedProc>,
    /// The goroutines that existed, with their status.
    pub(super) goroutines: Vec<(GoId, GoStatus)>,
    /// Goroutines whose ranges were asked for, and whether a mark assist was open, and nothing else.
    pub(super) ranges: Vec<(GoId, bool)>,
    /// Regions that ended while none from this generation was open.
    pub(super) regions: Vec<(GoId, TaskId, StringId)>,
    /// Tasks that may have been open.
    pub(super) open_tasks: Map<TaskId, OpenTask>,
    /// Tasks that began, and so were not open.
    pub(super) tasks: Vec<TaskId>,
    /// Tasks that ended, with the name and parent that they had.
    pub(super) ended_tasks: Vec<(TaskId, OpenTask)>,
    /// A task that ended was not among `open_tasks`: a search further back would help.
    pub(super) misses_task: bool,
    /// Whether the collector marked, and its last sequence number.
    pub(super) gc: Option<(bool, u64)>,
    /// The time of the last event.
    pub(super) last: i64,
}

/// The state of a thread when the generation began.
#[derive(Clone, Copy, Debug)]
pub(super) struct AssumedThread {
    pub(super) goroutine: GoId,
    pub(super) proc: ProcId,
    /// One of its events had been read, or another event had named it.
    pub(super) known: bool,
    /// One of its batches has been searched for that state.
    pub(super) is_searched: bool,
    /// Where its stream begins, to find out whether it has been read further.
    pub(super) position: usize,
    pub(super) batch: BatchSlot,
}

impl AssumedThread {
    const NEW: Self = Self {
        goroutine: GoId::NONE,
        proc: ProcId::NONE,
        known: false,
        is_searched: false,
        position: 0,
        batch: BatchSlot::NOWHERE,
    };
}

/// The state of a P when the generation began.
#[derive(Clone, Copy, Debug)]
pub(super) struct AssumedProc {
    pub(super) status: ProcStatus,
    pub(super) holder: ThreadSlot,
    /// Whether it swept, if that was asked.
    pub(super) sweeping: Option<bool>,
}

impl Assumed {
    /// The thread in a slot.
    pub(super) fn thread(&mut self, slot: ThreadSlot) -> &mut AssumedThread {
        let index = slot.index();
        if self.threads.len() <= index {
            self.threads.resize(index + 1, AssumedThread::NEW);
        }
        &mut self.threads[index]
    }
}
