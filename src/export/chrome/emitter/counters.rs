//! The counters at the top of the viewer: goroutines by state, procs that run, the heap.

use std::io::{self, Write};

use super::Emitter;

/// Values above 1 PiB are a defect of old traces (golang/go#63864).
const MAX_GOAL: u64 = 1 << 50;

/// The states that the counter of goroutines distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Dead,
    Runnable,
    Running,
    Waiting,
    WaitingGc,
}

/// The current values of all counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// By [`Counted`].
    goroutines: [i64; 5],
    running_procs: i64,
    /// Bytes allocated, and the goal.
    heap: (u64, u64),
}

impl<W: Write> Emitter<W> {
    fn counter(&mut self, name: &str, time: i64, args: &str) -> io::Result<()> {
        if !self.within(time) {
            return Ok(());
        }
        self.begin(name.as_bytes(), "C", time)?;
        write!(self.out, ",\"pid\":1,\"tid\":0,\"args\":{{{args}}}}}")
    }

    pub(crate) fn goroutine(&mut self, time: i64, from: Counted, to: Counted) -> io::Result<()> {
        if from == to {
            return Ok(());
        }
        self.counters.goroutines[from as usize] -= 1;
        self.counters.goroutines[to as usize] += 1;
        let [_, runnable, running, _, gc] = self.counters.goroutines;
        // Go's counters are unsigned and wrap.
        let (running, runnable, gc) = (running as u64, runnable as u64, gc as u64);
        let args = format!("\"Running\":{running},\"Runnable\":{runnable},\"GCWaiting\":{gc}");
        self.counter("Goroutines", time, &args)
    }

    pub(crate) fn proc(&mut self, time: i64, change: i64) -> io::Result<()> {
        self.counters.running_procs += change;
        self.counter("Threads", time, &format!("\"Running\":{},\"InSyscall\":0", self.counters.running_procs))
    }

    pub(crate) fn heap_allocated(&mut self, time: i64, bytes: u64) -> io::Result<()> {
        self.heap(time, (bytes, self.counters.heap.1))
    }

    pub(crate) fn heap_goal(&mut self, time: i64, bytes: u64) -> io::Result<()> {
        let goal = if bytes > MAX_GOAL { 0 } else { bytes };
        self.heap(time, (self.counters.heap.0, goal))
    }

    fn heap(&mut self, time: i64, heap: (u64, u64)) -> io::Result<()> {
        if heap == self.counters.heap {
            return Ok(());
        }
        self.counters.heap = heap;
        let (allocated, goal) = heap;
        let args = format!("\"Allocated\":{allocated},\"NextGC\":{}", goal.saturating_sub(allocated));
        self.counter("Heap", time, &args)
    }
}
