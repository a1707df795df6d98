//! Third pass: the events themselves, in order of time.
//!
//! Three sequences are merged: the Ps' events as the [plan](super::plan) has them, the returns from system
//! calls at the time when they really happened, and the samples of the CPU profile.

use super::lane::{Lane, LaneEvent};
use super::plan::Plan;
use super::scan::Scan;
use super::spec::Kind;
use crate::error::Fault;
use crate::trace::options::Damage;

/// Stands for "no P" among positions.
pub(crate) const NO_PROC: u32 = u32::MAX;

/// An event in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordered {
    pub(crate) event: LaneEvent,
    /// Position in [`Scan::procs`]; [`NO_PROC`] for samples, and for returns from system calls that were
    /// moved.
    pub(crate) proc: u32,
    /// The P's number; that of a sample as recorded.
    pub(crate) id: i32,
}

/// Merges the sequences. Holds positions only: input and tables come with each call.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The event reached last.
    pub(crate) now: Ordered,
    /// An event of the runs that waits for an earlier exit or sample.
    held: Option<Ordered>,
    lanes: Vec<Lane>,
    run: usize,
    /// Events left in the run, its P, and that P's number.
    left: u32,
    proc: u32,
    id: i32,
    /// How many events of the runs came before the next.
    index: u64,
    exit: usize,
    sample: usize,
    /// No exit or sample is before this time.
    barrier: u64,
    /// The latest time so far.
    time: u64,
    /// The samples by goroutine and time, made when first asked for.
    samples_by_g: Option<Vec<(u64, u64)>>,
}

impl Replay {
    pub(crate) fn new(scan: &Scan, plan: &Plan) -> Self {
        let mut replay = Self {
            now: Ordered { event: LaneEvent::NONE, proc: NO_PROC, id: -1 },
            held: None,
            lanes: scan.procs.iter().map(Lane::new).collect(),
            run: 0,
            left: 0,
            proc: NO_PROC,
            id: -1,
            index: 0,
            exit: 0,
            sample: 0,
            barrier: 0,
            time: 0,
            samples_by_g: None,
        };
        replay.raise(scan, plan);
        replay
    }

    /// Goes to the next event; false at the end.
    #[inline(always)]
    pub(crate) fn advance(&mut self, input: &[u8], scan: &Scan, plan: &Plan) -> Result<bool, Fault> {
        if self.held.is_none() && self.next_of_runs(input, scan, plan)? {
            if self.now.event.time < self.barrier {
                self.index += 1;
                return Ok(true);
            }
            self.held = Some(self.now);
        }
        Ok(self.choose(scan, plan))
    }

    /// Takes the earliest of the next exit, the next sample and the held event; false if there is nothing
    /// left.
    #[inline(never)]
    fn choose(&mut self, scan: &Scan, plan: &Plan) -> bool {
        let key = self.held.map_or((u64::MAX, u64::MAX), |held| (held.event.time, self.index));
        let moved = plan.exits.get(self.exit).filter(|exit| (exit.time, exit.index) <= key);
        let earliest = moved.map_or(key.0, |exit| exit.time);
        let none = self.held.is_none() && moved.is_none();
        if let Some(sample) = scan.samples.get(self.sample).filter(|sample| none || sample.time < earliest) {
            self.sample += 1;
            let (time, g, stack) = (sample.time, sample.g, sample.stack);
            let event = LaneEvent { kind: Kind::CpuSample, time, g, stack, ..LaneEvent::NONE };
            self.now = Ordered { event, proc: NO_PROC, id: sample.proc };
        } else if let Some(&exit) = moved {
            self.exit += 1;
            let (offset, time, g) = (exit.offset, exit.time, exit.g);
            let event = LaneEvent { kind: Kind::GoSysExit, offset, time, g, ..LaneEvent::NONE };
            self.now = Ordered { event, proc: NO_PROC, id: -1 };
        } else if let Some(held) = self.held.take() {
            self.now = held;
            self.index += 1;
        } else {
            return false;
        }
        self.raise(scan, plan);
        true
    }

    fn raise(&mut self, scan: &Scan, plan: &Plan) {
        let exit = plan.exits.get(self.exit).map_or(u64::MAX, |exit| exit.time);
        let sample = scan.samples.get(self.sample).map_or(u64::MAX, |sample| sample.time);
        self.barrier = exit.min(sample);
    }

    /// Puts the next event of the runs into `now`; false at their end.
    #[inline(always)]
    fn next_of_runs(&mut self, input: &[u8], scan: &Scan, plan: &Plan) -> Result<bool, Fault> {
        loop {
            if self.left == 0 {
                let Some(run) = plan.runs.get(self.run) else { return Ok(false) };
                self.run += 1;
                (self.left, self.proc) = (run.count, run.proc);
                self.id = scan.procs.get(run.proc as usize).map_or(-1, |proc| proc.id);
            }
            let Some(lane) = self.lanes.get_mut(self.proc as usize) else { return Ok(false) };
            match lane.next(input, scan, &mut self.now.event) {
                Ok(true) => self.left -= 1,
                Ok(false) => {
                    self.left = 0;
                    continue;
                }
                // The plan leaves it out.
                Err(_) if scan.damage == Damage::Skip => continue,
                Err(fault) => return Err(fault),
            }
            let event = &mut self.now.event;
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
            // It runs back only if damage is skipped.
            self.time = self.time.max(event.time);
            event.time = self.time;
            self.now.proc = self.proc;
            self.now.id = self.id;
            return Ok(true);
        }
    }

    /// Whether the system call that the present event began blocks: the next event of its goroutine says so.
    pub(crate) fn blocks(&mut self, input: &[u8], scan: &Scan) -> Result<bool, Fault> {
        let Some(mut lane) = self.lanes.get(self.now.proc as usize).copied() else { return Ok(false) };
        let mut next = LaneEvent::NONE;
        // In between, the same P can only have returns of other goroutines.
        for _ in 0..16 {
            if !lane.next(input, scan, &mut next)? {
                return Ok(false);
            }
            if next.g == self.now.event.g {
                // As in Go, a sample of the goroutine in between hides that the call blocks.
                return Ok(next.kind == Kind::GoSysBlock && !self.sampled(next.time, scan));
            }
        }
        Ok(false)
    }

    /// Whether the present event's goroutine has a sample between the event and `end`.
    fn sampled(&mut self, end: u64, scan: &Scan) -> bool {
        if scan.samples.is_empty() {
            return false;
        }
        let samples = self.samples_by_g.get_or_insert_with(|| {
            let mut samples: Vec<_> = scan.samples.iter().map(|sample| (sample.g, sample.time)).collect();
            samples.sort_unstable();
            samples
        });
        let call = &self.now.event;
        let from = samples.partition_point(|&sample| sample < (call.g, call.time));
        samples.get(from).is_some_and(|&(g, time)| g == call.g && time < end)
    }
}
