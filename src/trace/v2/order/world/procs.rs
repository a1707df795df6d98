//! The Ps at a point of the trace, and which threads hold them.

use super::status::ProcStatus;
use crate::table::Map;
use crate::trace::event::ProcId;
use crate::trace::v2::order::slot::{ProcSlot, ThreadSlot};

/// Ps below this number are found directly; all real ones are.
const DENSE: usize = 4096;

/// What is known of one P.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proc {
    pub(crate) id: ProcId,
    pub(crate) status: ProcStatus,
    /// It sweeps memory.
    pub(crate) sweeping: bool,
    /// The last sequence number, and the generation in which it counts.
    pub(crate) seq: u64,
    pub(crate) round: u32,
    /// Of the threads that hold it, the last to acquire it.
    pub(crate) holder: ThreadSlot,
}

impl Proc {
    /// Whether `seq` is the next number in generation `round`.
    #[inline(always)]
    pub(crate) fn is_followed_by(&self, seq: u64, round: u32) -> bool {
        self.round == round && self.seq.wrapping_add(1) == seq
    }
}

/// Every P ever named; none is removed.
#[derive(Debug, Default)]
pub(crate) struct Procs {
    all: Vec<Proc>,
    dense: Vec<ProcSlot>,
    sparse: Map<u64, ProcSlot>,
}

impl Procs {
    /// The slot of the P with a recorded number.
    #[inline(always)]
    pub(crate) fn find(&self, id: u64) -> Option<ProcSlot> {
        let slot = match self.dense.get(id.min(DENSE as u64) as usize) {
            Some(&slot) => slot,
            None => *self.sparse.get(&id)?,
        };
        (slot != ProcSlot::NOWHERE).then_some(slot)
    }

    /// The P in a slot.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, slot: ProcSlot) -> Option<&mut Proc> {
        self.all.get_mut(slot.index())
    }

    /// The slot of every P.
    pub(crate) fn slots(&self) -> impl Iterator<Item = ProcSlot> + use<> {
        (0..self.all.len() as u32).map(ProcSlot)
    }

    /// Whether a P sweeps memory.
    pub(crate) fn sweeps(&self, id: ProcId) -> bool {
        self.find(id.0 as u64).and_then(|slot| self.all.get(slot.index())).is_some_and(|proc| proc.sweeping)
    }

    /// Adds a P that is not known yet.
    pub(crate) fn add(&mut self, id: ProcId, status: ProcStatus, round: u32) -> ProcSlot {
        let slot = ProcSlot(self.all.len() as u32);
        self.all.push(Proc { id, status, sweeping: false, seq: 0, round, holder: ThreadSlot::NOWHERE });
        let number = id.0 as usize;
        if number < DENSE {
            if self.dense.len() <= number {
                self.dense.resize(number + 1, ProcSlot::NOWHERE);
            }
            if let Some(entry) = self.dense.get_mut(number) {
                *entry = slot;
            }
        } else {
            self.sparse.insert(id.0 as u64, slot);
        }
        slot
    }
}
