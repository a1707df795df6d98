//! Goroutines start, stop, wake and switch; procs start, stop and are stolen.

use super::goroutines::{NOWHERE, status};
use super::output::Context;
use super::procs::status as proc_status;
use super::waiting::Key;
use super::{Advance, Order};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::EventKind;
use crate::trace::event::{GoId, ProcId, StackId, StringId, ThreadId};
use crate::trace::event::{GoState, GoTransition, ProcState, ProcTransition};
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

/// The transition of a goroutine, without reason and stack.
pub(super) fn go(goroutine: GoId, from: GoState, to: GoState) -> EventKind {
    EventKind::GoTransition(GoTransition {
        goroutine,
        from,
        to,
        reason: StringId::EMPTY,
        stack: StackId::NONE,
    })
}

/// The transition of a proc.
pub(super) fn proc(proc: ProcId, from: ProcState, to: ProcState) -> EventKind {
    EventKind::ProcTransition(ProcTransition { proc, from, to })
}

/// An event that contradicts what came before it.
pub(super) fn contradiction(input: &Cursor<'_>) -> Fault {
    Fault::new(ErrorKind::BadTransition, input.offset())
}

impl Order {
    /// The context of the next event of a thread.
    #[inline(always)]
    pub(super) fn context(&mut self, at: u32) -> Context {
        match self.threads.place(at) {
            Some(thread) => Context {
                thread: thread.id,
                goroutine: thread.goroutine,
                proc: thread.proc,
                time: thread.time,
            },
            None => Context { thread: ThreadId::NONE, goroutine: GoId::NONE, proc: ProcId::NONE, time: 0 },
        }
    }

    /// Makes the next event of a thread the current one, in the context before it.
    #[inline(always)]
    pub(super) fn put(&mut self, at: u32, stack: StackId, kind: EventKind) {
        let context = self.context(at);
        self.output.put(context, stack, kind);
    }

    /// The event must wait.
    #[inline(always)]
    pub(super) fn wait(&mut self, key: Key) -> Advance {
        self.blocked = key;
        Ok(false)
    }

    /// Takes the id of a stack.
    #[inline(always)]
    pub(super) fn stack(&self, input: &mut Cursor<'_>) -> Result<StackId, Fault> {
        let id = input.varint()?;
        match self.generation.names.stacks.handle(id) {
            Some(handle) => Ok(StackId(handle)),
            None => Err(Fault::new(ErrorKind::UnknownRef, input.offset())),
        }
    }

    /// Takes the id of a text.
    #[inline(always)]
    pub(super) fn string(&self, input: &mut Cursor<'_>) -> Result<StringId, Fault> {
        let id = input.varint()?;
        match self.generation.names.strings.handle(id) {
            Some(handle) => Ok(StringId(handle)),
            None => Err(Fault::new(ErrorKind::UnknownRef, input.offset())),
        }
    }

    /// Requires a thread with a proc and a goroutine.
    #[inline(always)]
    pub(super) fn user(&mut self, at: u32, input: &Cursor<'_>) -> Result<(), Fault> {
        match self.threads.place(at) {
            Some(thread) if thread.p != NOWHERE && !thread.goroutine.is_none() => Ok(()),
            _ => Err(contradiction(input)),
        }
    }

    /// Requires a thread with a proc.
    pub(super) fn with_proc(&mut self, at: u32, input: &Cursor<'_>) -> Result<(), Fault> {
        match self.threads.place(at) {
            Some(thread) if thread.p != NOWHERE => Ok(()),
            _ => Err(contradiction(input)),
        }
    }

    /// Requires a thread.
    pub(super) fn with_thread(&mut self, at: u32, input: &Cursor<'_>) -> Result<(), Fault> {
        match self.threads.place(at) {
            Some(thread) if !thread.id.is_none() => Ok(()),
            _ => Err(contradiction(input)),
        }
    }

    /// Requires that the thread's goroutine runs; gives its place.
    fn running(&mut self, at: u32, input: &Cursor<'_>) -> Result<u32, Fault> {
        let goroutine = self.context(at).goroutine;
        let place = self.goroutines.find(goroutine).ok_or(contradiction(input))?;
        match self.goroutines.place(place) {
            Some(state) if state.status == status::RUNNING => Ok(place),
            _ => Err(contradiction(input)),
        }
    }

    /// A coroutine hands its thread to another: three events.
    pub(super) fn go_switch(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let (id, seq) = (input.varint()?, input.varint()?);
        let next = GoId(id as i64);
        self.user(at, input)?;
        let context = self.context(at);
        let current = self.running(at, input)?;
        let Some(g) = self.goroutines.find(next) else { return self.wait(Key::Waiting(id, seq)) };
        let Some(state) = self.goroutines.place(g) else { return Ok(false) };
        if state.status != status::WAITING || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Waiting(id, seq));
        }
        state.status = status::RUNNING;
        state.seq = seq;
        state.thread = at;
        let to = if code == code::GO_SWITCH {
            if let Some(state) = self.goroutines.place(current) {
                state.status = status::WAITING;
            }
            GoState::Waiting
        } else {
            self.goroutines.remove(context.goroutine);
            GoState::NotExist
        };
        self.threads.run(at, next, g);
        self.output.put(context, StackId::NONE, go(next, GoState::Waiting, GoState::Runnable));
        self.output.follow(context, go(context.goroutine, GoState::Running, to));
        let bare = Context { goroutine: GoId::NONE, ..context };
        self.until = i64::MIN;
        self.output.follow(bare, go(next, GoState::Runnable, GoState::Running));
        Ok(true)
    }

    pub(super) fn proc_start(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let (id, seq) = (input.varint()?, input.varint()?);
        let context = self.context(at);
        if !context.proc.is_none() {
            return self.wait(Key::Left(context.proc));
        }
        let Some(p) = self.procs.find(id) else { return self.wait(Key::Idle(id, seq)) };
        let Some(state) = self.procs.place(p) else { return Ok(false) };
        if state.status != proc_status::IDLE || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Idle(id, seq));
        }
        if context.thread.is_none() {
            return Err(contradiction(input));
        }
        state.status = proc_status::RUNNING;
        state.seq = seq;
        let started = state.id;
        self.threads.hold(at, p, &mut self.procs);
        self.output.put(context, StackId::NONE, proc(started, ProcState::Idle, ProcState::Running));
        Ok(true)
    }

    pub(super) fn proc_stop(&mut self, at: u32, input: &Cursor<'_>) -> Advance {
        self.with_proc(at, input)?;
        let context = self.context(at);
        let p = self.threads.place(at).map_or(NOWHERE, |thread| thread.p);
        match self.procs.place(p) {
            Some(state) if matches!(state.status, proc_status::RUNNING | proc_status::SYSCALL) => {
                state.status = proc_status::IDLE;
            }
            _ => return Err(contradiction(input)),
        }
        self.threads.release(at, &mut self.procs);
        self.output.put(context, StackId::NONE, proc(context.proc, ProcState::Running, ProcState::Idle));
        Ok(true)
    }

    pub(super) fn proc_steal(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let (id, seq) = (input.varint()?, input.varint()?);
        let victim = ThreadId(input.varint()? as i64);
        let Some(p) = self.procs.find(id) else { return self.wait(Key::Syscall(id, seq)) };
        let Some(state) = self.procs.place(p) else { return Ok(false) };
        let abandoned = state.status == proc_status::ABANDONED;
        let stealable = abandoned || state.status == proc_status::SYSCALL;
        if !stealable || !state.is_followed_by(seq, self.round) {
            return self.wait(Key::Syscall(id, seq));
        }
        state.status = proc_status::IDLE;
        state.seq = seq;
        let stolen = state.id;
        self.with_thread(at, input)?;
        let context = self.context(at);
        // Of an abandoned proc it is not known who had it: that thread may have gone on long ago.
        if !abandoned {
            let holder = if victim == context.thread {
                at
            } else {
                self.threads.find(victim).ok_or(contradiction(input))?
            };
            match self.threads.place(holder) {
                Some(thread) if thread.known && thread.p == p => {}
                _ => return Err(contradiction(input)),
            }
            self.threads.release(holder, &mut self.procs);
        }
        let from = if abandoned { ProcState::Idle } else { ProcState::Running };
        self.output.put(context, StackId::NONE, proc(stolen, from, ProcState::Idle));
        Ok(true)
    }
}

/// Takes the id of a goroutine that is to exist from now on. Go takes 2^64-1 for no goroutine.
pub(super) fn new_goroutine(input: &mut Cursor<'_>) -> Result<GoId, Fault> {
    let at = input.offset();
    match GoId(input.varint()? as i64) {
        GoId::NONE => Err(Fault::new(ErrorKind::IdReserved, at)),
        id => Ok(id),
    }
}
