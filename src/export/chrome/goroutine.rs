//! A goroutine as the viewer sees it: the row on which it executes, its open ranges, the cause of its next
//! start (`cmd/trace/gstate.go`).

use std::io::{self, Write};

use super::emitter::{Emitter, NETWORK, SYSCALLS, Slice};
use crate::trace::{GoId, StackId, StringId, Tables};

/// The event that made a goroutine runnable, from which an arrow leads to its start.
#[derive(Debug)]
struct StartCause {
    name: Vec<u8>,
    time: i64,
    row: i64,
    stack: StackId,
}

/// A range that ended while the goroutine executed; written when it stops.
#[derive(Debug)]
struct Completed {
    name: Vec<u8>,
    start: i64,
    end: i64,
    stack: StackId,
    end_stack: StackId,
    blocked: Option<bool>,
}

/// The viewer's state of one goroutine.
#[derive(Debug)]
pub(super) struct Goroutine {
    name: Vec<u8>,
    is_named: bool,
    label: StringId,
    /// The row on which it executes, and the time since when.
    executing: Option<(i64, i64)>,
    last_stop: StackId,
    /// Open ranges: name, begin (0 while the goroutine does not execute), stack.
    ranges: Vec<(Vec<u8>, i64, StackId)>,
    completed: Vec<Completed>,
    syscall: Option<(i64, StackId)>,
    block_reason: StringId,
    start_cause: Option<StartCause>,
}

impl Goroutine {
    pub(super) fn new(id: GoId) -> Self {
        Self {
            name: format!("G{id}").into_bytes(),
            is_named: false,
            label: StringId::EMPTY,
            executing: None,
            last_stop: StackId::NONE,
            ranges: Vec::new(),
            completed: Vec::new(),
            syscall: None,
            block_reason: StringId::EMPTY,
            start_cause: None,
        }
    }

    /// Adds the root function of the first stack seen of it to its name.
    pub(super) fn augment_name(&mut self, stack: StackId, tables: &Tables) {
        if self.is_named || stack.is_none() {
            return;
        }
        self.is_named = true;
        self.name.push(b' ');
        if let Some(&root) = tables.stack_frames(stack).last() {
            self.name.extend_from_slice(tables.string(tables.frame(root).function));
        }
    }

    /// Its name, with its label.
    pub(super) fn full_name(&self, tables: &Tables) -> Vec<u8> {
        let mut name = self.name.clone();
        if self.label != StringId::EMPTY {
            name.extend([b" (", tables.string(self.label), b")"].concat());
        }
        name
    }

    pub(super) fn label(&mut self, label: StringId) {
        self.label = label;
    }

    pub(super) fn is_in(&self, range: &[u8]) -> bool {
        self.ranges.iter().any(|(name, ..)| name == range)
    }

    pub(super) fn created(&mut self, time: i64, row: Option<i64>, stack: StackId) {
        if let Some(row) = row {
            self.start_cause = Some(StartCause { name: b"go".to_vec(), time, row, stack });
        }
    }

    pub(super) fn start<W: Write>(
        &mut self,
        time: i64,
        row: i64,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        for range in &mut self.ranges {
            (range.1, range.2) = (time, StackId::NONE);
        }
        if let Some(cause) = self.start_cause.take() {
            out.arrow(&cause.name, (cause.row, cause.time), (row, time), cause.stack, tables)?;
        }
        self.executing = Some((row, time));
        Ok(())
    }

    pub(super) fn syscall_begin(&mut self, time: i64, row: i64, stack: StackId) {
        self.syscall = Some((time, stack));
        self.executing.get_or_insert((row, time));
    }

    pub(super) fn syscall_end(&mut self, time: i64, blocked: bool) {
        let Some((start, stack)) = self.syscall.take() else { return };
        let (name, end_stack, blocked) = (b"syscall".to_vec(), StackId::NONE, Some(blocked));
        self.completed.push(Completed { name, start, end: time, stack, end_stack, blocked });
    }

    pub(super) fn blocked_syscall_end<W: Write>(
        &mut self,
        time: i64,
        stack: StackId,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        let name = b"exit blocked syscall";
        self.start_cause = Some(StartCause { name: name.to_vec(), time, row: SYSCALLS, stack });
        out.instant(name, time, SYSCALLS, stack, "", tables)
    }

    /// It was unblocked on `row`. By proc, wake-ups by the network poller have a row of their own. As in Go,
    /// no arrow begins at row 0.
    pub(super) fn unblock<W: Write>(
        &mut self,
        time: i64,
        stack: StackId,
        row: i64,
        by_proc: bool,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        let reason = tables.string(self.block_reason);
        let mut name = b"unblock".to_vec();
        let mut row = row;
        if !reason.is_empty() {
            name.extend([b" (", reason, b")"].concat());
        }
        if memchr::memmem::find(reason, b"network").is_some() {
            if by_proc {
                row = NETWORK;
            }
            out.instant(&name, time, row, stack, "", tables)?;
        }
        self.block_reason = StringId::EMPTY;
        if row != 0 {
            self.start_cause = Some(StartCause { name, time, row, stack });
        }
        Ok(())
    }

    pub(super) fn block(&mut self, reason: StringId) {
        self.block_reason = reason;
    }

    pub(super) fn stop<W: Write>(
        &mut self,
        time: i64,
        stack: StackId,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        let Some((row, start)) = self.executing.take() else { return Ok(()) };
        let name = self.full_name(tables);
        let (end_stack, blocked) = (stack, None);
        out.slice(
            &Slice { name: &name, start, end: time, row, stack: self.last_stop, end_stack, blocked },
            tables,
        )?;
        for done in self.completed.drain(..) {
            let Completed { name, start, end, stack, end_stack, blocked } = done;
            out.slice(&Slice { name: &name, start, end, row, stack, end_stack, blocked }, tables)?;
        }
        for (name, since, stack) in &mut self.ranges {
            let (start, end_stack) = (*since, StackId::NONE);
            out.slice(&Slice { name, start, end: time, row, stack: *stack, end_stack, blocked }, tables)?;
            (*since, *stack) = (0, StackId::NONE);
        }
        self.last_stop = stack;
        Ok(())
    }

    /// Ends its open slices at the end of the trace.
    pub(super) fn finish<W: Write>(
        &mut self,
        end: i64,
        out: &mut Emitter<W>,
        tables: &Tables,
    ) -> io::Result<()> {
        if self.executing.is_some() {
            self.syscall_end(end, false);
            self.stop(end, StackId::NONE, out, tables)?;
        }
        Ok(())
    }

    pub(super) fn range_begin(&mut self, name: &[u8], time: i64, stack: StackId) {
        let since = if self.executing.is_some() { time } else { 0 };
        self.set_range(name, since, stack);
    }

    pub(super) fn range_active(&mut self, name: &[u8]) {
        let since = self.executing.map_or(0, |(_, since)| since);
        self.set_range(name, since, StackId::NONE);
    }

    fn set_range(&mut self, name: &[u8], since: i64, stack: StackId) {
        match self.ranges.iter_mut().find(|(other, ..)| other == name) {
            Some(range) => (range.1, range.2) = (since, stack),
            None => self.ranges.push((name.to_vec(), since, stack)),
        }
    }

    pub(super) fn range_end(&mut self, name: &[u8], time: i64, end_stack: StackId) {
        let Some(at) = self.ranges.iter().position(|(other, ..)| other == name) else { return };
        let (name, start, stack) = self.ranges.remove(at);
        if self.executing.is_some() {
            self.completed.push(Completed { name, start, end: time, stack, end_stack, blocked: None });
        }
    }
}
