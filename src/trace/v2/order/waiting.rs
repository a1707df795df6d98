//! Threads set aside because their next event waits for a state that another thread must bring about.

use super::frontier::Frontier;
use super::gc::Gc;
use super::goroutines::{Goroutines, status as go_status};
use super::procs::{Procs, status as proc_status};
use crate::trace::event::RangeName;
use crate::trace::event::{Event, EventKind};
use crate::trace::event::{GoId, ProcId};
use std::collections::BTreeSet;

/// What an event waits for. Numbers are those of the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    #[default]
    Nothing,
    /// The goroutine is runnable, and the sequence number is its next.
    Runnable(u64, u64),
    /// The goroutine waits, and the sequence number is its next.
    Waiting(u64, u64),
    /// The proc is idle, and the sequence number is its next.
    Idle(u64, u64),
    /// The proc is in a system call, and the sequence number is its next.
    Syscall(u64, u64),
    /// The proc is not in a system call any more.
    Left(ProcId),
    /// The sequence number is the collector's next.
    Gc(u64),
}

/// The threads set aside, by what they wait for and by time.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    by_key: BTreeSet<(Key, i64, u32)>,
    by_time: BTreeSet<(i64, u32, Key)>,
    /// An event took effect since all were woken at once.
    progress: bool,
    woken: u64,
}

impl Waiting {
    pub(super) fn clear(&mut self) {
        self.by_key.clear();
        self.by_time.clear();
        self.progress = true;
        self.woken = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The earliest time among them.
    pub(super) fn first_time(&self) -> i64 {
        self.by_time.first().map_or(i64::MAX, |&(time, ..)| time)
    }

    /// The earliest of them.
    pub(super) fn any(&self) -> Option<u32> {
        self.by_time.first().map(|&(_, thread, _)| thread)
    }

    pub(super) fn add(&mut self, key: Key, time: i64, thread: u32) {
        self.by_key.insert((key, time, thread));
        self.by_time.insert((time, thread, key));
    }

    /// Puts the earliest that waits for `key` back. One is enough: when it has gone, the next is woken if it still
    /// can go.
    pub(super) fn wake(&mut self, key: Key, frontier: &mut Frontier) {
        self.progress = true;
        let found = self.by_key.range((key, i64::MIN, 0)..).next().copied();
        let Some(entry @ (found, time, thread)) = found else { return };
        if found == key {
            self.by_key.remove(&entry);
            self.by_time.remove(&(time, thread, key));
            frontier.insert(time, thread);
        }
    }

    /// Puts all back, for the case that a state came about in a way that no key tells; false if that was tried in
    /// vain, or more than `most` times.
    pub(super) fn wake_all(&mut self, frontier: &mut Frontier, most: u64) -> bool {
        self.woken += self.by_time.len() as u64;
        if !std::mem::take(&mut self.progress) || self.woken > most {
            return false;
        }
        for &(time, thread, _) in &self.by_time {
            frontier.insert(time, thread);
        }
        self.by_key.clear();
        self.by_time.clear();
        true
    }
}

/// What can go on after an event.
pub(super) fn keys_of(
    event: &Event,
    goroutines: &mut Goroutines,
    procs: &mut Procs,
    gc: &Gc,
) -> [Option<Key>; 4] {
    let mut go = |id: GoId| {
        let place = goroutines.find(id)?;
        let known = goroutines.place(place)?;
        let next = known.seq.wrapping_add(1);
        match known.status {
            go_status::RUNNABLE => Some(Key::Runnable(id.0 as u64, next)),
            go_status::WAITING => Some(Key::Waiting(id.0 as u64, next)),
            _ => None,
        }
    };
    let mut proc = |id: ProcId| {
        let Some(known) = procs.find(id.0 as u64).and_then(|place| procs.place(place)) else {
            return [None; 2];
        };
        let next = known.seq.wrapping_add(1);
        let number = id.0 as u64;
        match known.status {
            proc_status::IDLE => [Some(Key::Idle(number, next)), Some(Key::Left(id))],
            proc_status::SYSCALL => [Some(Key::Syscall(number, next)), None],
            proc_status::ABANDONED => [Some(Key::Syscall(number, next)), Some(Key::Left(id))],
            _ => [None, Some(Key::Left(id))],
        }
    };
    match event.kind {
        EventKind::GoTransition(transition) => {
            let [first, second] = proc(event.proc);
            [go(transition.goroutine), first, second, None]
        }
        EventKind::ProcTransition(transition) => {
            let [first, second] = proc(transition.proc);
            [first, second, None, None]
        }
        _ => match event.range().map(|range| range.name) {
            Some(RangeName::GcMark) => [gc.next().map(Key::Gc), None, None, None],
            _ => [None; 4],
        },
    }
}
