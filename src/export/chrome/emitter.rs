//! Writes viewer events, counts what the counters show, and numbers the frames
//! (`internal/trace/traceviewer/emitter.go`).

use std::io::{self, Write};

use crate::table::{Map, Set};
use crate::text::json;
use crate::trace::{StackId, Tables, TaskId};

/// Rows of the procs' section that are no proc (`internal/trace/traceviewer/fakep.go`).
pub(super) const TIMERS: i64 = 1_000_001;
pub(super) const NETWORK: i64 = 1_000_002;
pub(super) const SYSCALLS: i64 = 1_000_003;
pub(super) const GC: i64 = 1_000_004;

/// The section of tasks.
pub(super) const TASKS: u32 = 2;

/// A row: its number, its name, and the place among the others.
pub(super) type Row = (i64, Vec<u8>, i64);

/// Values above 1 PiB are a defect of old traces (golang/go#63864).
const MAX_GOAL: u64 = 1 << 50;

/// What the counter of goroutines tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Dead,
    Runnable,
    Running,
    Waiting,
    WaitingGc,
}

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
    /// The trace's first event.
    pub(super) start: i64,
    /// From when to when events are written.
    pub(super) range: (i64, i64),
    /// The rows that are written; all where there is none.
    pub(super) filter: Option<Set<i64>>,
    goroutines: [i64; 5],
    running_procs: i64,
    heap: (u64, u64),
    arrows: u64,
    async_slices: u64,
    /// Frame numbers by the number of the frame below and the address.
    frames: Map<(u32, u64), u32>,
    /// Each frame's text and the number of the frame below.
    texts: Vec<(Vec<u8>, u32)>,
    /// Numbers of whole stacks, which repeat.
    stacks: Map<StackId, u32>,
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
            async_slices: 0,
            goroutines: [0; 5],
            running_procs: 0,
            heap: (0, 0),
            arrows: 0,
            frames: Map::default(),
            texts: Vec::new(),
            stacks: Map::default(),
        })
    }

    fn within(&self, time: i64) -> bool {
        (self.range.0..=self.range.1).contains(&time)
    }

    /// Whether a row is shown.
    pub(super) fn shows(&self, row: i64) -> bool {
        self.filter.as_ref().is_none_or(|rows| rows.contains(&row))
    }

    /// The number of a stack, 0 for none: its frames are numbered from the root on.
    fn stack(&mut self, stack: StackId, tables: &Tables) -> u32 {
        if let Some(&number) = self.stacks.get(&stack) {
            return number;
        }
        let mut number = 0;
        for &id in tables.stack_frames(stack).iter().rev() {
            let frame = tables.frame(id);
            let next = (self.texts.len() + 1) as u32;
            let parent = number;
            number = *self.frames.entry((parent, frame.pc)).or_insert(next);
            if number == next {
                let mut text = tables.string(frame.function).to_vec();
                text.extend_from_slice(format!(":{}", frame.line).as_bytes());
                self.texts.push((text, parent));
            }
        }
        self.stacks.insert(stack, number);
        number
    }

    /// Begins an event: everything up to its time.
    fn begin(&mut self, name: &[u8], phase: &str, time: i64) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"\n{\"name\":" } else { b",\n{\"name\":" })?;
        self.is_first = false;
        json::write_string(&mut self.out, name)?;
        let scope = if phase == "I" { ",\"s\":\"t\"" } else { "" };
        let at = micros(time.saturating_sub(self.start));
        write!(self.out, ",\"ph\":\"{phase}\"{scope},\"ts\":{at}")
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
        let (stack, end_stack) = (self.stack(slice.stack, tables), self.stack(slice.end_stack, tables));
        self.begin(slice.name, "X", slice.start)?;
        if slice.end != slice.start {
            write!(self.out, ",\"dur\":{}", micros(slice.end.saturating_sub(slice.start)))?;
        }
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
        let (stack, row) = (self.stack(stack, tables), row as u64);
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
        let (id, stack) = (self.arrows, self.stack(stack, tables));
        // No row is -1, which Go writes as an unsigned number.
        let (from, to) = (from as u64, to as u64);
        self.begin(name, "s", start)?;
        write!(self.out, ",\"pid\":{section},\"tid\":{from},\"id\":{id}")?;
        self.stacks(stack, 0)?;
        self.out.write_all(b"}")?;
        self.begin(name, "t", end)?;
        write!(self.out, ",\"pid\":{section},\"tid\":{to},\"id\":{id}}}")
    }

    /// A task's slice, in the section of tasks.
    pub(super) fn task(
        &mut self,
        name: &[u8],
        task: TaskId,
        (start, end): (i64, i64),
        (stack, end_stack): (StackId, StackId),
        args: &str,
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.within(start) && !self.within(end) {
            return Ok(());
        }
        let (stack, end_stack) = (self.stack(stack, tables), self.stack(end_stack, tables));
        self.begin(name, "X", start)?;
        if end != start {
            write!(self.out, ",\"dur\":{}", micros(end.saturating_sub(start)))?;
        }
        write!(self.out, ",\"pid\":{TASKS},\"tid\":{}", task.0)?;
        self.stacks(stack, end_stack)?;
        write!(self.out, ",\"args\":{{{args}}},\"cname\":\"{}\"}}", color(task))
    }

    /// An arrow from a task to one within it.
    pub(super) fn task_arrow(
        &mut self,
        name: &[u8],
        parent: TaskId,
        task: TaskId,
        time: i64,
        stack: StackId,
        tables: &Tables,
    ) -> io::Result<()> {
        self.any_arrow(name, TASKS, (parent.0 as i64, time), (task.0 as i64, time), stack, tables)
    }

    /// A region, on the row of its goroutine.
    pub(super) fn region(
        &mut self,
        name: &[u8],
        task: TaskId,
        row: i64,
        (start, end): (i64, i64),
        (stack, end_stack): (StackId, StackId),
        tables: &Tables,
    ) -> io::Result<()> {
        if !self.within(start) && !self.within(end) || !self.shows(row) {
            return Ok(());
        }
        self.async_slices += 1;
        let (id, color) = (self.async_slices, if task.0 == 0 { "" } else { color(task) });
        for (phase, time, stack) in [("b", start, stack), ("e", end, end_stack)] {
            let stack = self.stack(stack, tables);
            self.begin(name, phase, time)?;
            write!(self.out, ",\"s\":\"{:x}\",\"pid\":0,\"tid\":{},\"id\":{id}", task.0, row as u64)?;
            self.stacks(stack, 0)?;
            if phase == "e" {
                write!(self.out, ",\"args\":{{\"taskid\":{}}}", task.0)?;
            }
            if !color.is_empty() {
                write!(self.out, ",\"cname\":\"{color}\"")?;
            }
            self.out.write_all(b",\"cat\":\"Region\"}")?;
        }
        Ok(())
    }

    fn counter(&mut self, name: &str, time: i64, args: &str) -> io::Result<()> {
        if !self.within(time) {
            return Ok(());
        }
        self.begin(name.as_bytes(), "C", time)?;
        write!(self.out, ",\"pid\":1,\"tid\":0,\"args\":{{{args}}}}}")
    }

    pub(super) fn goroutine(&mut self, time: i64, from: Counted, to: Counted) -> io::Result<()> {
        if from == to {
            return Ok(());
        }
        self.goroutines[from as usize] -= 1;
        self.goroutines[to as usize] += 1;
        let [_, runnable, running, _, gc] = self.goroutines;
        // Go counts in unsigned numbers.
        let (running, runnable, gc) = (running as u64, runnable as u64, gc as u64);
        let args = format!("\"Running\":{running},\"Runnable\":{runnable},\"GCWaiting\":{gc}");
        self.counter("Goroutines", time, &args)
    }

    pub(super) fn proc(&mut self, time: i64, change: i64) -> io::Result<()> {
        self.running_procs += change;
        self.counter("Threads", time, &format!("\"Running\":{},\"InSyscall\":0", self.running_procs))
    }

    pub(super) fn heap_allocated(&mut self, time: i64, bytes: u64) -> io::Result<()> {
        self.heap(time, (bytes, self.heap.1))
    }

    pub(super) fn heap_goal(&mut self, time: i64, bytes: u64) -> io::Result<()> {
        let goal = if bytes > MAX_GOAL { 0 } else { bytes };
        self.heap(time, (self.heap.0, goal))
    }

    fn heap(&mut self, time: i64, heap: (u64, u64)) -> io::Result<()> {
        if heap == self.heap {
            return Ok(());
        }
        self.heap = heap;
        let (allocated, goal) = heap;
        let args = format!("\"Allocated\":{allocated},\"NextGC\":{}", goal.saturating_sub(allocated));
        self.counter("Heap", time, &args)
    }

    fn meta(&mut self, name: &str, section: u32, row: i64, args: &str) -> io::Result<()> {
        let comma = if self.is_first { "" } else { "," };
        self.is_first = false;
        write!(
            self.out,
            "{comma}\n{{\"name\":\"{name}\",\"ph\":\"M\",\"ts\":0,\"pid\":{section},\"tid\":{row},\"args\":{{{args}}}}}"
        )
    }

    fn section(&mut self, section: u32, name: &str, index: u32) -> io::Result<()> {
        self.meta("process_name", section, 0, &format!("\"name\":\"{name}\""))?;
        self.meta("process_sort_index", section, 0, &format!("\"sort_index\":{index}"))
    }

    fn row(&mut self, section: u32, row: i64, name: &[u8], index: i64) -> io::Result<()> {
        let mut args = b"\"name\":".to_vec();
        json::write_string(&mut args, name)?;
        self.meta("thread_name", section, row, &String::from_utf8_lossy(&args))?;
        self.meta("thread_sort_index", section, row, &format!("\"sort_index\":{index}"))
    }

    /// Names the rows of procs, threads or goroutines and those of tasks, each with its place; writes the frames.
    pub(super) fn finish(mut self, section: &str, rows: &[Row], tasks: &[Row]) -> io::Result<W> {
        self.section(1, "STATS", 0)?;
        if !tasks.is_empty() {
            self.section(TASKS, "TASKS", 1)?;
        }
        for (row, name, index) in tasks {
            self.row(TASKS, *row, name, *index)?;
        }
        self.section(0, section, 2)?;
        for (row, name, index) in
            [(GC, "GC", -6), (NETWORK, "Network", -5), (TIMERS, "Timers", -4), (SYSCALLS, "Syscalls", -3)]
        {
            self.row(0, row, name.as_bytes(), index)?;
        }
        for (row, name, index) in rows {
            self.row(0, *row, name, *index)?;
        }
        self.out.write_all(b"\n],\"stackFrames\":{")?;
        for (number, (text, parent)) in (1..).zip(&self.texts) {
            write!(self.out, "{}\n\"{number}\":{{\"name\":", if number == 1 { "" } else { "," })?;
            json::write_string(&mut self.out, text)?;
            if *parent != 0 {
                write!(self.out, ",\"parent\":{parent}")?;
            }
            self.out.write_all(b"}")?;
        }
        self.out.write_all(b"}}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Names that the viewer has for colours, in the order in which Go gives them to tasks.
const COLORS: [&str; 23] = [
    "thread_state_uninterruptible",
    "thread_state_iowait",
    "thread_state_running",
    "thread_state_runnable",
    "thread_state_unknown",
    "light_memory_dump",
    "background_memory_dump",
    "detailed_memory_dump",
    "good",
    "bad",
    "terrible",
    "olive",
    "rail_response",
    "rail_animation",
    "rail_idle",
    "rail_load",
    "heap_dump_child_node_arrow",
    "cq_build_running",
    "cq_build_passed",
    "cq_build_failed",
    "cq_build_abandoned",
    "cq_build_attempt_runnig",
    "cq_build_attempt_passed",
];

fn color(task: TaskId) -> &'static str {
    COLORS[(task.0 % COLORS.len() as u64) as usize]
}

/// Nanoseconds as microseconds, as Go divides them.
fn micros(nanos: i64) -> f64 {
    nanos as f64 / 1000.0
}
