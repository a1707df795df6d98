//! Third pass: the events themselves, in order of time.
//!
//! Three sequences are merged: the Ps' events as [`order`](super::order) chose them, the returns from system calls at
//! the time when they really happened, and the samples of the CPU profile.

use super::lane::{Lane, LaneEvent};
use super::order::Order;
use super::scan::Scan;
use super::spec::Kind;
use crate::error::Fault;

/// Stands for "no P" among positions.
pub(crate) const NO_PROC: u32 = u32::MAX;

/// An event in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordered {
    pub(crate) event: LaneEvent,
    /// Position in [`Scan::procs`]; [`NO_PROC`] for samples, and for returns from system calls that were moved.
    pub(crate) proc: u32,
    /// The P's number; of a sample, as recorded.
    pub(crate) id: i32,
}

/// Merges the sequences. Holds positions only: input and tables come with each call.
#[derive(Debug)]
pub(crate) struct Replay {
    lanes: Vec<Lane>,
    run: usize,
    /// Events left in the run.
    left: u32,
    /// How many events of the runs came before the next.
    index: u64,
    exit: usize,
    sample: usize,
    /// The next event of the runs, if it was looked at already.
    next: Option<Ordered>,
    /// Time of the event before it.
    now: u64,
    /// The samples by goroutine and time, made when first asked for.
    samples_by_g: Option<Vec<(u64, u64)>>,
}

impl Replay {
    pub(crate) fn new(scan: &Scan) -> Self {
        Self {
            lanes: scan.procs.iter().map(Lane::new).collect(),
            run: 0,
            left: 0,
            index: 0,
            exit: 0,
            sample: 0,
            next: None,
            now: 0,
            samples_by_g: None,
        }
    }

    /// The next event; none at the end.
    #[inline(always)]
    pub(crate) fn next(
        &mut self,
        input: &[u8],
        scan: &Scan,
        order: &Order,
    ) -> Result<Option<Ordered>, Fault> {
        if self.next.is_none() {
            self.next = self.next_of_runs(input, scan, order)?;
        }
        let time = self.next.map_or(u64::MAX, |next| next.event.time.max(self.now));
        let moved = order.exits.get(self.exit).filter(|exit| (exit.time, exit.index) < (time, self.index));
        let sample = scan.samples.get(self.sample);
        let other = moved.map_or(time, |exit| exit.time);
        if let Some(sample) =
            sample.filter(|sample| sample.time < other || self.next.is_none() && moved.is_none())
        {
            self.sample += 1;
            let event = LaneEvent {
                kind: Kind::CpuSample,
                offset: 0,
                time: sample.time,
                seq: 0,
                g: sample.g,
                args: [0; 4],
                stack: sample.stack,
            };
            return Ok(Some(Ordered { event, proc: NO_PROC, id: sample.proc }));
        }
        if let Some(exit) = moved {
            self.exit += 1;
            let event = LaneEvent {
                kind: Kind::GoSysExit,
                offset: exit.offset,
                time: exit.time,
                seq: 0,
                g: exit.g,
                args: [exit.g, 0, exit.time, 0],
                stack: 0,
            };
            return Ok(Some(Ordered { event, proc: NO_PROC, id: -1 }));
        }
        self.now = time;
        if self.next.is_some() {
            self.index += 1;
        }
        Ok(self.next.take().map(|mut next| {
            next.event.time = time;
            next
        }))
    }

    #[inline(always)]
    fn next_of_runs(&mut self, input: &[u8], scan: &Scan, order: &Order) -> Result<Option<Ordered>, Fault> {
        loop {
            if self.left == 0 {
                let Some(run) = order.runs.get(self.run) else { return Ok(None) };
                self.left = run.count;
                self.run += 1;
            }
            let Some(proc) = order.runs.get(self.run - 1).map(|run| run.proc) else { return Ok(None) };
            let Some(lane) = self.lanes.get_mut(proc as usize) else { return Ok(None) };
            self.left -= 1;
            let Some(event) = lane.next(input, scan)? else { continue };
            if event.kind == Kind::GoSysExit {
                // It comes from the exits; in 1.5 all do, and runs do not count them.
                if scan.table.version < 7 {
                    self.left += 1;
                    continue;
                }
                if event.args[2] != 0 {
                    self.index += 1;
                    continue;
                }
            }
            let id = scan.procs.get(proc as usize).map_or(-1, |proc| proc.id);
            return Ok(Some(Ordered { event, proc, id }));
        }
    }

    /// Whether the system call that the last event of `proc` began blocks: the next event of its goroutine says so.
    pub(crate) fn blocks(&mut self, call: &Ordered, input: &[u8], scan: &Scan) -> Result<bool, Fault> {
        let Some(mut lane) = self.lanes.get(call.proc as usize).copied() else { return Ok(false) };
        // Between the two, only returns of other goroutines can stand in the same P.
        for _ in 0..16 {
            let Some(next) = lane.next(input, scan)? else { return Ok(false) };
            if next.g == call.event.g {
                // As in Go, a sample of the goroutine in between hides that it blocks.
                return Ok(next.kind == Kind::GoSysBlock && !self.sampled(call, next.time, scan));
            }
        }
        Ok(false)
    }

    /// Whether there is a sample of the call's goroutine before `end`.
    fn sampled(&mut self, call: &Ordered, end: u64, scan: &Scan) -> bool {
        if scan.samples.is_empty() {
            return false;
        }
        let samples = self.samples_by_g.get_or_insert_with(|| {
            let mut samples: Vec<_> = scan.samples.iter().map(|sample| (sample.g, sample.time)).collect();
            samples.sort_unstable();
            samples
        });
        let from = samples.partition_point(|&sample| sample < (call.event.g, call.event.time));
        samples.get(from).is_some_and(|&(g, time)| g == call.event.g && time < end)
    }
}
