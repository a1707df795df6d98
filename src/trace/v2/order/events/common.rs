//! Nine tenths of all events of a trace. They touch only the state that they need.

use super::{CONTRADICTION, GoStatus, Key, Output, ProcStatus, Step, Stop, UNKNOWN};
use crate::error::ErrorKind;
use crate::trace::event::{EventKind, GoId, GoState, GoTransition, StackId, StringId};
use crate::trace::v2::names::Names;
use crate::trace::v2::order::slot::{ProcSlot, ThreadSlot};
use crate::trace::v2::order::world::{Goroutines, Procs, Thread};
use crate::trace::v2::wire::{Window, code};

/// The effect of a thread's next event, if it is one of the most common.
pub(crate) struct CommonEffect<'o> {
    pub(crate) thread: &'o mut Thread,
    pub(crate) slot: ThreadSlot,
    pub(crate) goroutines: &'o mut Goroutines,
    pub(crate) procs: &'o mut Procs,
    pub(crate) names: &'o Names,
    pub(crate) output: &'o mut Output,
    pub(crate) blocked: &'o mut Key,
    pub(crate) round: u32,
}

const TRUNCATED: Stop = Stop::Refused(ErrorKind::Truncated);

impl CommonEffect<'_> {
    /// Sets where the event happens: in the thread's context before its effect.
    #[inline(always)]
    pub(crate) fn set_place(&mut self) {
        self.output.event.thread = self.thread.id;
        self.output.event.goroutine = self.thread.goroutine;
        self.output.event.proc = self.thread.proc;
    }

    /// Hands out the event, which has taken effect.
    #[inline(always)]
    fn hand_out(&mut self, stack: StackId, change: GoTransition) -> Step {
        self.output.event.stack = stack;
        self.output.event.kind = EventKind::GoTransition(change);
        self.output.stamp(self.thread.time);
        Ok(())
    }

    #[inline(always)]
    fn wait(&mut self, key: Key) -> Step {
        *self.blocked = key;
        Err(Stop::Waits)
    }

    #[inline(always)]
    pub(crate) fn go_start(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(seq)) = (input.number(), input.number()) else { return Err(TRUNCATED) };
        if input.is_overrun() {
            return Err(TRUNCATED);
        }
        let goroutine = GoId(id as i64);
        let Some((go_slot, state)) = self.goroutines.find_mut(goroutine) else {
            return self.wait(Key::Runnable(id, seq));
        };
        if state.status != GoStatus::Runnable || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Runnable(id, seq));
        }
        if self.thread.proc_slot == ProcSlot::NOWHERE || !self.thread.goroutine.is_none() {
            return Err(CONTRADICTION);
        }
        state.status = GoStatus::Running;
        state.seq = seq;
        state.thread = self.slot;
        self.thread.goroutine = goroutine;
        self.thread.go_slot = go_slot;
        self.hand_out(StackId::NONE, plain(goroutine, GoState::Runnable, GoState::Running))
    }

    #[inline(always)]
    pub(crate) fn go_unblock(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(seq), Some(stack)) = (input.number(), input.number(), input.number()) else {
            return Err(TRUNCATED);
        };
        if input.is_overrun() {
            return Err(TRUNCATED);
        }
        let goroutine = GoId(id as i64);
        let Some((_, state)) = self.goroutines.find_mut(goroutine) else {
            return self.wait(Key::Waiting(id, seq));
        };
        if state.status != GoStatus::Waiting || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Waiting(id, seq));
        }
        state.status = GoStatus::Runnable;
        state.seq = seq;
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return Err(UNKNOWN) };
        self.hand_out(stack, plain(goroutine, GoState::Waiting, GoState::Runnable))
    }

    /// GoStop and GoBlock: the goroutine leaves its thread.
    #[inline(always)]
    pub(crate) fn go_stop(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(reason), Some(stack)) = (input.number(), input.number()) else { return Err(TRUNCATED) };
        if input.is_overrun() {
            return Err(TRUNCATED);
        }
        let Some(reason) = self.names.strings.handle(reason).map(StringId) else {
            return Err(UNKNOWN);
        };
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return Err(UNKNOWN) };
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.find_near(self.thread.go_slot, goroutine) else {
            return Err(CONTRADICTION);
        };
        if state.status != GoStatus::Running || self.thread.proc_slot == ProcSlot::NOWHERE {
            return Err(CONTRADICTION);
        }
        let blocks = self.thread.code == code::GO_BLOCK;
        state.status = if blocks { GoStatus::Waiting } else { GoStatus::Runnable };
        let to = if blocks { GoState::Waiting } else { GoState::Runnable };
        self.thread.goroutine = GoId::NONE;
        let change = GoTransition { goroutine, from: GoState::Running, to, reason, stack };
        self.hand_out(stack, change)
    }

    #[inline(always)]
    pub(crate) fn syscall_begin(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(seq), Some(stack)) = (input.number(), input.number()) else { return Err(TRUNCATED) };
        if input.is_overrun() {
            return Err(TRUNCATED);
        }
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return Err(UNKNOWN) };
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.find_near(self.thread.go_slot, goroutine) else {
            return Err(CONTRADICTION);
        };
        let Some(holds) = self.procs.get_mut(self.thread.proc_slot) else { return Err(CONTRADICTION) };
        // The thread holds the P, so nothing can be waited for: a number out of turn is an error.
        if state.status != GoStatus::Running || !holds.is_followed_by(seq, self.round) {
            return Err(CONTRADICTION);
        }
        state.status = GoStatus::Syscall;
        holds.status = ProcStatus::Syscall;
        holds.seq = seq;
        let change = GoTransition {
            goroutine,
            from: GoState::Running,
            to: GoState::Syscall,
            reason: StringId::EMPTY,
            stack,
        };
        self.hand_out(stack, change)
    }

    #[inline(always)]
    pub(crate) fn syscall_end(&mut self) -> Step {
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.find_near(self.thread.go_slot, goroutine) else {
            return Err(CONTRADICTION);
        };
        let Some(holds) = self.procs.get_mut(self.thread.proc_slot) else { return Err(CONTRADICTION) };
        if state.status != GoStatus::Syscall || holds.status != ProcStatus::Syscall {
            return Err(CONTRADICTION);
        }
        state.status = GoStatus::Running;
        holds.status = ProcStatus::Running;
        self.hand_out(StackId::NONE, plain(goroutine, GoState::Syscall, GoState::Running))
    }

    /// GoCreate and GoCreateBlocked.
    #[inline(always)]
    pub(crate) fn go_create(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(new_stack), Some(stack)) = (input.number(), input.number(), input.number())
        else {
            return Err(TRUNCATED);
        };
        if input.is_overrun() {
            return Err(TRUNCATED);
        }
        let goroutine = GoId(id as i64);
        if goroutine.is_none() {
            // Go takes it for the id of nothing.
            return Err(Stop::Refused(ErrorKind::IdReserved));
        }
        let (stacks, new_stack) = (&self.names.stacks, self.names.stacks.handle(new_stack).map(StackId));
        let (Some(new_stack), Some(stack)) = (new_stack, stacks.handle(stack).map(StackId)) else {
            return Err(UNKNOWN);
        };
        // A P may create goroutines without running one itself; one that it runs must be running.
        let creator = self.goroutines.find_near(self.thread.go_slot, self.thread.goroutine);
        let may = creator.is_none_or(|state| state.status == GoStatus::Running);
        if self.thread.proc_slot == ProcSlot::NOWHERE || !may || self.goroutines.find(goroutine).is_some() {
            return Err(CONTRADICTION);
        }
        let blocked = self.thread.code == code::GO_CREATE_BLOCKED;
        let status = if blocked { GoStatus::Waiting } else { GoStatus::Runnable };
        let to = if blocked { GoState::Waiting } else { GoState::Runnable };
        self.goroutines.add(goroutine, status, self.round);
        let change = GoTransition {
            goroutine,
            from: GoState::NotExist,
            to,
            reason: StringId::EMPTY,
            stack: new_stack,
        };
        self.hand_out(stack, change)
    }

    #[inline(always)]
    pub(crate) fn go_destroy(&mut self) -> Step {
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.find_near(self.thread.go_slot, goroutine) else {
            return Err(CONTRADICTION);
        };
        if state.status != GoStatus::Running || self.thread.proc_slot == ProcSlot::NOWHERE {
            return Err(CONTRADICTION);
        }
        self.goroutines.remove(goroutine);
        self.thread.goroutine = GoId::NONE;
        self.hand_out(StackId::NONE, plain(goroutine, GoState::Running, GoState::NotExist))
    }
}

/// A transition without reason and stack.
const fn plain(goroutine: GoId, from: GoState, to: GoState) -> GoTransition {
    GoTransition { goroutine, from, to, reason: StringId::EMPTY, stack: StackId::NONE }
}
