//! Compares the assumptions of a generation with the state that the generations before it left, and joins
//! both states if they agree.

use super::World;
use super::assumed::Assumed;
use super::goroutines::GoRange;
use super::status::GoStatus;
use crate::table::Map;
use crate::trace::event::{GoId, ProcId};
use crate::trace::v2::order::slot::{GoSlot, ThreadSlot};

impl World {
    /// Takes over the state `before`, if every assumption agrees with it, including the one about the time of
    /// the last event. Otherwise returns false, and leaves `before` unchanged. The generation starts at
    /// `start`, and the last event before it happened at `last`.
    ///
    /// An order does the same whenever it reads the same, and everything that it read of the past is compared
    /// here, so its events are those that would have followed `before`.
    pub(crate) fn confirm(&mut self, start: i64, before: &mut Self, last: i64) -> bool {
        let Some(assumed) = self.assumed.take() else { return false };
        let same_times = assumed.last == last || (assumed.last < start && last < start);
        let Some(recorded) = before.recorded_goroutines(&assumed, self) else { return false };
        let all_recorded =
            |(slot, _): (GoSlot, GoId)| recorded.get(slot.index()).is_some_and(|&recorded| recorded);
        let agrees = same_times
            && before.initial.is_some()
            && before.goroutines.ids().all(all_recorded)
            && self.threads_agree(&assumed, before)
            && self.procs_agree(&assumed, before)
            && before.ranges_agree(&assumed)
            && assumed.tasks.iter().all(|id| !before.tasks.contains_key(id))
            && assumed.ended_tasks.iter().all(|(id, task)| before.tasks.get(id) == Some(task))
            && before.gc.is_as_assumed(assumed.gc);
        let Some(ended) = before.ended_regions(&assumed) else { return false };
        if agrees {
            self.take_over(&assumed, &ended, before);
        }
        agrees
    }

    /// Which goroutines of this state the next generation records, by slot; `None` if one has another status
    /// there.
    fn recorded_goroutines(&mut self, assumed: &Assumed, after: &mut Self) -> Option<Vec<bool>> {
        let mut recorded = vec![false; self.goroutines.len()];
        for &(id, status) in &assumed.goroutines {
            let slot = self.goroutines.find(id)?;
            let state = *self.goroutines.get_mut(slot)?;
            if state.status != status {
                return None;
            }
            if status == GoStatus::Running {
                // It may run on one thread only, the one on which it was found.
                let runs = self.threads.get_mut(state.thread).filter(|thread| thread.goroutine == id);
                let elsewhere = runs.is_some_and(|thread| {
                    let slot = after.threads.find(thread.id).unwrap_or(ThreadSlot::NOWHERE);
                    assumed.threads.get(slot.index()).is_none_or(|past| past.goroutine != id)
                });
                if elsewhere {
                    return None;
                }
            }
            *recorded.get_mut(slot.index())? = true;
        }
        Some(recorded)
    }

    /// Whether each thread in `before` ran and held what was assumed.
    fn threads_agree(&mut self, assumed: &Assumed, before: &mut Self) -> bool {
        self.threads.slots().all(|slot| {
            let Some(&mut thread) = self.threads.get_mut(slot) else { return false };
            let past = assumed.threads.get(slot.index());
            let (goroutine, proc, known) = past
                .map_or((GoId::NONE, ProcId::NONE, false), |past| (past.goroutine, past.proc, past.known));
            let found = before.threads.find(thread.id);
            match found.and_then(|slot| before.threads.get_mut(slot)) {
                Some(was) => (was.goroutine, was.proc) == (goroutine, proc) && (was.known || !known),
                None => goroutine.is_none() && proc.is_none() && !known,
            }
        })
    }

    /// Whether each P in `before` had the assumed state, and none was held by two threads.
    fn procs_agree(&mut self, assumed: &Assumed, before: &mut Self) -> bool {
        let same = self.procs.slots().zip(&assumed.procs).all(|(slot, past)| {
            let Some(&mut proc) = self.procs.get_mut(slot) else { return false };
            let Some(slot) = before.procs.find(proc.id.0 as u64) else { return false };
            let Some(&mut was) = before.procs.get_mut(slot) else { return false };
            let holder = before.threads.get_mut(was.holder).map(|thread| thread.id);
            was.status == past.status
                && past.sweeping.is_none_or(|sweeping| sweeping == was.sweeping)
                && holder == self.threads.get_mut(past.holder).map(|thread| thread.id)
        });
        same && before.procs.slots().all(|slot| {
            let holder = before.procs.get_mut(slot).map_or(ThreadSlot::NOWHERE, |proc| proc.holder);
            before.threads.is_only_holder(holder)
        })
    }

    /// Whether the goroutines whose ranges were asked for had those that were assumed.
    fn ranges_agree(&mut self, assumed: &Assumed) -> bool {
        assumed.ranges.iter().all(|&(id, assists)| {
            let Some(slot) = self.goroutines.find(id) else { return true };
            let expected: &[GoRange] = if assists { &[GoRange::MarkAssist] } else { &[] };
            self.goroutines.open(slot).is_some_and(|open| open.ranges == expected)
        })
    }

    /// How many regions of this state ended, by goroutine; `None` if one was not the innermost.
    fn ended_regions(&mut self, assumed: &Assumed) -> Option<Map<GoId, usize>> {
        let mut ended: Map<GoId, usize> = Map::default();
        for &(id, task, name) in &assumed.regions {
            let Some(slot) = self.goroutines.find(id) else { continue };
            let open = self.goroutines.open(slot)?;
            let count = ended.entry(id).or_default();
            let innermost =
                open.regions.len().checked_sub(*count + 1).and_then(|index| open.regions.get(index));
            match innermost {
                Some(&region) if region != (task, name) => return None,
                Some(_) => *count += 1,
                None => {}
            }
        }
        Some(ended)
    }

    /// Takes over the part of `before` that the generation did not record.
    fn take_over(&mut self, assumed: &Assumed, ended: &Map<GoId, usize>, before: &mut Self) {
        self.take_over_threads(before);
        self.take_over_procs(assumed, before);
        self.take_over_goroutines(ended, before);
        for (id, _) in &assumed.ended_tasks {
            before.tasks.remove(id);
        }
        for (id, task) in before.tasks.drain() {
            self.tasks.insert(id, task);
        }
        if assumed.gc.is_none() {
            self.gc = before.gc;
        }
        self.goroutines.settle_ranges();
    }

    fn take_over_threads(&mut self, before: &mut Self) {
        for slot in before.threads.slots() {
            let Some(&mut was) = before.threads.get_mut(slot) else { continue };
            let is_new = self.threads.find(was.id).is_none();
            let here = self.threads.find_or_add(was.id);
            if was.known {
                self.threads.meet(here);
            }
            if is_new {
                self.threads.run(here, was.goroutine, GoSlot::NOWHERE);
            }
        }
    }

    fn take_over_procs(&mut self, assumed: &Assumed, before: &mut Self) {
        for (slot, past) in self.procs.slots().zip(&assumed.procs) {
            let Some(proc) = self.procs.get_mut(slot) else { continue };
            if past.sweeping.is_none() && before.procs.sweeps(proc.id) {
                proc.sweeping = true;
            }
        }
        for slot in before.procs.slots() {
            let Some(&mut was) = before.procs.get_mut(slot) else { continue };
            if self.procs.find(was.id.0 as u64).is_some() {
                continue;
            }
            let slot = self.procs.add(was.id, was.status, 0);
            if let Some(state) = self.procs.get_mut(slot) {
                state.sweeping = was.sweeping;
            }
            let holder = before.threads.get_mut(was.holder).and_then(|thread| self.threads.find(thread.id));
            if let Some(holder) = holder {
                self.threads.hold(holder, slot, &mut self.procs);
            }
        }
    }

    fn take_over_goroutines(&mut self, ended: &Map<GoId, usize>, before: &mut Self) {
        let all: Vec<(GoSlot, GoId)> = before.goroutines.ids().collect();
        for (slot, id) in all {
            let Some(here) = self.goroutines.find(id) else { continue };
            let Some(&mut was) = before.goroutines.get_mut(slot) else { continue };
            let thread = before.threads.get_mut(was.thread).and_then(|thread| self.threads.find(thread.id));
            if let Some(state) = self.goroutines.get_mut(here) {
                if state.thread == ThreadSlot::NOWHERE {
                    state.thread = thread.unwrap_or(ThreadSlot::NOWHERE);
                }
            }
            let Some(old) = before.goroutines.take_open(slot) else { continue };
            let Some(open) = self.goroutines.open(here) else { continue };
            let left = old.regions.len() - ended.get(&id).copied().unwrap_or(0);
            open.regions.splice(0..0, old.regions.into_iter().take(left));
            if !open.is_assumed {
                open.ranges = old.ranges;
            }
        }
    }
}
