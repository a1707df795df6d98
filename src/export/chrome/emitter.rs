//! Writes viewer events, counts what the counters show, and numbers the frames
//! (`internal/trace/traceviewer/emitter.go`).

use std::io::{self, Write};

use crate::export::json_text as json;
use crate::intern::Map;
use crate::trace::{StackId, Tables};

/// Rows of the procs' section that are no proc (`internal/trace/traceviewer/fakep.go`).
pub(super) const TIMERS: i64 = 1_000_001;
pub(super) const NETWORK: i64 = 1_000_002;
pub(super) const SYSCALLS: i64 = 1_000_003;
pub(super) const GC: i64 = 1_000_004;

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
    goroutines: [i64; 5],
    running_procs: i64,
    heap: (u64, u64),
    arrows: u64,
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
            goroutines: [0; 5],
            running_procs: 0,
            heap: (0, 0),
            arrows: 0,
            frames: Map::default(),
            texts: Vec::new(),
            stacks: Map::default(),
        })
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
        json::string(&mut self.out, name)?;
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
        self.arrows += 1;
        let (id, stack) = (self.arrows, self.stack(stack, tables));
        // No row is -1, which Go writes as an unsigned number.
        let (from, to) = (from as u64, to as u64);
        self.begin(name, "s", start)?;
        write!(self.out, ",\"pid\":0,\"tid\":{from},\"id\":{id}")?;
        self.stacks(stack, 0)?;
        self.out.write_all(b"}")?;
        self.begin(name, "t", end)?;
        write!(self.out, ",\"pid\":0,\"tid\":{to},\"id\":{id}}}")
    }

    fn counter(&mut self, name: &str, time: i64, args: &str) -> io::Result<()> {
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

    fn row(&mut self, row: i64, name: &str, index: i64) -> io::Result<()> {
        self.meta("thread_name", 0, row, &format!("\"name\":\"{name}\""))?;
        self.meta("thread_sort_index", 0, row, &format!("\"sort_index\":{index}"))
    }

    /// Names the rows, and writes the frames.
    pub(super) fn finish(mut self, section: &str, rows: &[(i64, String)]) -> io::Result<W> {
        self.section(1, "STATS", 0)?;
        self.section(0, section, 2)?;
        for (row, name, index) in
            [(GC, "GC", -6), (NETWORK, "Network", -5), (TIMERS, "Timers", -4), (SYSCALLS, "Syscalls", -3)]
        {
            self.row(row, name, index)?;
        }
        for (row, name) in rows {
            self.row(*row, name, *row)?;
        }
        self.out.write_all(b"\n],\"stackFrames\":{")?;
        for (number, (text, parent)) in (1..).zip(&self.texts) {
            write!(self.out, "{}\n\"{number}\":{{\"name\":", if number == 1 { "" } else { "," })?;
            json::string(&mut self.out, text)?;
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

/// Nanoseconds as microseconds, as Go divides them.
fn micros(nanos: i64) -> f64 {
    nanos as f64 / 1000.0
}
