//! Statuses, which the runtime records once per generation for each goroutine and P.

use super::{CONTRADICTION, Effect, GoStatus, ProcStatus, Step, Stop, new_goroutine, proc_transition};
use crate::error::ErrorKind;
use crate::trace::event::{
    EventKind, GoId, GoState, GoTransition, ProcId, ProcState, StackId, StringId, ThreadId,
};
use crate::trace::v2::order::slot::{GoSlot, ThreadSlot};
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

impl Effect<'_> {
    pub(super) fn proc_status(&mut self, input: &mut Cursor<'_>) -> Step {
        let id = i32::try_from(input.varint()?).map_err(|_| Stop::Refused(ErrorKind::IdReserved))?;
        let id = ProcId(id);
        let status = ProcStatus::recorded(input.varint()?).ok_or(Stop::Refused(ErrorKind::BadEnum))?;
        let to = status.state();
        let mut context = self.context();
        let mut change = proc_transition(id, to, to);
        if self.world.is_assumed() {
            self.world.assume_proc(id, status, input)?;
        }
        let round = self.world.round;
        let proc_slot = match self.world.procs.find(id.0 as u64) {
            Some(proc_slot) => {
                let Some(state) = self.world.procs.get_mut(proc_slot) else { return Err(Stop::Waits) };
                let promoted = status == ProcStatus::Abandoned && state.status == ProcStatus::Syscall;
                if !promoted && state.status != status {
                    return Err(CONTRADICTION);
                }
                state.seq = 0;
                state.round = round;
                if promoted {
                    // The trace knows who holds the P, although this thread does not: the event belongs to
                    // the holder.
                    change = proc_transition(id, ProcState::Running, ProcState::Running);
                    let holder = state.holder;
                    let Some(holder) = self.world.threads.get_mut(holder) else { return Err(CONTRADICTION) };
                    (context.thread, context.proc) = (holder.id, id);
                    context.goroutine = holder.goroutine;
                }
                proc_slot
            }
            None => {
                let initial = self.world.is_initial();
                let from = if initial { ProcState::Undetermined } else { ProcState::NotExist };
                change = proc_transition(id, from, to);
                self.world.procs.add(id, status, round)
            }
        };
        if status.is_held() {
            self.world.threads.hold(self.slot, proc_slot, &mut self.world.procs);
        }
        self.output.put(context, StackId::NONE, change);
        Ok(())
    }

    pub(super) fn go_status(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let goroutine = new_goroutine(input)?;
        let named = ThreadId(input.varint()? as i64);
        let status = GoStatus::recorded(input.varint()?).ok_or(Stop::Refused(ErrorKind::BadEnum))?;
        let stack = if code == code::GO_STATUS_STACK { self.stack(input)? } else { StackId::NONE };
        let (go_slot, from) = self.record_status(goroutine, status)?;
        let mut context = self.context();
        match status {
            GoStatus::Runnable | GoStatus::Waiting => {}
            GoStatus::Running => {
                self.refuse_second_thread(go_slot, goroutine)?;
                self.world.threads.run(self.slot, goroutine, go_slot);
            }
            GoStatus::Syscall if named.is_none() => return Err(CONTRADICTION),
            GoStatus::Syscall if named == context.thread => {
                // After the first generation the thread must have been seen entering the call.
                if !self.world.is_initial() && context.goroutine != goroutine {
                    return Err(CONTRADICTION);
                }
                self.world.threads.run(self.slot, goroutine, go_slot);
            }
            GoStatus::Syscall => {
                // The goroutine is in a call on another thread, which records nothing itself.
                let other = self.world.threads.find_or_add(named);
                let known = self.world.threads.get_mut(other).map(|other| (other.known, other.goroutine));
                match known {
                    Some((false, _)) if self.world.is_assumed() => {
                        self.world.assume_executing(other, goroutine, go_slot);
                        context.goroutine = goroutine;
                    }
                    Some((true, runs)) if runs != goroutine => return Err(CONTRADICTION),
                    Some((true, runs)) => context.goroutine = runs,
                    _ => {
                        self.world.threads.run(other, goroutine, go_slot);
                        self.world.threads.meet(other);
                    }
                }
                context.thread = named;
            }
        }
        let change = GoTransition { goroutine, from, to: status.state(), reason: StringId::EMPTY, stack };
        self.output.put(context, stack, EventKind::GoTransition(change));
        Ok(())
    }

    /// Records the status of a goroutine, which may be new only in the first generation; returns its slot and
    /// the state that it had.
    fn record_status(&mut self, goroutine: GoId, status: GoStatus) -> Result<(GoSlot, GoState), Stop> {
        if self.world.is_assumed() && self.world.goroutines.find(goroutine).is_none() {
            self.world.assume_goroutine(goroutine, status);
        }
        let round = self.world.round;
        let Some(slot) = self.world.goroutines.find(goroutine) else {
            if !self.world.is_initial() {
                return Err(CONTRADICTION);
            }
            return Ok((self.world.goroutines.add(goroutine, status, round), GoState::Undetermined));
        };
        match self.world.goroutines.get_mut(slot) {
            Some(state) if state.status == status => {
                state.seq = 0;
                state.round = round;
                Ok((slot, status.state()))
            }
            _ => Err(CONTRADICTION),
        }
    }

    /// Refuses a goroutine that runs on two threads, which Go accepts.
    fn refuse_second_thread(&mut self, go_slot: GoSlot, goroutine: GoId) -> Step {
        if self.context().thread.is_none() {
            return Ok(());
        }
        let Some(state) = self.world.goroutines.get_mut(go_slot) else { return Ok(()) };
        let before = std::mem::replace(&mut state.thread, self.slot);
        let elsewhere = before != self.slot && before != ThreadSlot::NOWHERE;
        if elsewhere && self.world.threads.goroutine(before) == goroutine {
            return Err(CONTRADICTION);
        }
        Ok(())
    }
}
