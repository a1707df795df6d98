//! The state of a merge: the next event of each P, and the state of each goroutine.

use super::lane::Lane;
use super::rules::{Number, Rule, Status};
use super::spec::Kind;
use crate::table::Ids;

/// The slot of nothing.
pub(super) const NONE: u32 = u32::MAX;
/// The slot of the pseudo goroutine of the garbage collector.
pub(super) const COLLECTOR: u32 = 0;

/// The state of a goroutine in a merge.
#[derive(Clone, Copy, Debug)]
pub(super) struct GoState {
    pub(super) seq: u64,
    /// When it last blocked in a system call; 0 for never.
    pub(super) blocked: u64,
    pub(super) status: Status,
    /// Whether a P may wait for it.
    pub(super) awaited: bool,
}

/// A state that a P waits for; without a sequence number, any will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Need {
    pub(super) g: u32,
    pub(super) status: Status,
    pub(super) seq: Option<u64>,
}

/// One P in the merge: its next event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) lane: Lane,
    pub(super) time: u64,
    pub(super) offset: usize,
    /// The goroutine of the event.
    pub(super) g: u64,
    /// The sequence number that its subject must have, if its rule asks for one.
    pub(super) seq: u64,
    /// The real time of a return from a system call; 0 for none.
    pub(super) exit: u64,
    /// Position of its subject among the states.
    pub(super) subject: u32,
    /// The goroutine that last ran here, and its position among the states.
    pub(super) runner_slot: u32,
    pub(super) runner: u64,
    /// Its neighbours in the list of Ps that wait for the same.
    pub(super) before: u32,
    pub(super) after: u32,
    /// The P's number: among equal times the lower goes first.
    pub(super) id: i32,
    pub(super) kind: Kind,
    pub(super) waits: bool,
}

impl Head {
    /// What the next event of the P needs.
    pub(super) fn need(&self) -> Need {
        let rule = Rule::of(self.kind);
        let seq = match rule.number {
            Number::Same | Number::Next => None,
            Number::Is(_) | Number::Argument(_) => Some(self.seq),
        };
        Need { g: self.subject, status: rule.before, seq }
    }
}

/// The goroutines of a merge, by slot.
#[derive(Debug)]
pub(super) struct GoStates {
    /// Goroutine id to slot.
    slots: Ids<u32>,
    states: Vec<GoState>,
}

impl GoStates {
    /// States of no goroutine but the collector's, for an input of this many bytes.
    pub(super) fn new(input_len: usize) -> Self {
        Self { slots: Ids::new(input_len / 2 + 64, NONE), states: vec![GoState::NEW] }
    }

    /// The slot of goroutine `g`.
    #[inline(always)]
    pub(super) fn slot(&mut self, g: u64) -> u32 {
        let slot = self.slots.get(g);
        if slot != NONE { slot } else { self.new_slot(g) }
    }

    #[inline(never)]
    fn new_slot(&mut self, g: u64) -> u32 {
        let slot = self.states.len() as u32;
        self.states.push(GoState::NEW);
        self.slots.set(g, slot);
        slot
    }

    #[inline(always)]
    pub(super) fn get(&self, slot: u32) -> Option<&GoState> {
        self.states.get(slot as usize)
    }

    #[inline(always)]
    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut GoState> {
        self.states.get_mut(slot as usize)
    }
}

impl GoState {
    const NEW: Self = Self { seq: 0, blocked: 0, status: Status::Dead, awaited: false };
}
