//! The state of the traced program at a point of the trace.
//!
//! A generation may be ordered ahead of the generations before it: `assume` answers what it asks about the
//! past, `assumed` remembers the answers, and `confirm` compares them with the state that the generations
//! before really left.

mod assume;
mod assumed;
mod confirm;
mod gc;
mod goroutines;
mod look_ahead;
mod procs;
mod status;
mod threads;

use crate::table::Map;
use crate::trace::event::{GoId, ProcId, StringId, TaskId, ThreadId};
use assumed::Assumed;
pub(crate) use gc::Gc;
pub(crate) use goroutines::{GoRange, Goroutines, Open};
pub(crate) use look_ahead::{TaskSearch, last_time, tasks_begun};
pub(crate) use procs::Procs;
pub(crate) use status::{GoStatus, ProcStatus};
pub(crate) use threads::{Thread, Threads};

use super::slot::ThreadSlot;

/// Name and parent of a task that is open.
pub(crate) type OpenTask = (StringId, TaskId);

/// Goroutines, Ps, threads, tasks and the collector.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) goroutines: Goroutines,
    pub(crate) procs: Procs,
    pub(crate) threads: Threads,
    pub(crate) tasks: Map<TaskId, OpenTask>,
    pub(crate) gc: Gc,
    /// How many generations have begun. Sequence numbers count within one.
    pub(crate) round: u32,
    /// The first round that had events.
    initial: Option<u32>,
    /// The assumptions on which the state is built; `None` if it is built on the generations before.
    assumed: Option<Box<Assumed>>,
    /// What is known of regions that ended out of order.
    pub(crate) misuse: RegionMisuse,
}

/// Regions that ended although another one of their goroutine was the innermost.
#[derive(Debug, Default)]
pub(crate) struct RegionMisuse {
    /// Whether such an end is taken for what it says; otherwise it is an error.
    pub(crate) is_repaired: bool,
    /// How many there were since this was last asked for.
    pub(crate) count: u64,
    /// The latest: its goroutine and name.
    pub(crate) latest: Option<(GoId, StringId)>,
}

/// The context in which an event happens (Go's `schedCtx`), and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SchedContext {
    pub(crate) thread: ThreadId,
    pub(crate) goroutine: GoId,
    pub(crate) proc: ProcId,
    /// The time as recorded.
    pub(crate) time: i64,
}

impl World {
    /// Begins the next generation.
    pub(crate) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// The generation has events; the first generation with events may bring goroutines and Ps that are not
    /// known yet.
    pub(crate) fn has_events(&mut self) {
        self.initial.get_or_insert(self.round);
    }

    /// Whether this is the first generation that has events.
    pub(crate) fn is_initial(&self) -> bool {
        self.initial == Some(self.round)
    }

    /// Forgets everything: the state is that before the first generation.
    pub(crate) fn forget(&mut self) {
        *self = Self { round: self.round, assumed: self.assumed.take(), ..Self::default() };
    }

    /// Whether the state is built on assumptions.
    pub(crate) fn is_assumed(&self) -> bool {
        self.assumed.is_some()
    }

    /// Where the next event of a thread happens.
    #[inline(always)]
    pub(crate) fn context(&mut self, slot: ThreadSlot) -> SchedContext {
        match self.threads.get_mut(slot) {
            Some(thread) => SchedContext {
                thread: thread.id,
                goroutine: thread.goroutine,
                proc: thread.proc,
                time: thread.time,
            },
            None => {
                SchedContext { thread: ThreadId::NONE, goroutine: GoId::NONE, proc: ProcId::NONE, time: 0 }
            }
        }
    }
}
