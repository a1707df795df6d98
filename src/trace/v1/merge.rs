//! Second pass: in which order the events of the Ps happened.
//!
//! Each P's events are in order; between Ps, sequence numbers and states of goroutines say what must come
//! first, and the clock decides the rest.
//!
//! Source: `internal/trace/internal/tracev1/parser.go` of Go 1.27. Go looks at every waiting P after every
//! event; here a P waits at the goroutine that it needs, so the cost is n log n however many Ps wait.

use super::head::{COLLECTOR, GoState, GoStates, Head, NONE, Need};
use super::lane::{Lane, LaneEvent};
use super::legacy::plan_by_sequence;
use super::plan::{Exit, Plan};
use super::rules::{Number, Rule, Subject};
use super::scan::Scan;
use super::spec::Kind;
use crate::error::{ErrorKind, Fault};
use crate::table::Map;
use crate::trace::options::Damage;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Orders the events of all Ps.
///
/// # Errors
/// [`ErrorKind::NoOrder`] when the events of no P can come next, [`ErrorKind::TimeOrder`] when the clock
/// contradicts the order, [`ErrorKind::BadTransition`] when a system call returns that never began. None of
/// them if damage is skipped: then the earliest event goes first.
pub(crate) fn merge(input: &[u8], scan: &Scan) -> Result<Plan, Fault> {
    if scan.table.version < 7 {
        return plan_by_sequence(input, scan);
    }
    let mut merge = Merge {
        input,
        scan,
        heads: Vec::with_capacity(scan.procs.len()),
        states: GoStates::new(input.len()),
        waiting: Map::default(),
        ready: BinaryHeap::new(),
        parked: BinaryHeap::new(),
        plan: Plan::new(scan.damage),
        index: 0,
        now: 0,
        event: LaneEvent::NONE,
    };
    merge.start()?;
    merge.run()?;
    merge.plan.exits.sort_unstable();
    Ok(merge.plan)
}

struct Merge<'a> {
    input: &'a [u8],
    scan: &'a Scan,
    heads: Vec<Head>,
    states: GoStates,
    /// First of the Ps that wait for a state.
    waiting: Map<Need, u32>,
    /// Ps whose next event may come now: time, number of the P, position.
    ready: BinaryHeap<Reverse<(u64, i32, u32)>>,
    /// If damage is skipped, every P that ever waited; entries that no longer wait are skipped.
    parked: BinaryHeap<Reverse<(u64, i32, u32)>>,
    plan: Plan,
    index: u64,
    now: u64,
    /// The event that a lane gave last.
    event: LaneEvent,
}

impl Merge<'_> {
    fn start(&mut self) -> Result<(), Fault> {
        let runner_slot = self.states.slot(0);
        for (number, proc) in self.scan.procs.iter().enumerate() {
            let mut head = Head {
                lane: Lane::new(proc),
                time: 0,
                offset: 0,
                g: 0,
                seq: 0,
                exit: 0,
                subject: NONE,
                runner_slot,
                runner: 0,
                before: NONE,
                after: NONE,
                id: proc.id,
                kind: Kind::Batch,
                waits: false,
            };
            let any = self.advance(&mut head)?;
            self.heads.push(head);
            if !any {
                continue;
            }
            if self.is_ready(&head) {
                self.ready.push(Reverse((head.time, head.id, number as u32)));
            } else {
                self.wait(number as u32);
            }
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let Some(Reverse((_, _, proc))) = self.ready.pop() else {
                if self.force()? {
                    continue;
                }
                return Ok(());
            };
            let Some(mut head) = self.heads.get(proc as usize).copied() else { continue };
            // Stay with this P as long as it has the earliest event.
            let (limit, tied) = match self.ready.peek() {
                Some(Reverse((time, id, _))) => (*time, *id),
                None => (u64::MAX, i32::MAX),
            };
            let mut woken = false;
            let end = loop {
                if !self.is_ready(&head) {
                    // Its cause has not happened, or another P had an earlier event of the same goroutine.
                    break End::Waits;
                }
                woken |= self.take(proc, &head)?;
                if !self.advance(&mut head)? {
                    break End::Empty;
                }
                if woken || head.time > limit || head.time == limit && head.id > tied {
                    break if self.is_ready(&head) { End::Ready } else { End::Waits };
                }
            };
            let key = Reverse((head.time, head.id, proc));
            if let Some(old) = self.heads.get_mut(proc as usize) {
                *old = head;
            }
            match end {
                End::Waits => self.wait(proc),
                End::Ready => self.ready.push(key),
                End::Empty => {}
            }
        }
    }

    /// Nothing is ready: the end, an error, or, if damage is skipped, the earliest event anyway.
    fn force(&mut self) -> Result<bool, Fault> {
        if self.scan.damage == Damage::Refuse {
            let stuck =
                self.heads.iter().filter(|head| head.waits).map(|head| (head.time, head.offset)).min();
            return match stuck {
                Some((_, offset)) => Err(Fault::new(ErrorKind::NoOrder, offset as u64)),
                None => Ok(false),
            };
        }
        while let Some(Reverse((time, id, proc))) = self.parked.pop() {
            let Some(head) = self.heads.get(proc as usize).filter(|head| head.waits && head.time == time)
            else {
                continue;
            };
            self.plan.doubt(ErrorKind::NoOrder, head.offset)?;
            // The state must have been the one that the event needs, although it was not recorded.
            if let Some(state) = self.states.get_mut(head.subject) {
                let need = head.need();
                state.status = need.status;
                state.seq = need.seq.unwrap_or(state.seq);
            }
            self.unlink(proc);
            self.ready.push(Reverse((time, id, proc)));
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes the next event of a P out of its lane; false at its end.
    #[inline(always)]
    fn advance(&mut self, head: &mut Head) -> Result<bool, Fault> {
        let event = &mut self.event;
        loop {
            match head.lane.next(self.input, self.scan, event) {
                Ok(true) => break,
                Ok(false) => return Ok(false),
                Err(fault) => self.plan.doubt(fault.kind, fault.at as usize)?,
            }
        }
        if event.odd {
            self.plan.doubt(ErrorKind::TimeOverflow, event.offset)?;
        }
        head.time = event.time;
        head.offset = event.offset;
        head.kind = event.kind;
        head.g = event.g;
        let [first, second, third, _] = event.args;
        let rule = Rule::of(event.kind);
        head.subject = match rule.subject {
            Subject::Nobody => NONE,
            Subject::Runner if event.g == head.runner => head.runner_slot,
            Subject::Runner => self.states.slot(event.g),
            Subject::Argument => self.states.slot(first),
            Subject::Collector => COLLECTOR,
        };
        head.exit = 0;
        match event.kind {
            Kind::GoStart | Kind::GoStartLocal | Kind::GoStartLabel => {
                (head.runner, head.runner_slot) = (event.g, head.subject);
            }
            Kind::GoSysExit => head.exit = third,
            _ => {}
        }
        head.seq = match rule.number {
            Number::Is(seq) => seq,
            Number::Argument(0) => first,
            _ => second,
        };
        Ok(true)
    }

    #[inline(always)]
    fn is_ready(&self, head: &Head) -> bool {
        let Some(state) = self.states.get(head.subject) else { return true };
        let rule = Rule::of(head.kind);
        state.status == rule.before
            && (state.seq == head.seq || matches!(rule.number, Number::Same | Number::Next))
    }

    fn wait(&mut self, proc: u32) {
        let Some(head) = self.heads.get_mut(proc as usize) else { return };
        let need = head.need();
        head.waits = true;
        head.before = NONE;
        head.after = self.waiting.insert(need, proc).unwrap_or(NONE);
        let (time, id, after) = (head.time, head.id, head.after);
        if let Some(next) = self.heads.get_mut(after as usize) {
            next.before = proc;
        }
        if let Some(state) = self.states.get_mut(need.g) {
            state.awaited = true;
        }
        if self.scan.damage == Damage::Skip {
            self.parked.push(Reverse((time, id, proc)));
        }
    }

    /// Takes a P out of its list of waiting Ps.
    fn unlink(&mut self, proc: u32) {
        let Some(head) = self.heads.get_mut(proc as usize) else { return };
        head.waits = false;
        let (need, before, after) = (head.need(), head.before, head.after);
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

    /// Puts the next event of a P into the order; true if that made another P ready.
    #[inline(always)]
    fn take(&mut self, proc: u32, head: &Head) -> Result<bool, Fault> {
        if head.time < self.now {
            self.plan.doubt(ErrorKind::TimeOrder, head.offset)?;
        }
        self.now = self.now.max(head.time);
        self.plan.push(proc);
        self.index += 1;
        let Some(state) = self.states.get_mut(head.subject) else { return Ok(false) };
        let rule = Rule::of(head.kind);
        state.status = rule.after;
        state.seq = match rule.number {
            Number::Same => state.seq,
            Number::Next => state.seq.wrapping_add(1),
            Number::Is(_) | Number::Argument(_) => head.seq.wrapping_add(1),
        };
        let awaited = state.awaited;
        if matches!(head.kind, Kind::GoSysBlock | Kind::GoInSyscall) {
            state.blocked = head.time;
        } else if head.exit != 0 {
            let blocked = state.blocked;
            self.exit(blocked, head)?;
        }
        Ok(awaited && self.wake(head.subject))
    }

    /// Records when a system call really returned.
    fn exit(&mut self, blocked: u64, head: &Head) -> Result<(), Fault> {
        let mut exit = Exit { time: head.exit, index: self.index - 1, g: head.g, offset: head.offset };
        let fits = i64::try_from(head.exit).is_ok();
        if blocked == 0 || head.exit < blocked || !fits {
            let kind = if blocked == 0 { ErrorKind::BadTransition } else { ErrorKind::TimeOrder };
            self.plan.doubt(kind, head.offset)?;
            // It keeps the time at which it was written.
            exit.time = self.now;
        }
        self.plan.exits.push(exit);
        Ok(())
    }

    /// Makes the P ready that waits for the present state of a goroutine.
    #[inline(never)]
    fn wake(&mut self, g: u32) -> bool {
        let Some(&GoState { seq, status, .. }) = self.states.get(g) else { return false };
        let mut woken = false;
        for seq in [Some(seq), None] {
            let Some(&proc) = self.waiting.get(&Need { g, status, seq }) else { continue };
            self.unlink(proc);
            if let Some(head) = self.heads.get(proc as usize) {
                self.ready.push(Reverse((head.time, head.id, proc)));
                woken = true;
            }
        }
        woken
    }
}

/// Why a run of one P ends.
enum End {
    /// Another P may have an earlier event.
    Ready,
    Waits,
    Empty,
}
