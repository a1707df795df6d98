//! The procs at a point of the trace, and which threads hold them.

use super::goroutines::NOWHERE;
use crate::intern::Map;
use crate::trace::event::ProcId;

/// Procs below this number are found by it; real ones are.
const DENSE: usize = 4096;

/// A proc's status on the wire (`tracev2.ProcStatus`).
pub(super) mod status {
    pub(in crate::trace::v2::order) const RUNNING: u8 = 1;
    pub(in crate::trace::v2::order) const IDLE: u8 = 2;
    pub(in crate::trace::v2::order) const SYSCALL: u8 = 3;
    pub(in crate::trace::v2::order) const ABANDONED: u8 = 4;
}

/// What is known of one proc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proc {
    pub(super) id: ProcId,
    pub(super) status: u8,
    /// It sweeps memory.
    pub(super) sweeping: bool,
    /// The last sequence number, and the generation in which it counts.
    pub(super) seq: u64,
    pub(super) round: u32,
    /// The thread that took it last of those that hold it.
    pub(super) holder: u32,
}

impl Proc {
    /// Whether `seq` is the next number in generation `round`.
    #[inline(always)]
    pub(super) fn is_followed_by(&self, seq: u64, round: u32) -> bool {
        self.round == round && self.seq.wrapping_add(1) == seq
    }
}

/// Every proc ever named; none is removed.
#[derive(Debug, Default)]
pub(super) struct Procs {
    all: Vec<Proc>,
    dense: Vec<u32>,
    sparse: Map<u64, u32>,
}

impl Procs {
    /// Where the proc with a number of the wire is.
    #[inline(always)]
    pub(super) fn find(&self, id: u64) -> Option<u32> {
        let place = match self.dense.get(id.min(DENSE as u64) as usize) {
            Some(&place) => place,
            None => *self.sparse.get(&id)?,
        };
        (place != NOWHERE).then_some(place)
    }

    /// The proc at a place.
    #[inline(always)]
    pub(super) fn place(&mut self, place: u32) -> Option<&mut Proc> {
        self.all.get_mut(place as usize)
    }

    /// How many procs there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether a proc sweeps memory.
    pub(super) fn sweeps(&self, id: ProcId) -> bool {
        self.find(id.0 as u64).and_then(|p| self.all.get(p as usize)).is_some_and(|proc| proc.sweeping)
    }

    /// Adds a proc that is not known yet.
    pub(super) fn add(&mut self, id: ProcId, status: u8, round: u32) -> u32 {
        let place = self.all.len() as u32;
        self.all.push(Proc { id, status, sweeping: false, seq: 0, round, holder: NOWHERE });
        let number = id.0 as usize;
        if number < DENSE {
            if self.dense.len() <= number {
                self.dense.resize(number + 1, NOWHERE);
            }
            if let Some(slot) = self.dense.get_mut(number) {
                *slot = place;
            }
        } else {
            self.sparse.insert(id.0 as u64, place);
        }
        place
    }
}
