//! States that are told rather than changed: once a generation for each goroutine and proc.

use super::goroutines::{NOWHERE, status};
use super::procs::status as proc_status;
use super::sched::{contradiction, new_goroutine, proc};
use super::{Advance, Order};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::EventKind;
use crate::trace::event::{GoId, ProcId, StackId, StringId, ThreadId};
use crate::trace::event::{GoState, GoTransition, ProcState};
use crate::trace::v2::wire::code;
use crate::wire::Cursor;

impl Order {
    pub(super) fn proc_status(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let offset = input.offset();
        let id = input.varint()?;
        let id = i32::try_from(id).map(ProcId).map_err(|_| Fault::new(ErrorKind::IdReserved, offset))?;
        let offset = input.offset();
        // All 64 bits count. Go cuts them to 8, and takes 0 for "undetermined".
        let (status, to) = match input.varint()? {
            1 => (proc_status::RUNNING, ProcState::Running),
            2 => (proc_status::IDLE, ProcState::Idle),
            3 => (proc_status::SYSCALL, ProcState::Running),
            4 => (proc_status::ABANDONED, ProcState::Idle),
            _ => return Err(Fault::new(ErrorKind::BadEnum, offset)),
        };
        let mut context = self.context(at);
        let mut change = proc(id, to, to);
        if self.is_guess() {
            self.assume_proc(id, status, input)?;
        }
        let p = match self.procs.find(id.0 as u64) {
            Some(p) => {
                let Some(state) = self.procs.place(p) else { return Ok(false) };
                let promoted = status == proc_status::ABANDONED && state.status == proc_status::SYSCALL;
                if !promoted && state.status != status {
                    return Err(contradiction(input));
                }
                state.seq = 0;
                state.round = self.round;
                if promoted {
                    // The trace knows who holds it, although the teller did not; the event belongs to the holder.
                    change = proc(id, ProcState::Running, ProcState::Running);
                    let holder = state.holder;
                    let Some(holder) = self.threads.place(holder) else { return Err(contradiction(input)) };
                    (context.thread, context.proc) = (holder.id, id);
                    context.goroutine = holder.goroutine;
                }
                p
            }
            None => {
                let from = if self.is_initial() { ProcState::Undetermined } else { ProcState::NotExist };
                change = proc(id, from, to);
                self.procs.add(id, status, self.round)
            }
        };
        if matches!(status, proc_status::RUNNING | proc_status::SYSCALL) {
            self.threads.hold(at, p, &mut self.procs);
        }
        self.output.put(context, StackId::NONE, change);
        Ok(true)
    }

    pub(super) fn go_status(&mut self, at: u32, code: u8, input: &mut Cursor<'_>) -> Advance {
        let goroutine = new_goroutine(input)?;
        let named = ThreadId(input.varint()? as i64);
        let offset = input.offset();
        let (status, to) = match input.varint()? {
            1 => (status::RUNNABLE, GoState::Runnable),
            2 => (status::RUNNING, GoState::Running),
            3 => (status::SYSCALL, GoState::Syscall),
            4 => (status::WAITING, GoState::Waiting),
            _ => return Err(Fault::new(ErrorKind::BadEnum, offset)),
        };
        let stack = if code == code::GO_STATUS_STACK { self.stack(input)? } else { StackId::NONE };
        let (g, from) = self.told(goroutine, status, to, input)?;
        let mut context = self.context(at);
        match status {
            status::RUNNING => {
                self.runs_nowhere_else(at, g, goroutine, input)?;
                self.threads.run(at, goroutine, g);
            }
            status::SYSCALL if named.is_none() => return Err(contradiction(input)),
            status::SYSCALL if named == context.thread => {
                // After the first generation the thread must have been seen entering the call.
                if !self.is_initial() && context.goroutine != goroutine {
                    return Err(contradiction(input));
                }
                self.threads.run(at, goroutine, g);
            }
            status::SYSCALL => {
                // The goroutine sits in a call on another thread, which tells nothing itself.
                let other = self.threads.find_or_add(named);
                let known = self.threads.place(other).map(|other| (other.known, other.goroutine));
                match known {
                    Some((false, _)) if self.is_guess() => {
                        self.assume_in_syscall(other, goroutine, g);
                        context.goroutine = goroutine;
                    }
                    Some((true, runs)) if runs != goroutine => return Err(contradiction(input)),
                    Some((true, runs)) => context.goroutine = runs,
                    _ => {
                        self.threads.run(other, goroutine, g);
                        if let Some(other) = self.threads.place(other) {
                            other.known = true;
                        }
                    }
                }
                context.thread = named;
            }
            _ => {}
        }
        let change = GoTransition { goroutine, from, to, reason: StringId::EMPTY, stack };
        self.output.put(context, stack, EventKind::GoTransition(change));
        Ok(true)
    }

    /// Notes the status of a goroutine, which is new only in the first generation; gives its place and the state
    /// that it had.
    fn told(
        &mut self,
        goroutine: GoId,
        status: u8,
        to: GoState,
        input: &Cursor<'_>,
    ) -> Result<(u32, GoState), Fault> {
        if self.is_guess() && self.goroutines.find(goroutine).is_none() {
            self.assume_goroutine(goroutine, status);
        }
        let Some(g) = self.goroutines.find(goroutine) else {
            if !self.is_initial() {
                return Err(contradiction(input));
            }
            return Ok((self.goroutines.add(goroutine, status, self.round), GoState::Undetermined));
        };
        match self.goroutines.place(g) {
            Some(state) if state.status == status => {
                state.seq = 0;
                state.round = self.round;
                Ok((g, to))
            }
            _ => Err(contradiction(input)),
        }
    }

    /// Refuses a goroutine that runs on two threads, which Go accepts.
    fn runs_nowhere_else(
        &mut self,
        at: u32,
        g: u32,
        goroutine: GoId,
        input: &Cursor<'_>,
    ) -> Result<(), Fault> {
        if self.context(at).thread.is_none() {
            return Ok(());
        }
        let Some(state) = self.goroutines.place(g) else { return Ok(()) };
        let before = std::mem::replace(&mut state.thread, at);
        let elsewhere = before != at && before != NOWHERE;
        if elsewhere && self.threads.place(before).is_some_and(|thread| thread.goroutine == goroutine) {
            return Err(contradiction(input));
        }
        Ok(())
    }
}
