//! Turns events into slices, arrows and counters of the viewer (`cmd/trace/gen.go`, `procgen.go`,
//! `threadgen.go`).

mod rows;
mod transitions;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::emitter::{Emitter, GC, Slice};
use super::focus::Focus;
use super::goroutine::Goroutine;
use super::tasks::Tasks;
use super::view::View;
use crate::table::Map;
use crate::trace::{Event, EventKind, GoId, Metric, ProcId, Resource, StackId, Tables, ThreadId};

/// The kind of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    Procs,
    Threads,
    Goroutines,
}

/// Generates the viewer's events.
#[derive(Debug)]
pub(super) struct Generator<'f, W> {
    rows_are: Rows,
    focus: Option<&'f Focus>,
    tasks: Tasks,
    out: Emitter<W>,
    started: bool,
    now: i64,
    syncs: u32,
    goroutines: Map<GoId, Goroutine>,
    /// All goroutines in the order in which they appear.
    order: Vec<GoId>,
    /// Goroutines in system calls, by the proc that they hold.
    in_syscall: Map<ProcId, GoId>,
    /// Open ranges of procs and of the program, by name and row: begin and stack.
    ranges: BTreeMap<(Vec<u8>, i64), (i64, StackId)>,
    /// The procs or threads that appear in the trace.
    rows: BTreeSet<i64>,
}

/// The row of ranges of the whole program, among those of procs.
const PROGRAM: i64 = -1;

impl<'f, W: Write> Generator<'f, W> {
    pub(super) fn new(view: View, out: W) -> io::Result<Self> {
        let rows_are = if view == View::Threads { Rows::Threads } else { Rows::Procs };
        Ok(Self {
            rows_are,
            focus: None,
            tasks: Tasks::default(),
            out: Emitter::new(out)?,
            started: false,
            now: 0,
            syncs: 0,
            goroutines: Map::default(),
            order: Vec::new(),
            in_syscall: Map::default(),
            ranges: BTreeMap::new(),
            rows: BTreeSet::new(),
        })
    }

    pub(super) fn focused(focus: &'f Focus, out: W) -> io::Result<Self> {
        let mut new = Self::new(View::Procs, out)?;
        if focus.by_goroutine {
            new.rows_are = Rows::Goroutines;
        }
        new.out.range = focus.range;
        new.out.filter = focus.goroutines.as_ref().map(|ids| ids.iter().map(|id| id.raw()).collect());
        (new.focus, new.tasks) = (Some(focus), Tasks::new(focus));
        Ok(new)
    }

    fn by_proc(&self) -> bool {
        self.rows_are == Rows::Procs
    }

    /// The row on which an event happened.
    fn row(&self, event: &Event) -> Option<i64> {
        match self.rows_are {
            Rows::Procs => event.proc.some().map(ProcId::raw),
            Rows::Threads => event.thread.some().map(ThreadId::raw),
            Rows::Goroutines => event.goroutine.some().map(GoId::raw),
        }
    }

    pub(super) fn event(&mut self, event: &Event, tables: &Tables) -> io::Result<()> {
        if !self.started {
            self.started = true;
            self.out.start = event.time;
        }
        self.now = event.time;
        if self.focus.is_some() {
            self.tasks.event(event);
        }
        match event.kind {
            EventKind::Sync { .. } => self.syncs += 1,
            EventKind::StackSample => {
                if let Some(row) = self.row(event) {
                    self.out.instant(b"CPU profile sample", event.time, row, event.stack, "", tables)?;
                }
            }
            EventKind::Log(log) => {
                let Some(row) = self.row(event) else { return Ok(()) };
                let (category, message) = (tables.string(log.category), tables.string(log.message));
                let name = match category {
                    b"" => message.to_vec(),
                    _ => [b"[", category, b"] ", message].concat(),
                };
                self.out.instant(&name, event.time, row, event.stack, ",\"cat\":\"user event\"", tables)?;
            }
            EventKind::Metric { metric: Metric::HeapObjects, value } => {
                self.out.heap_allocated(event.time, value)?;
            }
            EventKind::Metric { metric: Metric::HeapGoal, value } => self.out.heap_goal(event.time, value)?,
            EventKind::Label(label) => {
                if let Some(goroutine) = self.goroutines.get_mut(&event.goroutine) {
                    goroutine.label(label);
                }
            }
            EventKind::RangeBegin(_) | EventKind::RangeActive(_) | EventKind::RangeEnd { .. } => {
                self.range(event, tables)?;
            }
            EventKind::GoTransition(transition) => self.go(event, &transition, tables)?,
            EventKind::ProcTransition(transition) => self.proc(event, &transition, tables)?,
            _ => {}
        }
        Ok(())
    }

    fn range(&mut self, event: &Event, tables: &Tables) -> io::Result<()> {
        let Some(range) = event.range() else { return Ok(()) };
        let name = tables.range_name(range.name).into_owned();
        match range.scope {
            Resource::Goroutine(id) => {
                let Some(goroutine) = self.goroutines.get_mut(&id) else { return Ok(()) };
                match event.kind {
                    EventKind::RangeBegin(_) => goroutine.range_begin(&name, event.time, event.stack),
                    EventKind::RangeActive(_) => goroutine.range_active(&name),
                    _ => goroutine.range_end(&name, event.time, event.stack),
                }
                Ok(())
            }
            Resource::Proc(id) if self.by_proc() => self.shared_range(event, name, id.raw(), tables),
            Resource::None => self.shared_range(event, name, PROGRAM, tables),
            _ => Ok(()),
        }
    }

    /// A range of a proc or of the program.
    fn shared_range(&mut self, event: &Event, name: Vec<u8>, row: i64, tables: &Tables) -> io::Result<()> {
        match event.kind {
            EventKind::RangeBegin(_) => {
                self.ranges.insert((name, row), (event.time, event.stack));
            }
            // From the second generation on, its begin has been seen.
            EventKind::RangeActive(_) if self.syncs < 2 => {
                self.ranges.insert((name, row), (self.out.start, event.stack));
            }
            EventKind::RangeActive(_) => {}
            _ => {
                let key = (name, row);
                let (start, stack) = self.ranges.remove(&key).unwrap_or((0, StackId::NONE));
                self.write_range(&key, start, event.time, stack, event.stack, tables)?;
            }
        }
        Ok(())
    }

    fn write_range(
        &mut self,
        (name, row): &(Vec<u8>, i64),
        start: i64,
        end: i64,
        stack: StackId,
        end_stack: StackId,
        tables: &Tables,
    ) -> io::Result<()> {
        let row = if *row == PROGRAM { GC } else { *row };
        if row == GC && memchr::memmem::find(name, b"GC").is_none() {
            return Ok(());
        }
        self.out.slice(&Slice { name, start, end, row, stack, end_stack, blocked: None }, tables)
    }

    pub(super) fn finish(mut self, tables: &Tables) -> io::Result<W> {
        let end = self.now;
        let tasks = match self.focus {
            Some(focus) => self.tasks.write(focus, end, &mut self.out, tables)?,
            None => Vec::new(),
        };
        for (key, (start, stack)) in std::mem::take(&mut self.ranges) {
            self.write_range(&key, start, end, stack, StackId::NONE, tables)?;
        }
        for id in &self.order {
            if let Some(goroutine) = self.goroutines.get_mut(id) {
                goroutine.finish(end, &mut self.out, tables)?;
            }
        }
        let (section, rows) = self.rows(tables);
        self.out.finish(section, &rows, &tasks)
    }
}
