//! Goroutines enter and leave system calls and C.

use super::{
    CONTRADICTION, Effect, GoStatus, Key, ProcStatus, Step, Stop, go_transition, new_goroutine,
    proc_transition,
};
use crate::trace::event::{GoId, GoState, ProcState, StackId};
use crate::trace::v2::order::slot::GoSlot;
use crate::wire::Cursor;

impl Effect<'_> {
    pub(super) fn syscall_end_blocked(&mut self) -> Step {
        let context = self.context();
        let proc_slot = self.world.threads.proc_slot(self.slot);
        // The P is going to be taken away; until then the goroutine is still in the call.
        if self.world.procs.get_mut(proc_slot).is_some_and(|state| state.status == ProcStatus::Syscall) {
            return self.wait(Key::Left(context.proc));
        }
        let go_slot = self.require_syscall()?;
        if let Some(state) = self.world.goroutines.get_mut(go_slot) {
            state.status = GoStatus::Runnable;
        }
        self.world.threads.run(self.slot, GoId::NONE, GoSlot::NOWHERE);
        let change = go_transition(context.goroutine, GoState::Syscall, GoState::Runnable);
        self.output.put(context, StackId::NONE, change);
        Ok(())
    }

    /// Requires a thread whose goroutine is in a system call; returns its slot.
    fn require_syscall(&mut self) -> Result<GoSlot, Stop> {
        self.require_thread()?;
        self.require_status(GoStatus::Syscall)
    }

    /// A thread of C enters Go.
    pub(super) fn go_create_syscall(&mut self, input: &mut Cursor<'_>) -> Step {
        let goroutine = new_goroutine(input)?;
        self.require_thread()?;
        let context = self.context();
        if !context.goroutine.is_none() || self.world.goroutines.find(goroutine).is_some() {
            return Err(CONTRADICTION);
        }
        let go_slot = self.world.goroutines.add(goroutine, GoStatus::Syscall, self.world.round);
        self.world.threads.run(self.slot, goroutine, go_slot);
        let change = go_transition(goroutine, GoState::NotExist, GoState::Syscall);
        self.output.put(context, StackId::NONE, change);
        Ok(())
    }

    /// A thread of C leaves Go forever. Another thread may get its number, so it loses its P here, in an
    /// event of its own before this one.
    pub(super) fn go_destroy_syscall(&mut self) -> Step {
        self.require_syscall()?;
        let context = self.context();
        let proc_slot = self.world.threads.proc_slot(self.slot);
        let destroyed = go_transition(context.goroutine, GoState::Syscall, GoState::NotExist);
        if let Some(state) = self.world.procs.get_mut(proc_slot) {
            if state.status != ProcStatus::Syscall {
                return Err(CONTRADICTION);
            }
            state.status = ProcStatus::Abandoned;
            self.world.threads.release(self.slot, &mut self.world.procs);
            let lost = proc_transition(context.proc, ProcState::Running, ProcState::Idle);
            self.output.put(context, StackId::NONE, lost);
            self.output.follow(context, destroyed);
        } else {
            self.output.put(context, StackId::NONE, destroyed);
        }
        self.world.goroutines.remove(context.goroutine);
        self.world.threads.run(self.slot, GoId::NONE, GoSlot::NOWHERE);
        Ok(())
    }
}
