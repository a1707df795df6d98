//! The events that make up nine tenths of every trace. They touch what they need and nothing else.

use super::goroutines::{Goroutines, NOWHERE, status};
use super::output::Output;
use super::procs::{Procs, status as proc_status};
use super::step::Step;
use super::threads::Thread;
use super::waiting::Key;
use crate::error::ErrorKind;
use crate::trace::event::EventKind;
use crate::trace::event::{GoId, StackId, StringId};
use crate::trace::event::{GoState, GoTransition};
use crate::trace::v2::names::Names;
use crate::trace::v2::wire::Window;
use crate::trace::v2::wire::code;

/// What the most common events touch.
pub(super) struct Hot<'o> {
    pub(super) thread: &'o mut Thread,
    pub(super) at: u32,
    pub(super) goroutines: &'o mut Goroutines,
    pub(super) procs: &'o mut Procs,
    pub(super) names: &'o Names,
    pub(super) output: &'o mut Output,
    pub(super) blocked: &'o mut Key,
    pub(super) round: u32,
}

const CUT: Step = Step::Refused(ErrorKind::Truncated);
const WRONG: Step = Step::Refused(ErrorKind::BadTransition);
const UNKNOWN: Step = Step::Refused(ErrorKind::UnknownRef);

impl Hot<'_> {
    /// Gives the event its place: that of the thread before it.
    #[inline(always)]
    pub(super) fn place(&mut self) {
        self.output.event.thread = self.thread.id;
        self.output.event.goroutine = self.thread.goroutine;
        self.output.event.proc = self.thread.proc;
    }

    /// The event took effect.
    #[inline(always)]
    fn done(&mut self, stack: StackId, change: GoTransition) -> Step {
        self.output.event.stack = stack;
        self.output.event.kind = EventKind::GoTransition(change);
        self.output.stamp(self.thread.time);
        Step::Done
    }

    #[inline(always)]
    fn wait(&mut self, key: Key) -> Step {
        *self.blocked = key;
        Step::Waits
    }

    #[inline(always)]
    pub(super) fn go_start(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(seq)) = (input.number(), input.number()) else { return CUT };
        if input.is_overrun() {
            return CUT;
        }
        let goroutine = GoId(id as i64);
        let Some((g, state)) = self.goroutines.find_mut(goroutine) else {
            return self.wait(Key::Runnable(id, seq));
        };
        if state.status != status::RUNNABLE || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Runnable(id, seq));
        }
        if self.thread.p == NOWHERE || !self.thread.goroutine.is_none() {
            return WRONG;
        }
        state.status = status::RUNNING;
        state.seq = seq;
        state.thread = self.at;
        self.thread.goroutine = goroutine;
        self.thread.g = g;
        self.done(StackId::NONE, plain(goroutine, GoState::Runnable, GoState::Running))
    }

    #[inline(always)]
    pub(super) fn go_unblock(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(seq), Some(stack)) = (input.number(), input.number(), input.number()) else {
            return CUT;
        };
        if input.is_overrun() {
            return CUT;
        }
        let goroutine = GoId(id as i64);
        let Some((_, state)) = self.goroutines.find_mut(goroutine) else {
            return self.wait(Key::Waiting(id, seq));
        };
        if state.status != status::WAITING || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Waiting(id, seq));
        }
        state.status = status::RUNNABLE;
        state.seq = seq;
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return UNKNOWN };
        self.done(stack, plain(goroutine, GoState::Waiting, GoState::Runnable))
    }

    /// GoStop and GoBlock: the goroutine leaves its thread.
    #[inline(always)]
    pub(super) fn go_stop(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(reason), Some(stack)) = (input.number(), input.number()) else { return CUT };
        if input.is_overrun() {
            return CUT;
        }
        let Some(reason) = self.names.strings.handle(reason).map(StringId) else {
            return UNKNOWN;
        };
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return UNKNOWN };
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.at(self.thread.g, goroutine) else {
            return WRONG;
        };
        if state.status != status::RUNNING || self.thread.p == NOWHERE {
            return WRONG;
        }
        let blocks = self.thread.code == code::GO_BLOCK;
        state.status = if blocks { status::WAITING } else { status::RUNNABLE };
        let to = if blocks { GoState::Waiting } else { GoState::Runnable };
        self.thread.goroutine = GoId::NONE;
        let change = GoTransition { goroutine, from: GoState::Running, to, reason, stack };
        self.done(stack, change)
    }

    #[inline(always)]
    pub(super) fn syscall_begin(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(seq), Some(stack)) = (input.number(), input.number()) else { return CUT };
        if input.is_overrun() {
            return CUT;
        }
        let Some(stack) = self.names.stacks.handle(stack).map(StackId) else { return UNKNOWN };
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.at(self.thread.g, goroutine) else {
            return WRONG;
        };
        let Some(holds) = self.procs.place(self.thread.p) else { return WRONG };
        // The thread holds the proc, so nothing else can be missing: a number out of turn is an error.
        if state.status != status::RUNNING || !holds.is_followed_by(seq, self.round) {
            return WRONG;
        }
        state.status = status::SYSCALL;
        holds.status = proc_status::SYSCALL;
        holds.seq = seq;
        let change = GoTransition {
            goroutine,
            from: GoState::Running,
            to: GoState::Syscall,
            reason: StringId::EMPTY,
            stack,
        };
        self.done(stack, change)
    }

    #[inline(always)]
    pub(super) fn syscall_end(&mut self) -> Step {
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.at(self.thread.g, goroutine) else {
            return WRONG;
        };
        let Some(holds) = self.procs.place(self.thread.p) else { return WRONG };
        if state.status != status::SYSCALL || holds.status != proc_status::SYSCALL {
            return WRONG;
        }
        state.status = status::RUNNING;
        holds.status = proc_status::RUNNING;
        self.done(StackId::NONE, plain(goroutine, GoState::Syscall, GoState::Running))
    }

    /// GoCreate and GoCreateBlocked.
    #[inline(always)]
    pub(super) fn go_create(&mut self, input: &mut Window<'_>) -> Step {
        let (Some(id), Some(new_stack), Some(stack)) = (input.number(), input.number(), input.number())
        else {
            return CUT;
        };
        if input.is_overrun() {
            return CUT;
        }
        let goroutine = GoId(id as i64);
        if goroutine.is_none() {
            // Go takes it for no goroutine.
            return Step::Refused(ErrorKind::IdReserved);
        }
        let (stacks, new_stack) = (&self.names.stacks, self.names.stacks.handle(new_stack).map(StackId));
        let (Some(new_stack), Some(stack)) = (new_stack, stacks.handle(stack).map(StackId)) else {
            return UNKNOWN;
        };
        // A proc may create goroutines without running one itself; one that it runs must be running.
        let creator = self.goroutines.at(self.thread.g, self.thread.goroutine);
        let may = creator.is_none_or(|state| state.status == status::RUNNING);
        if self.thread.p == NOWHERE || !may || self.goroutines.find(goroutine).is_some() {
            return WRONG;
        }
        let blocked = self.thread.code == code::GO_CREATE_BLOCKED;
        let status = if blocked { status::WAITING } else { status::RUNNABLE };
        let to = if blocked { GoState::Waiting } else { GoState::Runnable };
        self.goroutines.add(goroutine, status, self.round);
        let change = GoTransition {
            goroutine,
            from: GoState::NotExist,
            to,
            reason: StringId::EMPTY,
            stack: new_stack,
        };
        self.done(stack, change)
    }

    #[inline(always)]
    pub(super) fn go_destroy(&mut self) -> Step {
        let goroutine = self.thread.goroutine;
        let Some(state) = self.goroutines.at(self.thread.g, goroutine) else { return WRONG };
        if state.status != status::RUNNING || self.thread.p == NOWHERE {
            return WRONG;
        }
        self.goroutines.remove(goroutine);
        self.thread.goroutine = GoId::NONE;
        self.done(StackId::NONE, plain(goroutine, GoState::Running, GoState::NotExist))
    }
}

/// A transition without reason and stack.
const fn plain(goroutine: GoId, from: GoState, to: GoState) -> GoTransition {
    GoTransition { goroutine, from, to, reason: StringId::EMPTY, stack: StackId::NONE }
}
