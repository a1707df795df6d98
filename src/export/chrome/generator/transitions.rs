//! Transitions of goroutines and procs, which begin and end slices (`cmd/trace/procgen.go`, `threadgen.go`).

use std::io::{self, Write};

use super::{Generator, Rows};
use crate::export::chrome::emitter::Counted;
use crate::export::chrome::goroutine::Goroutine;
use crate::trace::{Event, GoState, GoTransition, ProcState, ProcTransition, Tables};

impl<W: Write> Generator<'_, W> {
    pub(super) fn go(&mut self, event: &Event, transition: &GoTransition, tables: &Tables) -> io::Result<()> {
        if self.rows_are == Rows::Threads && !event.thread.is_none() {
            self.rows.insert(event.thread.raw());
        }
        let (row, by_proc, by_goroutine) =
            (self.row(event), self.by_proc(), self.rows_are == Rows::Goroutines);
        let GoTransition { goroutine: id, from, to, .. } = *transition;
        let order = &mut self.order;
        let goroutine = self.goroutines.entry(id).or_insert_with(|| {
            order.push(id);
            Goroutine::new(id)
        });
        goroutine.augment_name(transition.stack, tables);
        if from == to {
            return Ok(());
        }
        let (time, stack, out) = (event.time, event.stack, &mut self.out);
        // The row on which it executes: its own, or that of the event.
        let own = if by_goroutine { id.raw() } else { row.unwrap_or(-1) };
        let since = if from == GoState::Undetermined { out.start } else { time };
        // By proc, a goroutine in a system call is on the row only as long as it holds the proc.
        let stops = if by_proc { from == GoState::Running } else { from.is_executing() };
        if stops && !to.is_executing() {
            if to == GoState::Waiting {
                goroutine.block(transition.reason);
            }
            goroutine.stop(time, stack, out, tables)?;
        }
        let starts = if by_proc { to == GoState::Running } else { to.is_executing() };
        if !from.is_executing() && starts {
            goroutine.start(since, own, out, tables)?;
        }
        if from == GoState::Waiting {
            goroutine.unblock(time, stack, row.unwrap_or(-1), by_proc || by_goroutine, out, tables)?;
        }
        if from == GoState::NotExist && to == GoState::Runnable {
            goroutine.created(time, row, stack);
        }
        let assists = goroutine.is_in(b"GC mark assist");
        if from == GoState::Syscall || to == GoState::Syscall {
            self.syscall(event, transition, since, own, tables)?;
        }
        self.out.goroutine(time, counted(from, assists), counted(to, assists))
    }

    /// Begins or ends a system call. By proc, it is on the row only as long as it holds the proc.
    fn syscall(
        &mut self,
        event: &Event,
        transition: &GoTransition,
        since: i64,
        own: i64,
        tables: &Tables,
    ) -> io::Result<()> {
        let (by_proc, by_goroutine) = (self.by_proc(), self.rows_are == Rows::Goroutines);
        let GoTransition { goroutine: id, from, to, .. } = *transition;
        let (time, stack) = (event.time, event.stack);
        let Some(goroutine) = self.goroutines.get_mut(&id) else { return Ok(()) };
        if by_proc {
            if from == GoState::Syscall && to != GoState::Running {
                goroutine.blocked_syscall_end(time, stack, &mut self.out, tables)?;
            }
            if let (GoState::Syscall, Some(proc)) = (to, event.proc.some()) {
                goroutine.syscall_begin(since, proc.raw(), stack);
                self.in_syscall.insert(proc, id);
            }
            if from == GoState::Syscall && self.in_syscall.remove(&event.proc).is_some() {
                goroutine.syscall_end(time, false);
            }
            return Ok(());
        }
        if from == GoState::Syscall {
            goroutine.syscall_end(time, to != GoState::Running);
            if by_goroutine && to != GoState::Running {
                goroutine.blocked_syscall_end(time, stack, &mut self.out, tables)?;
            }
        }
        if to == GoState::Syscall {
            goroutine.syscall_begin(since, own, stack);
        }
        Ok(())
    }

    pub(super) fn proc(
        &mut self,
        event: &Event,
        transition: &ProcTransition,
        tables: &Tables,
    ) -> io::Result<()> {
        let ProcTransition { proc, from, to } = *transition;
        if self.rows_are == Rows::Goroutines {
            return Ok(());
        }
        let row = if self.by_proc() { proc.raw() } else { event.thread.raw() };
        if self.by_proc() || !event.thread.is_none() {
            self.rows.insert(row);
        }
        if from == to {
            return Ok(());
        }
        let (starts, stops) = (to == ProcState::Running, from == ProcState::Running);
        let time = if from == ProcState::Undetermined && starts { self.out.start } else { event.time };
        if starts {
            self.out.proc(time, 1)?;
        }
        if stops {
            self.out.proc(time, -1)?;
            let blocked = if self.by_proc() { self.in_syscall.remove(&proc) } else { None };
            if let Some(goroutine) = blocked.and_then(|id| self.goroutines.get_mut(&id)) {
                goroutine.syscall_end(time, true);
                goroutine.stop(time, event.stack, &mut self.out, tables)?;
            }
        }
        if !starts && !stops {
            return Ok(());
        }
        let mut args = Vec::new();
        if event.thread.raw() != 0 {
            args.push(format!("\"thread\":{}", event.thread.raw() as u64));
        }
        if proc.raw() != 0 {
            args.push(format!("\"proc\":{}", proc.raw()));
        }
        let rest = format!(",\"args\":{{{}}}", args.join(","));
        let name: &[u8] = if stops { b"proc stop" } else { b"proc start" };
        self.out.instant(name, time, row, event.stack, &rest, tables)
    }
}

/// The state as the counter of goroutines distinguishes it.
fn counted(state: GoState, assists: bool) -> Counted {
    match state {
        GoState::Runnable => Counted::Runnable,
        GoState::Running | GoState::Syscall => Counted::Running,
        GoState::Waiting if assists => Counted::WaitingGc,
        GoState::Waiting => Counted::Waiting,
        _ => Counted::Dead,
    }
}
