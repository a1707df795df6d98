//! Writes events of the viewer (`internal/trace/traceviewer/emitter.go`).

mod annotations;
mod counters;
mod frames;
mod rows;

use std::io::{self, Write};

use crate::table::Set;
use crate::text::json;
use crate::trace::{StackId, Tables};

pub(super) use counters::Counted;
pub(super) use rows::{GC, NETWORK, Row, SYSCALLS};

use counters::Counters;
use frames::StackFrames;

/// A slice of time on a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice<'a> {
    pub(super) name: &'a [u8],
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) row: i64,
    pub(super) stack: StackId,
    pub(super) end_stack: StackId,
    /// A system call: whether it blocked.
    pub(super) blocked: Option<bool>,
}

/// Writes the events of the viewer.
#[derive(Debug)]
pub(super) struct Emitter<W> {
    out: W,
    is_first: bool,
    /// The time of the trace's first event.
    pub(super) start: i64,
    /// The first and the last time of events that are written.
    pub(super) range: (i64, i64),
    /// The rows that are written; all if `None`.
    pub(super) filter: Option<Set<i64>>,
    counters: Counters,
    frames: StackFrames,
    arrows: u64,
    regions: u64,
}

impl<W: Write> Emitter<W> {
    pub(super) fn new(mut out: W) -> io::Result<Self> {
        out.write_all(b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")?;
        Ok(Self {
            out,
            is_first: true,
            start: 0,
            range: (i64::MIN, i64::MAX),
            filter: None,
            counters: Counters::default(),
            frames: StackFrames::default(),
            arrows: 0,
            regions: 0,
        })
    }

    fn within(&self, time: i64) -> bool {
        (self.range.0..=self.range.1).contains(&time)
    }

    /// Whether a row is shown.
    pub(super) fn shows(&self, row: i64) -> bool {
        self.filter.as_ref().is_none_or(|rows| rows.contains(&row))
    }

    /// Writes the beginning of an event, up to its time.
    fn begin(&mut self, name: &[u8], phase: &str, time: i64) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"\n{\"name\":" } else { b",\n{\"name\":" })?;
        self.is_first = false;
        json::write_string(&mut self.out, name)?;
        let scope = if phase == "I" { ",\"s\":\"t\"" } else { "" };
        let at = micros(time.saturating_sub(self.start));
        write!(self.out, ",\"ph\":\"{phase}\"{scope},\"ts\":{at}")
    }

    fn duration(&mut self, start: i64, end: i64) -> io::Result<()> {
        if end != start {
            write!(self.out, ",\"dur\":{}", micros(end.saturating_sub(start)))?;
        }
        Ok(())
    }

    fn stacks(&mut self, stack: u32, end_stack: u32) -> io::Result<()> {
        if stack != 0 {
            write!(self.out, ",\"sf\":{stack}")?;
        }
        if end_stack != 0 {
            write!(self.out, ",\"esf\":{end_stack}")?;
        }
        Ok(())
    }

    pub(super) fn slice(&mut self, slice: &Slice<'_>, tables: &Tables) -> io::Result<()> {
        if !self.shows(slice.row) || !self.within(slice.start) && !self.within(slice.end) {
            return Ok(());
        }
        let (stack, end_stack) =
            (self.frames.number(slice.stack, tables), self.frames.number(slice.end_stack, tables));
        self.begin(slice.name, "X", slice.start)?;
        self.duration(slice.start, slice.end)?;
        write!(self.out, ",\"pid\":0,\"tid\":{}", slice.row as u64)?;
        self.stacks(stack, end_stack)?;
        if let Some(blocked) = slice.blocked {
            write!(self.out, ",\"args\":{{\"blocked\":\"{}\"}}", if blocked { "yes" } else { "no" })?;
        }
        self.out.write_all(b"}")
    }

    /// A moment on a row, with more fields in `rest`.
    pub(super) fn instant(
        &mut self,
        name: &[u8],
        time: i64,
        row: i64,
        stack: StackId,
        rest: &str,
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.shows(row) || !self.within(time) {
            return Ok(());
        }
        let (stack, row) = (self.frames.number(stack, tables), row as u64);
        self.begin(name, "I", time)?;
        write!(self.out, ",\"pid\":0,\"tid\":{row}")?;
        self.stacks(stack, 0)?;
        write!(self.out, "{rest}}}")
    }

    pub(super) fn arrow(
        &mut self,
        name: &[u8],
        (from, start): (i64, i64),
        (to, end): (i64, i64),
        stack: StackId,
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.shows(from) || !self.shows(to) {
            return Ok(());
        }
        self.any_arrow(name, 0, (from, start), (to, end), stack, tables)
    }

    fn any_arrow(
        &mut self,
        name: &[u8],
        section: u32,
        (from, start): (i64, i64),
        (to, end): (i64, i64),
        stack: StackId,
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.within(start) || !self.within(end) {
            return Ok(());
        }
        self.arrows += 1;
        let (id, stack) = (self.arrows, self.frames.number(stack, tables));
        // Go writes row numbers as unsigned, -1 for none included.
        let (from, to) = (from as u64, to as u64);
        self.begin(name, "s", start)?;
        write!(self.out, ",\"pid\":{section},\"tid\":{from},\"id\":{id}")?;
        self.stacks(stack, 0)?;
        self.out.write_all(b"}")?;
        self.begin(name, "t", end)?;
        write!(self.out, ",\"pid\":{section},\"tid\":{to},\"id\":{id}}}")
    }
}

/// Nanoseconds as microseconds, as Go divides them.
fn micros(nanos: i64) -> f64 {
    nanos as f64 / 1000.0
}
