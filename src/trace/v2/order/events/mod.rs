//! What each event requires and what it changes.
//!
//! The rules are those of Go's reader (`src/internal/trace/order.go`). Nine tenths of a trace's events are in
//! `common`; all others are methods of [`Effect`].

mod common;
mod gc;
mod range;
mod sched;
mod status;
mod syscall;
mod user;

use super::output::Output;
use super::slot::{GoSlot, ThreadSlot};
use super::step::{CONTRADICTION, Step, Stop, UNKNOWN};
use super::streams::Key;
use super::world::{GoStatus, ProcStatus, SchedContext, World};
use crate::error::ErrorKind;
use crate::trace::event::{
    EventKind, GoId, GoState, GoTransition, ProcId, ProcState, ProcTransition, StackId, StringId,
};
use crate::trace::v2::names::Names;
use crate::trace::v2::wire::code;
use crate::wire::Cursor;
pub(super) use common::CommonEffect;

/// The effect of a thread's next event, if it is not one of the most common.
pub(super) struct Effect<'o> {
    pub(super) world: &'o mut World,
    pub(super) names: &'o Names,
    pub(super) output: &'o mut Output,
    /// What the event must wait for, if anything.
    pub(super) blocked: &'o mut Key,
    /// The thread.
    pub(super) slot: ThreadSlot,
}

impl Effect<'_> {
    /// Lets the event take effect.
    pub(super) fn apply(&mut self, code: u8, input: &mut Cursor<'_>) -> Step {
        match code {
            code::PROC_START => self.proc_start(input),
            code::PROC_STOP => self.proc_stop(),
            code::PROC_STEAL => self.proc_steal(input),
            code::PROC_STATUS => self.proc_status(input),
            code::GO_CREATE_SYSCALL => self.go_create_syscall(input),
            code::GO_DESTROY_SYSCALL => self.go_destroy_syscall(),
            code::GO_SYSCALL_END_BLOCKED => self.syscall_end_blocked(),
            code::GO_STATUS | code::GO_STATUS_STACK => self.go_status(code, input),
            code::GO_SWITCH | code::GO_SWITCH_DESTROY => self.go_switch(code, input),
            code::STW_BEGIN | code::GC_MARK_ASSIST_BEGIN => self.go_range_begin(code, input),
            code::STW_END | code::GC_MARK_ASSIST_END => self.go_range_end(code),
            code::GC_MARK_ASSIST_ACTIVE => self.mark_assist_active(input),
            code::GC_ACTIVE => self.gc_active(input),
            code::GC_BEGIN => self.gc_begin(input),
            code::GC_END => self.gc_end(input),
            code::GC_SWEEP_ACTIVE => self.sweep_active(input),
            code::GC_SWEEP_BEGIN => self.sweep_begin(input),
            code::GC_SWEEP_END => self.sweep_end(input),
            code::PROCS_CHANGE | code::HEAP_ALLOC | code::HEAP_GOAL => self.metric(code, input),
            code::GO_LABEL => self.label(input),
            code::USER_TASK_BEGIN => self.task_begin(input),
            code::USER_TASK_END => self.task_end(input),
            code::USER_REGION_BEGIN | code::USER_REGION_END => self.region(code, input),
            code::USER_LOG => self.log(input),
            code::SPAN..=code::GOROUTINE_STACK_FREE => self.experimental(code, input),
            _ => Err(Stop::Refused(ErrorKind::UnknownEvent)),
        }
    }

    /// Where the event happens, before its effect.
    #[inline(always)]
    fn context(&mut self) -> SchedContext {
        self.world.context(self.slot)
    }

    /// Hands out the event, in the context before its effect.
    #[inline(always)]
    fn put(&mut self, stack: StackId, kind: EventKind) -> Step {
        let context = self.context();
        self.output.put(context, stack, kind);
        Ok(())
    }

    /// The event must wait.
    #[inline(always)]
    fn wait(&mut self, key: Key) -> Step {
        *self.blocked = key;
        Err(Stop::Waits)
    }

    /// Reads the id of a stack.
    #[inline(always)]
    fn stack(&self, input: &mut Cursor<'_>) -> Result<StackId, Stop> {
        self.names.stacks.handle(input.varint()?).map(StackId).ok_or(UNKNOWN)
    }

    /// Reads the id of a string.
    #[inline(always)]
    fn string(&self, input: &mut Cursor<'_>) -> Result<StringId, Stop> {
        self.names.strings.handle(input.varint()?).map(StringId).ok_or(UNKNOWN)
    }

    /// Requires a thread with a P and a goroutine.
    #[inline(always)]
    fn require_user(&mut self) -> Step {
        let context = self.context();
        if context.proc.is_none() || context.goroutine.is_none() { Err(CONTRADICTION) } else { Ok(()) }
    }

    /// Requires a thread with a P.
    fn require_proc(&mut self) -> Step {
        if self.context().proc.is_none() { Err(CONTRADICTION) } else { Ok(()) }
    }

    /// Requires a thread.
    fn require_thread(&mut self) -> Step {
        if self.context().thread.is_none() { Err(CONTRADICTION) } else { Ok(()) }
    }

    /// Requires that the thread's goroutine has a status; returns its slot.
    fn require_status(&mut self, status: GoStatus) -> Result<GoSlot, Stop> {
        let goroutine = self.context().goroutine;
        let slot = self.world.goroutines.find(goroutine).ok_or(CONTRADICTION)?;
        match self.world.goroutines.get_mut(slot) {
            Some(state) if state.status == status => Ok(slot),
            _ => Err(CONTRADICTION),
        }
    }
}

/// The transition of a goroutine, without reason and stack.
const fn go_transition(goroutine: GoId, from: GoState, to: GoState) -> EventKind {
    let (reason, stack) = (StringId::EMPTY, StackId::NONE);
    EventKind::GoTransition(GoTransition { goroutine, from, to, reason, stack })
}

/// The transition of a P.
const fn proc_transition(proc: ProcId, from: ProcState, to: ProcState) -> EventKind {
    EventKind::ProcTransition(ProcTransition { proc, from, to })
}

/// Reads the id of a goroutine that is to exist from now on. Go takes 2^64-1 for the id of nothing.
fn new_goroutine(input: &mut Cursor<'_>) -> Result<GoId, Stop> {
    match GoId(input.varint()? as i64) {
        GoId::NONE => Err(Stop::Refused(ErrorKind::IdReserved)),
        id => Ok(id),
    }
}
