//! Only before format 1.11: the order by sequence number of 1.5, and futile wake-ups.
//!
//! Source: `src/internal/trace/order.go` and `parser.go` of Go 1.21.

use super::lane::{Lane, LaneEvent};
use super::plan::{Exit, Plan};
use super::replay::Replay;
use super::scan::Scan;
use super::spec::Kind;
use crate::error::{ErrorKind, Fault};
use crate::table::Map;

/// One event of format 1.5 in the order of its sequence number.
struct Numbered {
    seq: u64,
    time: u64,
    offset: usize,
    g: u64,
    proc: u32,
    exit: bool,
}

/// The plan for the events of format 1.5, whose sequence numbers order them all.
///
/// # Errors
/// [`ErrorKind::TimeOrder`] when the clock contradicts the order, [`ErrorKind::NoOrder`] when a P's numbers
/// do. None if damage is skipped.
pub(crate) fn plan_by_sequence(input: &[u8], scan: &Scan) -> Result<Plan, Fault> {
    let mut plan = Plan::new(scan.damage);
    let mut all = Vec::with_capacity(scan.shares.iter().map(|share| share.0).sum::<u64>() as usize);
    for (number, proc) in scan.procs.iter().enumerate() {
        let mut lane = Lane::new(proc);
        let (mut last, mut event) = (0, LaneEvent::NONE);
        loop {
            match lane.next(input, scan, &mut event) {
                Ok(true) if event.odd => plan.doubt(ErrorKind::TimeOverflow, event.offset)?,
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => {
                    plan.doubt(fault.kind, fault.at as usize)?;
                    continue;
                }
            }
            let exit = event.kind == Kind::GoSysExit;
            let [_, seq, time, _] = event.args;
            if !exit && event.seq < last {
                plan.doubt(ErrorKind::NoOrder, event.offset)?;
            }
            let mut numbered = Numbered {
                seq: event.seq.max(last),
                time: event.time,
                offset: event.offset,
                g: event.g,
                proc: number as u32,
                exit,
            };
            if exit {
                // It was written only when its goroutine had a P again.
                numbered.seq = seq;
                numbered.time = if time == 0 { event.time } else { time };
            } else {
                last = numbered.seq;
            }
            all.push(numbered);
        }
    }
    all.sort_by_key(|event| event.seq);
    let (mut now, mut index) = (0, 0);
    for event in &all {
        if event.time < now {
            plan.doubt(ErrorKind::TimeOrder, event.offset)?;
        }
        now = now.max(event.time);
        if event.exit {
            plan.exits.push(Exit { time: now, index, g: event.g, offset: event.offset });
            continue;
        }
        index += 1;
        plan.push(event.proc);
    }
    Ok(plan)
}

/// The positions in the plan, ascending, of events that belong to futile wake-ups: a goroutine was unblocked,
/// found nothing to do, and blocked again.
pub(crate) fn futile(input: &[u8], scan: &Scan, plan: &Plan) -> Result<Vec<u64>, Fault> {
    #[derive(Default)]
    struct Wakeup {
        is_futile: bool,
        events: Vec<u64>,
    }
    let mut futile = Vec::new();
    if scan.shares[Kind::FutileWakeup as usize].0 == 0 {
        return Ok(futile);
    }
    let mut wakeups: Map<u64, Wakeup> = Map::default();
    let mut replay = Replay::new(scan, plan);
    let mut position = 0;
    while replay.advance(input, scan, plan)? {
        let event = &replay.now.event;
        match event.kind {
            Kind::GoUnblock | Kind::GoUnblockLocal => {
                let wakeup = wakeups.entry(event.args[0]).or_default();
                wakeup.events.clear();
                wakeup.events.push(position);
            }
            Kind::GoStart | Kind::GoStartLocal | Kind::GoPreempt | Kind::FutileWakeup => {
                let wakeup = wakeups.entry(event.g).or_default();
                wakeup.events.push(position);
                wakeup.is_futile |= event.kind == Kind::FutileWakeup;
            }
            Kind::GoBlockNet | Kind::GoBlockGc | Kind::GoSleep => {}
            kind if kind.blocks() => {
                if let Some(wakeup) = wakeups.remove(&event.g).filter(|wakeup| wakeup.is_futile) {
                    futile.extend(wakeup.events);
                    futile.push(position);
                }
            }
            _ => {}
        }
        position += 1;
    }
    futile.sort_unstable();
    Ok(futile)
}
