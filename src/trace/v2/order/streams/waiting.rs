//! Threads set aside because their next event waits for a state that another thread must bring about.

use super::frontier::Frontier;
use crate::trace::event::{Event, EventKind, GoId, ProcId, RangeName};
use crate::trace::v2::order::slot::ThreadSlot;
use crate::trace::v2::order::world::{GoStatus, ProcStatus, World};
use std::collections::BTreeSet;

/// What an event waits for. Numbers are as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    #[default]
    Nothing,
    /// The goroutine is runnable, and the sequence number is its next.
    Runnable(u64, u64),
    /// The goroutine waits, and the sequence number is its next.
    Waiting(u64, u64),
    /// The P is idle, and the sequence number is its next.
    Idle(u64, u64),
    /// The P is in a system call, and the sequence number is its next.
    Syscall(u64, u64),
    /// The P is no longer in a system call.
    Left(ProcId),
    /// The sequence number is the collector's next.
    Gc(u64),
}

/// The threads set aside, by what they wait for and by time.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    by_key: BTreeSet<(Key, i64, ThreadSlot)>,
    by_time: BTreeSet<(i64, ThreadSlot, Key)>,
    /// An event took effect since all were put back at once.
    progress: bool,
    /// How many were put back, all at once.
    woken: u64,
}

impl Waiting {
    pub(crate) fn clear(&mut self) {
        // Few generations leave a thread behind, and an empty set is dear to clear.
        if !self.by_key.is_empty() {
            self.by_key.clear();
            self.by_time.clear();
        }
        self.progress = true;
        self.woken = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The earliest time among them.
    pub(crate) fn first_time(&self) -> i64 {
        self.by_time.first().map_or(i64::MAX, |&(time, ..)| time)
    }

    /// The earliest of them.
    pub(crate) fn any(&self) -> Option<ThreadSlot> {
        self.by_time.first().map(|&(_, thread, _)| thread)
    }

    pub(crate) fn add(&mut self, key: Key, time: i64, thread: ThreadSlot) {
        self.by_key.insert((key, time, thread));
        self.by_time.insert((time, thread, key));
    }

    /// Puts the earliest thread that waits for `key` back into the frontier. One is enough: after its event
    /// has taken effect, the next is woken if it can still go.
    pub(crate) fn wake(&mut self, key: Key, frontier: &mut Frontier) {
        self.progress = true;
        let found = self.by_key.range((key, i64::MIN, ThreadSlot(0))..).next().copied();
        let Some(entry @ (found, time, thread)) = found else { return };
        if found == key {
            self.by_key.remove(&entry);
            self.by_time.remove(&(time, thread, key));
            frontier.insert(time, thread);
        }
    }

    /// Puts all threads back, in case a state came about in a way that no key shows; false if that did not
    /// help the last time, or if more than `most` were put back so far.
    pub(crate) fn wake_all(&mut self, frontier: &mut Frontier, most: u64) -> bool {
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

/// The states that an event has brought about, for which threads may wait.
pub(crate) fn keys_of(event: &Event, world: &mut World) -> [Option<Key>; 4] {
    let World { goroutines, procs, gc, .. } = world;
    let mut go = |id: GoId| {
        let slot = goroutines.find(id)?;
        let known = goroutines.get_mut(slot)?;
        let next = known.seq.wrapping_add(1);
        match known.status {
            GoStatus::Runnable => Some(Key::Runnable(id.0 as u64, next)),
            GoStatus::Waiting => Some(Key::Waiting(id.0 as u64, next)),
            GoStatus::Running | GoStatus::Syscall => None,
        }
    };
    let mut proc = |id: ProcId| {
        let number = id.0 as u64;
        let Some(known) = procs.find(number).and_then(|slot| procs.get_mut(slot)) else {
            return [None; 2];
        };
        let next = known.seq.wrapping_add(1);
        match known.status {
            ProcStatus::Idle => [Some(Key::Idle(number, next)), Some(Key::Left(id))],
            ProcStatus::Syscall => [Some(Key::Syscall(number, next)), None],
            ProcStatus::Abandoned => [Some(Key::Syscall(number, next)), Some(Key::Left(id))],
            ProcStatus::Running => [None, Some(Key::Left(id))],
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
