//! The goroutines that exist at a point of the trace.

use super::status::GoStatus;
use crate::table::PositionIndex;
use crate::trace::event::{GoId, StringId, TaskId};
use crate::trace::v2::order::slot::{GoSlot, OpenSlot, ThreadSlot};

/// Most ranges that one goroutine may have open at once. The runtime stops the world for 17 reasons, one at a
/// time.
const MAX_RANGES: usize = 64;

/// What is known of one goroutine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goroutine {
    /// `NONE` in a free slot.
    pub(crate) id: GoId,
    /// The last sequence number, and the generation in which it counts.
    pub(crate) seq: u64,
    pub(crate) round: u32,
    /// The thread on which it started last.
    pub(crate) thread: ThreadSlot,
    /// Its regions and ranges, if it ever had any.
    open: OpenSlot,
    pub(crate) status: GoStatus,
}

impl Goroutine {
    /// Whether `seq` is the next number in generation `round`.
    #[inline(always)]
    pub(crate) fn is_followed_by(&self, seq: u64, round: u32) -> bool {
        self.round == round && self.seq.wrapping_add(1) == seq
    }
}

/// A range on a goroutine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoRange {
    StopTheWorld(StringId),
    MarkAssist,
}

/// Regions and ranges that are open on a goroutine.
#[derive(Debug, Default)]
pub(crate) struct Open {
    pub(crate) regions: Vec<(TaskId, StringId)>,
    pub(crate) ranges: Vec<GoRange>,
    /// Which ranges were open before the generation was assumed.
    pub(crate) is_assumed: bool,
}

impl Open {
    /// Whether a range can begin: it is not open, and not too many are.
    pub(crate) fn may_begin(&self, range: GoRange) -> bool {
        self.ranges.len() < MAX_RANGES && !self.ranges.contains(&range)
    }

    /// Closes the first range that `matches`.
    pub(crate) fn end(&mut self, matches: impl FnMut(&GoRange) -> bool) -> Option<GoRange> {
        let index = self.ranges.iter().position(matches)?;
        Some(self.ranges.swap_remove(index))
    }
}

/// Every goroutine that exists, found by its id or by its slot.
///
/// The runtime gives out ids in order, so the lower bits of an id lead straight to nearly every goroutine;
/// the others are found by a seeded hash.
#[derive(Debug, Default)]
pub(crate) struct Goroutines {
    all: Vec<Goroutine>,
    free: Vec<GoSlot>,
    /// Slots by the lower bits of the id. A power of two long, with room for twice as many as there are.
    direct: Vec<GoSlot>,
    /// Goroutines whose lower bits are taken by another.
    others: PositionIndex,
    open: Vec<Open>,
    free_open: Vec<OpenSlot>,
}

impl Goroutines {
    /// The slot of goroutine `id`.
    pub(crate) fn find(&self, id: GoId) -> Option<GoSlot> {
        let slot = self.direct.get(self.direct_index(id)).copied().unwrap_or(GoSlot::NOWHERE);
        if self.holds(slot, id) { Some(slot) } else { self.find_other(id) }
    }

    /// Goroutine `id`, and its slot.
    #[inline(always)]
    pub(crate) fn find_mut(&mut self, id: GoId) -> Option<(GoSlot, &mut Goroutine)> {
        let slot = self.direct.get(self.direct_index(id)).copied().unwrap_or(GoSlot::NOWHERE);
        let slot = if self.holds(slot, id) { slot } else { self.find_other(id)? };
        self.all.get_mut(slot.index()).map(|known| (slot, known))
    }

    #[inline(always)]
    fn direct_index(&self, id: GoId) -> usize {
        id.0 as usize & self.direct.len().wrapping_sub(1)
    }

    /// Whether `id` is in a slot. A free slot has no id.
    #[inline(always)]
    fn holds(&self, slot: GoSlot, id: GoId) -> bool {
        self.all.get(slot.index()).is_some_and(|known| known.id == id)
    }

    #[inline(never)]
    fn find_other(&self, id: GoId) -> Option<GoSlot> {
        self.others.find(self.others.hash_number(id.0), |slot| self.holds(GoSlot(slot), id)).map(GoSlot)
    }

    /// Goroutine `id`, which is probably in the slot `hint`.
    #[inline(always)]
    pub(crate) fn find_near(&mut self, hint: GoSlot, id: GoId) -> Option<&mut Goroutine> {
        if id.is_none() {
            return None;
        }
        let slot = if self.holds(hint, id) { hint } else { self.find(id)? };
        self.all.get_mut(slot.index())
    }

    /// The goroutine in a slot that [`find`](Self::find) gave.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, slot: GoSlot) -> Option<&mut Goroutine> {
        self.all.get_mut(slot.index())
    }

    /// Adds a goroutine that does not exist yet.
    pub(crate) fn add(&mut self, id: GoId, status: GoStatus, round: u32) -> GoSlot {
        let new =
            Goroutine { id, seq: 0, round, status, thread: ThreadSlot::NOWHERE, open: OpenSlot::NOWHERE };
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(known) = self.all.get_mut(slot.index()) {
                    *known = new;
                }
                slot
            }
            None => {
                self.all.push(new);
                GoSlot((self.all.len() - 1) as u32)
            }
        };
        if self.direct.len() < 2 * self.all.len() {
            self.grow();
        } else {
            self.enter(id, slot);
        }
        slot
    }

    fn enter(&mut self, id: GoId, slot: GoSlot) {
        let index = self.direct_index(id);
        match self.direct.get_mut(index) {
            Some(direct) if *direct == GoSlot::NOWHERE => *direct = slot,
            _ => self.others.insert(self.others.hash_number(id.0), slot.0),
        }
    }

    #[inline(never)]
    fn grow(&mut self) {
        self.direct.clear();
        self.direct.resize((self.all.len() * 4).next_power_of_two(), GoSlot::NOWHERE);
        self.others.clear();
        for slot in (0..self.all.len() as u32).map(GoSlot) {
            match self.all.get(slot.index()) {
                Some(&Goroutine { id, .. }) if !id.is_none() => self.enter(id, slot),
                _ => {}
            }
        }
    }

    /// Removes goroutine `id`, its regions and its ranges.
    pub(crate) fn remove(&mut self, id: GoId) {
        let Some(slot) = self.find(id) else { return };
        let index = self.direct_index(id);
        match self.direct.get_mut(index) {
            Some(direct) if *direct == slot => *direct = GoSlot::NOWHERE,
            _ => self.others.remove(self.others.hash_number(id.0), slot.0),
        }
        if let Some(known) = self.all.get_mut(slot.index()) {
            known.id = GoId::NONE;
            if let Some(open) = self.open.get_mut(known.open.index()) {
                open.regions.clear();
                open.ranges.clear();
                open.is_assumed = false;
                self.free_open.push(known.open);
                known.open = OpenSlot::NOWHERE;
            }
        }
        self.free.push(slot);
    }

    /// How many slots there are, free ones included.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Every goroutine with its slot.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (GoSlot, GoId)> + '_ {
        let slots = (0..).map(GoSlot);
        slots.zip(self.all.iter().map(|known| known.id)).filter(|(_, id)| !id.is_none())
    }

    /// Removes the regions and ranges of the goroutine in a slot, and returns them if it has had any.
    pub(crate) fn take_open(&mut self, slot: GoSlot) -> Option<Open> {
        let known = self.all.get(slot.index())?;
        self.open.get_mut(known.open.index()).map(std::mem::take)
    }

    /// Forgets for which goroutines ranges were assumed.
    pub(crate) fn settle_ranges(&mut self) {
        self.open.iter_mut().for_each(|open| open.is_assumed = false);
    }

    /// The regions and ranges of the goroutine in a slot.
    pub(crate) fn open(&mut self, slot: GoSlot) -> Option<&mut Open> {
        let known = self.all.get_mut(slot.index())?;
        if known.open == OpenSlot::NOWHERE {
            known.open = match self.free_open.pop() {
                Some(open) => open,
                None => {
                    self.open.push(Open::default());
                    OpenSlot((self.open.len() - 1) as u32)
                }
            };
        }
        self.open.get_mut(known.open.index())
    }
}
