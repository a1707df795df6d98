//! Second pass: in which order the events of the Ps happened.
//!
//! Each P's events are in order; between Ps, sequence numbers and states of goroutines say what must come first, and
//! the clock decides the rest. The result is not a list of events but of choices: which P, how many events.
//!
//! Source: `internal/trace/internal/tracev1/order.go` and `parser.go` of Go 1.27. Where Go looks at every waiting P
//! after every event, here a P waits at the goroutine that it needs: work is n log n however many Ps wait.

use super::ids::Ids;
use super::lane::{Lane, LaneEvent};
use super::scan::Scan;
use super::spec::Kind;
use crate::error::{ErrorKind, Fault};
use crate::intern::Map;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// `count` events of one P, in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Position in [`Scan::procs`].
    pub(crate) proc: u32,
    pub(crate) count: u32,
}

/// A return from a system call that happened before its event was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Exit {
    /// When it happened, in ticks.
    pub(crate) time: u64,
    /// How many events stand before it in the order of writing.
    pub(crate) index: u64,
    pub(crate) g: u64,
    pub(crate) offset: usize,
}

/// The order of all events but samples, and the returns that must move ahead.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) runs: Vec<Run>,
    /// By time.
    pub(crate) exits: Vec<Exit>,
    /// The first rule that was overridden to go on (salvage only), and how often that was needed.
    pub(crate) first_forced: Option<Fault>,
    pub(crate) forced: u64,
}

impl Order {
    /// Fails, or when salvaging, remembers that a rule was overridden.
    #[cold]
    pub(crate) fn doubt(&mut self, kind: ErrorKind, offset: usize, salvage: bool) -> Result<(), Fault> {
        let fault = Fault::new(kind, offset as u64);
        if !salvage {
            return Err(fault);
        }
        self.first_forced.get_or_insert(fault);
        self.forced += 1;
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
enum Status {
    Dead,
    Runnable,
    Running,
    Waiting,
}

/// What merging knows of a goroutine.
#[derive(Clone, Copy, Debug)]
struct GState {
    seq: u64,
    /// When it last blocked in a system call; 0 for never.
    blocked: u64,
    status: Status,
    /// Whether a P may wait for it.
    awaited: bool,
}

/// The state that an event needs; a sequence number of none fits any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Need {
    g: u32,
    status: Status,
    seq: Option<u64>,
}

/// What an event does to the goroutine that it needs.
#[derive(Clone, Copy, Debug)]
struct Step {
    need: Need,
    status: Status,
    seq: Seq,
}

#[derive(Clone, Copy, Debug)]
enum Seq {
    Is(u64),
    Next,
    Same,
}

/// One P in the merge: its next event.
#[derive(Clone, Copy, Debug)]
struct Head {
    lane: Lane,
    time: u64,
    offset: usize,
    step: Option<Step>,
    /// The real time of a return from a system call; 0 for none.
    exit: u64,
    kind: Kind,
    /// The goroutine of the event.
    g: u64,
    /// The Ps beside it in the list of those that wait for the same.
    before: u32,
    after: u32,
    waits: bool,
}

const NONE: u32 = u32::MAX;
/// The pseudo goroutine whose sequence numbers order the cycles of the garbage collector.
const GC: u32 = 0;

/// Orders the events of all Ps.
///
/// # Errors
/// [`ErrorKind::NoOrder`] when the events of no P can come next, [`ErrorKind::TimeOrder`] when the clock contradicts the
/// order, [`ErrorKind::BadTransition`] when a system call returns that never began. None of them when salvaging: then the
/// earliest event goes ahead.
pub(crate) fn order(input: &[u8], scan: &Scan, salvage: bool) -> Result<Order, Fault> {
    if scan.table.version < 7 {
        return super::legacy::order_by_sequence(input, scan, salvage);
    }
    let mut merge = Merge {
        input,
        scan,
        salvage,
        heads: Vec::with_capacity(scan.procs.len()),
        slots: Ids::new(input.len() / 2 + 64, NONE),
        states: vec![GState { seq: 0, blocked: 0, status: Status::Dead, awaited: false }],
        waiting: Map::default(),
        ready: BinaryHeap::new(),
        parked: BinaryHeap::new(),
        out: Order::default(),
        index: 0,
        now: 0,
    };
    merge.start()?;
    merge.run()?;
    merge.out.exits.sort_unstable();
    Ok(merge.out)
}

struct Merge<'a> {
    input: &'a [u8],
    scan: &'a Scan,
    salvage: bool,
    heads: Vec<Head>,
    /// Goroutine id to position in `states`.
    slots: Ids<u32>,
    states: Vec<GState>,
    /// First of the Ps that wait for a state.
    waiting: Map<Need, u32>,
    /// Ps whose next event may come now: time, rank of the P, position.
    ready: BinaryHeap<Reverse<(u64, i32, u32)>>,
    /// When salvaging, all that ever waited; entries that no longer do are skipped.
    parked: BinaryHeap<Reverse<(u64, i32, u32)>>,
    out: Order,
    index: u64,
    now: u64,
}

impl Merge<'_> {
    fn start(&mut self) -> Result<(), Fault> {
        for proc in &self.scan.procs {
            let lane = Lane::new(proc);
            self.heads.push(Head {
                lane,
                time: 0,
                offset: 0,
                step: None,
                exit: 0,
                kind: Kind::Batch,
                g: 0,
                before: NONE,
                after: NONE,
                waits: false,
            });
        }
        for proc in 0..self.heads.len() as u32 {
            if self.advance(proc)? {
                self.place(proc);
            }
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let Some(Reverse((_, rank, proc))) = self.ready.pop() else {
                if self.force()? {
                    continue;
                }
                return Ok(());
            };
            // Stay with this P as long as it has the earliest event.
            loop {
                if !self.is_ready(proc) {
                    // Another P had an event of the same goroutine, and was earlier.
                    self.wait(proc);
                    break;
                }
                self.take(proc)?;
                if !self.advance(proc)? {
                    break;
                }
                if !self.is_ready(proc) {
                    self.wait(proc);
                    break;
                }
                let Some(head) = self.heads.get(proc as usize) else { break };
                let key = (head.time, rank, proc);
                if self.ready.peek().is_some_and(|Reverse(least)| *least < key) {
                    self.ready.push(Reverse(key));
                    break;
                }
            }
        }
    }

    /// Nothing is ready: the end, an error, or, when salvaging, the earliest event anyway.
    fn force(&mut self) -> Result<bool, Fault> {
        if !self.salvage {
            let stuck =
                self.heads.iter().filter(|head| head.waits).map(|head| (head.time, head.offset)).min();
            return match stuck {
                Some((_, offset)) => Err(Fault::new(ErrorKind::NoOrder, offset as u64)),
                None => Ok(false),
            };
        }
        while let Some(Reverse((time, rank, proc))) = self.parked.pop() {
            let Some(head) = self.heads.get_mut(proc as usize) else { continue };
            if !head.waits || head.time != time {
                continue;
            }
            self.out.doubt(ErrorKind::NoOrder, head.offset, true)?;
            let need = head.step.map(|step| step.need);
            self.unlink(proc);
            // What the event needs is what the state has been all along: only it was not recorded.
            if let Some(need) = need {
                if let Some(state) = self.states.get_mut(need.g as usize) {
                    state.status = need.status;
                    state.seq = need.seq.unwrap_or(state.seq);
                }
            }
            self.ready.push(Reverse((time, rank, proc)));
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes the next event of a P out of its lane; false at its end.
    #[inline(always)]
    fn advance(&mut self, proc: u32) -> Result<bool, Fault> {
        let Some(head) = self.heads.get_mut(proc as usize) else { return Ok(false) };
        let event = match head.lane.next(self.input, self.scan) {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(false),
            Err(fault) => {
                // When salvaging, the rest of this P is lost.
                self.out.doubt(fault.kind, fault.at as usize, self.salvage)?;
                return Ok(false);
            }
        };
        head.time = event.time;
        head.offset = event.offset;
        head.kind = event.kind;
        head.g = event.g;
        head.exit = if event.kind == Kind::GoSysExit { event.args[2] } else { 0 };
        let step = step(&event, |g| slot(&mut self.slots, &mut self.states, g));
        head.step = step;
        Ok(true)
    }

    #[inline(always)]
    fn is_ready(&self, proc: u32) -> bool {
        let Some(Head { step: Some(step), .. }) = self.heads.get(proc as usize) else { return true };
        let Some(state) = self.states.get(step.need.g as usize) else { return true };
        state.status == step.need.status && step.need.seq.is_none_or(|seq| seq == state.seq)
    }

    fn place(&mut self, proc: u32) {
        if self.is_ready(proc) {
            let time = self.heads.get(proc as usize).map_or(0, |head| head.time);
            self.ready.push(Reverse((time, self.rank(proc), proc)));
        } else {
            self.wait(proc);
        }
    }

    /// Among equal times the lower P goes first.
    fn rank(&self, proc: u32) -> i32 {
        self.scan.procs.get(proc as usize).map_or(0, |proc| proc.id)
    }

    fn wait(&mut self, proc: u32) {
        let rank = self.rank(proc);
        let Some(head) = self.heads.get_mut(proc as usize) else { return };
        let Some(step) = head.step else { return };
        head.waits = true;
        head.before = NONE;
        head.after = self.waiting.insert(step.need, proc).unwrap_or(NONE);
        let (time, after) = (head.time, head.after);
        if let Some(next) = self.heads.get_mut(after as usize) {
            next.before = proc;
        }
        if let Some(state) = self.states.get_mut(step.need.g as usize) {
            state.awaited = true;
        }
        if self.salvage {
            self.parked.push(Reverse((time, rank, proc)));
        }
    }

    /// Takes a P out of the list it waits in.
    fn unlink(&mut self, proc: u32) {
        let Some(head) = self.heads.get_mut(proc as usize) else { return };
        head.waits = false;
        let (before, after) = (head.before, head.after);
        let Some(need) = head.step.map(|step| step.need) else { return };
        if let Some(next) = self.heads.get_mut(after as usize) {
            next.before = before;
        }
        if let Some(previous) = self.heads.get_mut(before as usize) {
            previous.after = after;
        } else if after == NONE {
            self.waiting.remove(&need);
        } else {
            self.waiting.insert(need, after);
        }
    }

    /// Puts the next event of a P into the order.
    #[inline(always)]
    fn take(&mut self, proc: u32) -> Result<(), Fault> {
        let Some(head) = self.heads.get(proc as usize).copied() else { return Ok(()) };
        if head.time < self.now {
            self.out.doubt(ErrorKind::TimeOrder, head.offset, self.salvage)?;
        }
        self.now = self.now.max(head.time);
        match self.out.runs.last_mut() {
            Some(run) if run.proc == proc && run.count < u32::MAX => run.count += 1,
            _ => self.out.runs.push(Run { proc, count: 1 }),
        }
        if let Some(step) = head.step {
            self.apply(step, &head)?;
        }
        self.index += 1;
        Ok(())
    }

    #[inline(always)]
    fn apply(&mut self, step: Step, head: &Head) -> Result<(), Fault> {
        let Some(state) = self.states.get_mut(step.need.g as usize) else { return Ok(()) };
        state.status = step.status;
        state.seq = match step.seq {
            Seq::Is(seq) => seq,
            Seq::Next => state.seq.wrapping_add(1),
            Seq::Same => state.seq,
        };
        if matches!(head.kind, Kind::GoSysBlock | Kind::GoInSyscall) {
            state.blocked = head.time;
        }
        if head.exit != 0 {
            let blocked = state.blocked;
            self.exit(blocked, head)?;
        }
        if self.states.get(step.need.g as usize).is_some_and(|state| state.awaited) {
            self.wake(step.need.g);
        }
        Ok(())
    }

    /// Notes when a system call really returned.
    fn exit(&mut self, blocked: u64, head: &Head) -> Result<(), Fault> {
        let mut exit = Exit { time: head.exit, index: self.index, g: head.g, offset: head.offset };
        let fits = i64::try_from(head.exit).is_ok();
        if blocked == 0 || head.exit < blocked || !fits {
            let kind = if blocked == 0 { ErrorKind::BadTransition } else { ErrorKind::TimeOrder };
            self.out.doubt(kind, head.offset, self.salvage)?;
            // It keeps the time at which it was written.
            exit.time = self.now;
        }
        self.out.exits.push(exit);
        Ok(())
    }

    /// Makes the P ready that waits for the state which a goroutine has now.
    fn wake(&mut self, g: u32) {
        let Some(&GState { seq, status, .. }) = self.states.get(g as usize) else { return };
        for seq in [Some(seq), None] {
            let Some(&proc) = self.waiting.get(&Need { g, status, seq }) else { continue };
            self.unlink(proc);
            let time = self.heads.get(proc as usize).map_or(0, |head| head.time);
            self.ready.push(Reverse((time, self.rank(proc), proc)));
        }
    }
}

/// The position of goroutine `g` among the states.
#[inline(always)]
fn slot(slots: &mut Ids<u32>, states: &mut Vec<GState>, g: u64) -> u32 {
    let slot = slots.get(g);
    if slot != NONE {
        return slot;
    }
    let slot = states.len() as u32;
    states.push(GState { seq: 0, blocked: 0, status: Status::Dead, awaited: false });
    slots.set(g, slot);
    slot
}

/// What an event needs and does; none for those that may come at any time.
#[inline(always)]
fn step(event: &LaneEvent, mut slot: impl FnMut(u64) -> u32) -> Option<Step> {
    let [first, second, ..] = event.args;
    let (g, status, seq, next, next_seq) = match event.kind {
        Kind::GoCreate => (slot(first), Status::Dead, Some(0), Status::Runnable, Seq::Is(1)),
        Kind::GoWaiting | Kind::GoInSyscall => {
            (slot(first), Status::Runnable, Some(1), Status::Waiting, Seq::Is(2))
        }
        Kind::GoStart | Kind::GoStartLabel => {
            let next = Seq::Is(second.wrapping_add(1));
            (slot(first), Status::Runnable, Some(second), Status::Running, next)
        }
        Kind::GoStartLocal => (slot(first), Status::Runnable, None, Status::Running, Seq::Next),
        Kind::GoBlock
        | Kind::GoBlockSend
        | Kind::GoBlockRecv
        | Kind::GoBlockSelect
        | Kind::GoBlockSync
        | Kind::GoBlockCond
        | Kind::GoBlockNet
        | Kind::GoBlockGc
        | Kind::GoSleep
        | Kind::GoSysBlock => (slot(event.g), Status::Running, None, Status::Waiting, Seq::Same),
        Kind::GoSched | Kind::GoPreempt => {
            (slot(event.g), Status::Running, None, Status::Runnable, Seq::Same)
        }
        Kind::GoUnblock | Kind::GoSysExit => {
            let next = Seq::Is(second.wrapping_add(1));
            (slot(first), Status::Waiting, Some(second), Status::Runnable, next)
        }
        Kind::GoUnblockLocal | Kind::GoSysExitLocal => {
            (slot(first), Status::Waiting, None, Status::Runnable, Seq::Next)
        }
        Kind::GcStart => (GC, Status::Dead, Some(first), Status::Dead, Seq::Is(first.wrapping_add(1))),
        _ => return None,
    };
    Some(Step { need: Need { g, status, seq }, status: next, seq: next_seq })
}
