//! Ranges of time on goroutines and Ps: stops of the world, mark assists, sweeps.

use super::{CONTRADICTION, Effect, Step, Stop};
use crate::trace::event::{EventKind, GoId, ProcId, Range, RangeName, Resource, StackId};
use crate::trace::v2::order::step::UNBALANCED;
use crate::trace::v2::order::world::{GoRange, Open};
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

impl Effect<'_> {
    /// What is open on the thread's goroutine. Requires a thread with a P and a goroutine.
    pub(super) fn open(&mut self) -> Result<&mut Open, Stop> {
        self.require_user()?;
        let goroutine = self.context().goroutine;
        self.open_on(goroutine)
    }

    fn open_on(&mut self, goroutine: GoId) -> Result<&mut Open, Stop> {
        let slot = self.world.goroutines.find(goroutine).ok_or(CONTRADICTION)?;
        self.world.goroutines.open(slot).ok_or(CONTRADICTION)
    }

    /// Stops of the world and mark assists belong to a goroutine.
    pub(super) fn go_range_begin(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let (range, name) = match code {
            code::STW_BEGIN => {
                let kind = self.string(input)?;
                (GoRange::StopTheWorld(kind), RangeName::StopTheWorld(kind))
            }
            _ => (GoRange::MarkAssist, RangeName::MarkAssist),
        };
        let stack = self.stack(input)?;
        let goroutine = self.context().goroutine;
        self.world.assume_ranges(goroutine, false);
        let open = self.open()?;
        if !open.may_begin(range) {
            return Err(UNBALANCED);
        }
        open.ranges.push(range);
        self.put(stack, EventKind::RangeBegin(Range { name, scope: Resource::Goroutine(goroutine) }))
    }

    /// The reason for stopping the world is that of the range's beginning, in whatever generation that was.
    /// Go looks the id up in the generation of the end.
    pub(super) fn go_range_end(&mut self, code: u8) -> Step {
        let stops = code == code::STW_END;
        let goroutine = self.context().goroutine;
        self.world.assume_ranges(goroutine, false);
        let open = self.open()?;
        let ended = open.end(|range| matches!(range, GoRange::StopTheWorld(_)) == stops);
        let name = match ended.ok_or(UNBALANCED)? {
            GoRange::StopTheWorld(kind) => RangeName::StopTheWorld(kind),
            GoRange::MarkAssist => RangeName::MarkAssist,
        };
        self.put(StackId::NONE, EventKind::RangeEnd { name, swept: 0, reclaimed: 0 })
    }

    pub(super) fn mark_assist_active(&mut self, input: &mut Cursor<'_>) -> Step {
        let goroutine = GoId(input.varint()? as i64);
        let initial = self.world.is_initial();
        self.world.assume_ranges(goroutine, true);
        let open = self.open_on(goroutine)?;
        if open.ranges.contains(&GoRange::MarkAssist) == initial {
            return Err(UNBALANCED);
        }
        if initial {
            open.ranges.push(GoRange::MarkAssist);
        }
        let range = Range { name: RangeName::MarkAssist, scope: Resource::Goroutine(goroutine) };
        self.put(StackId::NONE, EventKind::RangeActive(range))
    }

    pub(super) fn sweep_active(&mut self, input: &mut Cursor<'_>) -> Step {
        let id = input.varint()?;
        let initial = self.world.is_initial();
        let slot = self.world.procs.find(id).ok_or(CONTRADICTION)?;
        self.world.assume_sweeping(slot, true);
        let Some(state) = self.world.procs.get_mut(slot) else { return Err(Stop::Waits) };
        if state.sweeping == initial {
            return Err(UNBALANCED);
        }
        state.sweeping = true;
        let range = Range { name: RangeName::Sweep, scope: Resource::Proc(state.id) };
        self.put(StackId::NONE, EventKind::RangeActive(range))
    }

    pub(super) fn sweep_begin(&mut self, input: &mut Cursor<'_>) -> Step {
        let stack = self.stack(input)?;
        let proc = self.set_sweeping(true)?;
        let range = Range { name: RangeName::Sweep, scope: Resource::Proc(proc) };
        self.put(stack, EventKind::RangeBegin(range))
    }

    pub(super) fn sweep_end(&mut self, input: &mut Cursor<'_>) -> Step {
        let (swept, reclaimed) = (input.varint()?, input.varint()?);
        self.set_sweeping(false)?;
        self.put(StackId::NONE, EventKind::RangeEnd { name: RangeName::Sweep, swept, reclaimed })
    }

    /// The thread's P begins or ends to sweep; returns its id.
    fn set_sweeping(&mut self, sweeping: bool) -> Result<ProcId, Stop> {
        let slot = self.world.threads.proc_slot(self.slot);
        self.world.assume_sweeping(slot, false);
        let state = self.world.procs.get_mut(slot).ok_or(CONTRADICTION)?;
        if state.sweeping == sweeping {
            return Err(UNBALANCED);
        }
        state.sweeping = sweeping;
        Ok(state.id)
    }
}
