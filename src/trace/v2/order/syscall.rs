//! Goroutines enter and leave system calls and C.

use super::goroutines::{NOWHERE, status};
use super::procs::status as proc_status;
use super::sched::{contradiction, go, new_goroutine, proc};
use super::waiting::Key;
use super::{Advance, Order};
use crate::error::Fault;
use crate::trace::event::{GoId, StackId};
use crate::trace::event::{GoState, ProcState};
use crate::wire::Cursor;

impl Order {
    pub(super) fn syscall_end_blocked(&mut self, at: u32, input: &Cursor<'_>) -> Advance {
        let context = self.context(at);
        let p = self.threads.place(at).map_or(NOWHERE, |thread| thread.p);
        // The proc is going to be taken away; until then the goroutine is not out.
        if self.procs.place(p).is_some_and(|state| state.status == proc_status::SYSCALL) {
            return self.wait(Key::Left(context.proc));
        }
        let g = self.in_syscall(at, input)?;
        if let Some(state) = self.goroutines.place(g) {
            state.status = status::RUNNABLE;
        }
        self.threads.run(at, GoId::NONE, NOWHERE);
        self.output.put(context, StackId::NONE, go(context.goroutine, GoState::Syscall, GoState::Runnable));
        Ok(true)
    }

    /// Requires a thread whose goroutine is in a system call; gives its place.
    fn in_syscall(&mut self, at: u32, input: &Cursor<'_>) -> Result<u32, Fault> {
        self.with_thread(at, input)?;
        let goroutine = self.context(at).goroutine;
        let place = self.goroutines.find(goroutine).ok_or(contradiction(input))?;
        match self.goroutines.place(place) {
            Some(state) if state.status == status::SYSCALL => Ok(place),
            _ => Err(contradiction(input)),
        }
    }

    /// A thread of C enters Go.
    pub(super) fn go_create_syscall(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let goroutine = new_goroutine(input)?;
        self.with_thread(at, input)?;
        let context = self.context(at);
        if !context.goroutine.is_none() || self.goroutines.find(goroutine).is_some() {
            return Err(contradiction(input));
        }
        let g = self.goroutines.add(goroutine, status::SYSCALL, self.round);
        self.threads.run(at, goroutine, g);
        self.output.put(context, StackId::NONE, go(goroutine, GoState::NotExist, GoState::Syscall));
        Ok(true)
    }

    /// A thread of C leaves Go for good. Its number may be used again by another thread, so it loses its proc here:
    /// one more event, before this one.
    pub(super) fn go_destroy_syscall(&mut self, at: u32, input: &Cursor<'_>) -> Advance {
        self.in_syscall(at, input)?;
        let context = self.context(at);
        let p = self.threads.place(at).map_or(NOWHERE, |thread| thread.p);
        let gone = go(context.goroutine, GoState::Syscall, GoState::NotExist);
        if let Some(state) = self.procs.place(p) {
            if state.status != proc_status::SYSCALL {
                return Err(contradiction(input));
            }
            state.status = proc_status::ABANDONED;
            self.threads.release(at, &mut self.procs);
            self.output.put(context, StackId::NONE, proc(context.proc, ProcState::Running, ProcState::Idle));
            self.until = i64::MIN;
            self.output.follow(context, gone);
        } else {
            self.output.put(context, StackId::NONE, gone);
        }
        self.goroutines.remove(context.goroutine);
        self.threads.run(at, GoId::NONE, NOWHERE);
        Ok(true)
    }
}
