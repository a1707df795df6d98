//! The goroutines that exist at a point of the trace.

use crate::trace::event::{GoId, StringId, TaskId};
use crate::trace::index::PositionIndex;

/// A position that names nothing.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Most ranges that one goroutine may have open at once. The runtime stops the world for 17 reasons, one at a time.
const MAX_RANGES: usize = 64;

/// A goroutine's status on the wire (`tracev2.GoStatus`).
pub(super) mod status {
    pub(in crate::trace::v2::order) const RUNNABLE: u8 = 1;
    pub(in crate::trace::v2::order) const RUNNING: u8 = 2;
    pub(in crate::trace::v2::order) const SYSCALL: u8 = 3;
    pub(in crate::trace::v2::order) const WAITING: u8 = 4;
}

/// What is known of one goroutine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goroutine {
    /// None at a place that is free.
    pub(super) id: GoId,
    /// The last sequence number, and the generation in which it counts.
    pub(super) seq: u64,
    pub(super) round: u32,
    /// The thread on which it started last.
    pub(super) thread: u32,
    /// Its regions and ranges, if it has had any.
    open: u32,
    pub(super) status: u8,
}

impl Goroutine {
    /// Whether `seq` is the next number in generation `round`.
    #[inline(always)]
    pub(super) fn is_followed_by(&self, seq: u64, round: u32) -> bool {
        self.round == round && self.seq.wrapping_add(1) == seq
    }
}

/// What a range on a goroutine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GoRange {
    StopTheWorld(StringId),
    MarkAssist,
}

/// Regions and ranges that are open on a goroutine.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) regions: Vec<(TaskId, StringId)>,
    pub(super) ranges: Vec<GoRange>,
    /// The ranges were looked at, in a generation that is ordered upon assumptions.
    pub(super) noted: bool,
}

impl Open {
    /// Whether a range can begin: it is not open, and not too many are.
    pub(super) fn may_begin(&self, range: GoRange) -> bool {
        self.ranges.len() < MAX_RANGES && !self.ranges.contains(&range)
    }

    /// Closes the first range for which `is_it` holds.
    pub(super) fn end(&mut self, is_it: impl FnMut(&GoRange) -> bool) -> Option<GoRange> {
        let at = self.ranges.iter().position(is_it)?;
        Some(self.ranges.swap_remove(at))
    }
}

/// Every goroutine that exists, found by its id or by its place.
///
/// Ids are given out in order, so the lower bits of an id lead straight to nearly every goroutine; those whose place
/// is taken by another are found by a seeded hash.
#[derive(Debug, Default)]
pub(super) struct Goroutines {
    all: Vec<Goroutine>,
    free: Vec<u32>,
    /// Places by the lower bits of the id. A power of two long, with room for twice as many as there are.
    direct: Vec<u32>,
    /// Those that found another there.
    others: PositionIndex,
    open: Vec<Open>,
    free_open: Vec<u32>,
}

impl Goroutines {
    /// Where goroutine `id` is.
    pub(super) fn find(&self, id: GoId) -> Option<u32> {
        let place = self.direct.get(self.slot(id)).copied().unwrap_or(NOWHERE);
        if self.is_at(place, id) { Some(place) } else { self.find_other(id) }
    }

    /// Goroutine `id`, and where it is.
    #[inline(always)]
    pub(super) fn find_mut(&mut self, id: GoId) -> Option<(u32, &mut Goroutine)> {
        let place = self.direct.get(self.slot(id)).copied().unwrap_or(NOWHERE);
        let place = if self.is_at(place, id) { place } else { self.find_other(id)? };
        self.all.get_mut(place as usize).map(|known| (place, known))
    }

    #[inline(always)]
    fn slot(&self, id: GoId) -> usize {
        id.0 as usize & self.direct.len().wrapping_sub(1)
    }

    /// Whether `id` is at a place. A place that is free has no id.
    #[inline(always)]
    fn is_at(&self, place: u32, id: GoId) -> bool {
        self.all.get(place as usize).is_some_and(|known| known.id == id)
    }

    #[inline(never)]
    fn find_other(&self, id: GoId) -> Option<u32> {
        self.others.find(self.others.hash_number(id.0), |at| self.is_at(at, id))
    }

    /// The goroutine at a place, if it is `id`; wherever it is otherwise.
    #[inline(always)]
    pub(super) fn at(&mut self, place: u32, id: GoId) -> Option<&mut Goroutine> {
        if id.is_none() {
            return None;
        }
        let place = if self.is_at(place, id) { place } else { self.find(id)? };
        self.all.get_mut(place as usize)
    }

    /// The goroutine at a place that [`find`](Self::find) gave.
    #[inline(always)]
    pub(super) fn place(&mut self, place: u32) -> Option<&mut Goroutine> {
        self.all.get_mut(place as usize)
    }

    /// Adds a goroutine that does not exist yet.
    pub(super) fn add(&mut self, id: GoId, status: u8, round: u32) -> u32 {
        let new = Goroutine { id, seq: 0, round, status, thread: NOWHERE, open: NOWHERE };
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(known) = self.all.get_mut(place as usize) {
                    *known = new;
                }
                place
            }
            None => {
                self.all.push(new);
                (self.all.len() - 1) as u32
            }
        };
        if self.direct.len() < 2 * self.all.len() {
            self.grow();
        } else {
            self.enter(id, place);
        }
        place
    }

    fn enter(&mut self, id: GoId, place: u32) {
        let slot = self.slot(id);
        match self.direct.get_mut(slot) {
            Some(direct) if *direct == NOWHERE => *direct = place,
            _ => self.others.insert(self.others.hash_number(id.0), place),
        }
    }

    #[inline(never)]
    fn grow(&mut self) {
        self.direct.clear();
        self.direct.resize((self.all.len() * 4).next_power_of_two(), NOWHERE);
        self.others.clear();
        for place in 0..self.all.len() as u32 {
            match self.all.get(place as usize) {
                Some(&Goroutine { id, .. }) if !id.is_none() => self.enter(id, place),
                _ => {}
            }
        }
    }

    /// Removes goroutine `id`, its regions and its ranges.
    pub(super) fn remove(&mut self, id: GoId) {
        let Some(place) = self.find(id) else { return };
        let slot = self.slot(id);
        match self.direct.get_mut(slot) {
            Some(direct) if *direct == place => *direct = NOWHERE,
            _ => self.others.remove(self.others.hash_number(id.0), place),
        }
        if let Some(known) = self.all.get_mut(place as usize) {
            known.id = GoId::NONE;
            if let Some(open) = self.open.get_mut(known.open as usize) {
                open.regions.clear();
                open.ranges.clear();
                open.noted = false;
                self.free_open.push(known.open);
                known.open = NOWHERE;
            }
        }
        self.free.push(place);
    }

    /// How many places there are, free ones included.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Every goroutine, by place.
    pub(super) fn ids(&self) -> impl Iterator<Item = (usize, GoId)> + '_ {
        self.all.iter().map(|known| known.id).enumerate().filter(|(_, id)| !id.is_none())
    }

    /// Takes the regions and ranges of the goroutine at a place away, if it has had any.
    pub(super) fn take_open(&mut self, place: u32) -> Option<Open> {
        let known = self.all.get(place as usize)?;
        self.open.get_mut(known.open as usize).map(std::mem::take)
    }

    /// Forgets that ranges were looked at.
    pub(super) fn forget_notes(&mut self) {
        self.open.iter_mut().for_each(|open| open.noted = false);
    }

    /// The regions and ranges of the goroutine at a place.
    pub(super) fn open(&mut self, place: u32) -> Option<&mut Open> {
        let known = self.all.get_mut(place as usize)?;
        if known.open == NOWHERE {
            known.open = match self.free_open.pop() {
                Some(open) => open,
                None => {
                    self.open.push(Open::default());
                    (self.open.len() - 1) as u32
                }
            };
        }
        self.open.get_mut(known.open as usize)
    }
}
