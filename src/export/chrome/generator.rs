//! From events to what the viewer shows (`cmd/trace/gen.go`, `procgen.go`, `threadgen.go`).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::View;
use super::emitter::{Counted, Emitter, GC, Row, Slice};
use super::focus::Focus;
use super::goroutine::Goroutine;
use super::tasks::Tasks;
use crate::table::Map;
use crate::trace::{
    Event, EventKind, GoId, GoState, GoTransition, Metric, ProcId, ProcState, ProcTransition, Resource,
    StackId, Tables, ThreadId,
};

/// What the rows are.
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
    /// In the order of appearance.
    order: Vec<GoId>,
    /// Goroutines in system calls, by the proc that they hold.
    in_syscall: Map<ProcId, GoId>,
    /// Ranges that are no goroutine's: since when, and the stack.
    ranges: BTreeMap<(Vec<u8>, i64), (i64, StackId)>,
    /// The procs or threads seen.
    rows: BTreeSet<i64>,
}

/// The row of ranges of the whole program, among those of procs.
const PROGRAM: i64 = -1;

/// Procs that were never seen have rows too, as in Go's viewer, unless there is one with a number as high as this.
const IDLE_ROWS_BELOW: i64 = 1 << 12;

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
        let mut name = Vec::new();
        range.name.write(tables, &mut name);
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
            // From the second generation on it has been seen.
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

    fn go(&mut self, event: &Event, transition: &GoTransition, tables: &Tables) -> io::Result<()> {
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
        // Where it executes: on its own row, or where the event happened.
        let own = if by_goroutine { id.raw() } else { row.unwrap_or(-1) };
        let since = if from == GoState::Undetermined { out.start } else { time };
        // By proc, a system call is on the row only as long as it holds the proc.
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
        if by_proc {
            if from == GoState::Syscall && to != GoState::Running {
                goroutine.blocked_syscall_end(time, stack, out, tables)?;
            }
            if let (GoState::Syscall, Some(proc)) = (to, event.proc.some()) {
                goroutine.syscall_begin(since, proc.raw(), stack);
                self.in_syscall.insert(proc, id);
            }
            if from == GoState::Syscall && self.in_syscall.remove(&event.proc).is_some() {
                goroutine.syscall_end(time, false);
            }
        } else {
            if from == GoState::Syscall {
                goroutine.syscall_end(time, to != GoState::Running);
                if by_goroutine && to != GoState::Running {
                    goroutine.blocked_syscall_end(time, stack, out, tables)?;
                }
            }
            if to == GoState::Syscall {
                goroutine.syscall_begin(since, own, stack);
            }
        }
        let assists = goroutine.is_in(b"GC mark assist");
        self.out.goroutine(time, counted(from, assists), counted(to, assists))
    }

    fn proc(&mut self, event: &Event, transition: &ProcTransition, tables: &Tables) -> io::Result<()> {
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

    /// The name of their section, and all rows that are shown.
    fn rows(&self, tables: &Tables) -> (&'static str, Vec<Row>) {
        match self.rows_are {
            Rows::Procs => {
                let row = |row: i64| (row, format!("Proc {row}").into_bytes(), row);
                let rows = match self.rows.last().copied().unwrap_or(0) {
                    last @ 0..IDLE_ROWS_BELOW => (0..=last).map(row).collect(),
                    _ => self.rows.iter().copied().map(row).collect(),
                };
                ("PROCS", rows)
            }
            Rows::Threads => {
                let row = |row: &i64| (*row, format!("Thread {row}").into_bytes(), *row);
                ("OS THREADS", self.rows.iter().map(row).collect())
            }
            Rows::Goroutines => {
                let shown = self.goroutines.iter().filter(|(id, _)| self.out.shows(id.raw()));
                let focus = self.focus.map_or(GoId::NONE, |focus| focus.goroutine);
                // The one that the view is about is on top.
                let row = |(id, goroutine): (&GoId, &Goroutine)| {
                    (id.raw(), goroutine.full_name(tables), if *id == focus { -2 } else { id.raw() })
                };
                let mut rows: Vec<_> = shown.map(row).collect();
                rows.sort_unstable();
                ("G", rows)
            }
        }
    }
}

/// What the counter of goroutines shows for a state.
fn counted(state: GoState, assists: bool) -> Counted {
    match state {
        GoState::Runnable => Counted::Runnable,
        GoState::Running | GoState::Syscall => Counted::Running,
        GoState::Waiting if assists => Counted::WaitingGc,
        GoState::Waiting => Counted::Waiting,
        _ => Counted::Dead,
    }
}
