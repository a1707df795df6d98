//! Goroutines switch; Ps start, stop and are stolen.

use super::{
    CONTRADICTION, Effect, GoStatus, Key, ProcStatus, SchedContext, Step, Stop, go_transition,
    proc_transition,
};
use crate::trace::event::{GoId, GoState, ProcState, StackId, ThreadId};
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

impl Effect<'_> {
    /// A coroutine hands its thread to another: three events.
    pub(super) fn go_switch(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        let (id, seq) = (input.varint()?, input.varint()?);
        let next = GoId(id as i64);
        self.require_user()?;
        let context = self.context();
        let current = self.require_status(GoStatus::Running)?;
        let round = self.world.round;
        let Some(go_slot) = self.world.goroutines.find(next) else { return self.wait(Key::Waiting(id, seq)) };
        let Some(state) = self.world.goroutines.get_mut(go_slot) else { return Err(Stop::Waits) };
        if state.status != GoStatus::Waiting || !state.is_followed_by(seq, round) {
            return self.wait(Key::Waiting(id, seq));
        }
        state.status = GoStatus::Running;
        state.seq = seq;
        state.thread = self.slot;
        let to = if code == code::GO_SWITCH {
            if let Some(state) = self.world.goroutines.get_mut(current) {
                state.status = GoStatus::Waiting;
            }
            GoState::Waiting
        } else {
            self.world.goroutines.remove(context.goroutine);
            GoState::NotExist
        };
        self.world.threads.run(self.slot, next, go_slot);
        let between = SchedContext { goroutine: GoId::NONE, ..context };
        self.output.put(context, StackId::NONE, go_transition(next, GoState::Waiting, GoState::Runnable));
        self.output.follow(context, go_transition(context.goroutine, GoState::Running, to));
        self.output.follow(between, go_transition(next, GoState::Runnable, GoState::Running));
        Ok(())
    }

    pub(super) fn proc_start(&mut self, input: &mut Cursor<'_>) -> Step {
        let (id, seq) = (input.varint()?, input.varint()?);
        let context = self.context();
        if !context.proc.is_none() {
            return self.wait(Key::Left(context.proc));
        }
        let round = self.world.round;
        let Some(proc_slot) = self.world.procs.find(id) else { return self.wait(Key::Idle(id, seq)) };
        let Some(state) = self.world.procs.get_mut(proc_slot) else { return Err(Stop::Waits) };
        if state.status != ProcStatus::Idle || !state.is_followed_by(seq, round) {
            return self.wait(Key::Idle(id, seq));
        }
        if context.thread.is_none() {
            return Err(CONTRADICTION);
        }
        state.status = ProcStatus::Running;
        state.seq = seq;
        let started = state.id;
        self.world.threads.hold(self.slot, proc_slot, &mut self.world.procs);
        let change = proc_transition(started, ProcState::Idle, ProcState::Running);
        self.output.put(context, StackId::NONE, change);
        Ok(())
    }

    pub(super) fn proc_stop(&mut self) -> Step {
        self.require_proc()?;
        let context = self.context();
        let proc_slot = self.world.threads.proc_slot(self.slot);
        match self.world.procs.get_mut(proc_slot) {
            Some(state) if state.status.is_held() => state.status = ProcStatus::Idle,
            _ => return Err(CONTRADICTION),
        }
        self.world.threads.release(self.slot, &mut self.world.procs);
        let change = proc_transition(context.proc, ProcState::Running, ProcState::Idle);
        self.output.put(context, StackId::NONE, change);
        Ok(())
    }

    pub(super) fn proc_steal(&mut self, input: &mut Cursor<'_>) -> Step {
        let (id, seq) = (input.varint()?, input.varint()?);
        let victim = ThreadId(input.varint()? as i64);
        let round = self.world.round;
        let Some(proc_slot) = self.world.procs.find(id) else { return self.wait(Key::Syscall(id, seq)) };
        let Some(state) = self.world.procs.get_mut(proc_slot) else { return Err(Stop::Waits) };
        let abandoned = state.status == ProcStatus::Abandoned;
        let can_be_stolen = abandoned || state.status == ProcStatus::Syscall;
        if !can_be_stolen || !state.is_followed_by(seq, round) {
            return self.wait(Key::Syscall(id, seq));
        }
        state.status = ProcStatus::Idle;
        state.seq = seq;
        let stolen = state.id;
        self.require_thread()?;
        let context = self.context();
        // Nobody knows who held an abandoned P: that thread may have gone on long ago.
        if !abandoned {
            let holder = if victim == context.thread {
                self.slot
            } else {
                self.world.threads.find(victim).ok_or(CONTRADICTION)?
            };
            match self.world.threads.get_mut(holder) {
                Some(thread) if thread.known && thread.proc_slot == proc_slot => {}
                _ => return Err(CONTRADICTION),
            }
            self.world.threads.release(holder, &mut self.world.procs);
        }
        let from = if abandoned { ProcState::Idle } else { ProcState::Running };
        self.output.put(context, StackId::NONE, proc_transition(stolen, from, ProcState::Idle));
        Ok(())
    }
}
