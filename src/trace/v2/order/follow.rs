//! Whether what a generation was ordered upon is what the generations before it have left; if so, both states are joined.

use super::Order;
use super::assumed::Assumed;
use super::goroutines::{GoRange, NOWHERE, status};
use crate::intern::Map;
use crate::trace::event::{GoId, ProcId};

impl Order {
    /// The state after the generation that this order has ordered, if what it assumed is how `before` ended; none
    /// otherwise, with `before` as it was.
    ///
    /// An order does the same whenever what it reads is the same, and everything that it read of the past is compared, so
    /// its events are those that `before` would have given.
    pub(crate) fn follow(mut self, before: &mut Self) -> Option<Self> {
        let assumed = self.assumed.take()?;
        let start = self.generation.start;
        let last = before.output.last_time();
        let same_times = assumed.last == last || (assumed.last < start && last < start);
        let marked = before.goroutines_told(&assumed, &mut self)?;
        let right = same_times
            && before.initial.is_some()
            && before.goroutines.ids().all(|(place, _)| marked.get(place).is_some_and(|&marked| marked))
            && self.threads_were(&assumed, before)
            && self.procs_were(&assumed, before)
            && before.ranges_were(&assumed)
            && assumed.tasks.iter().all(|id| !before.tasks.contains_key(id))
            && assumed.ended_tasks.iter().all(|(id, task)| before.tasks.get(id) == Some(task))
            && before.gc.was(assumed.gc);
        let ended = before.regions_ended(&assumed)?;
        if !right {
            return None;
        }
        self.take_over(&assumed, &ended, before);
        Some(self)
    }

    /// Which goroutines of this state were told, by place; none if one was not as told.
    fn goroutines_told(&mut self, assumed: &Assumed, after: &mut Self) -> Option<Vec<bool>> {
        let mut marked = vec![false; self.goroutines.len()];
        for &(id, told) in &assumed.goroutines {
            let place = self.goroutines.find(id)?;
            let state = *self.goroutines.place(place)?;
            if state.status != told {
                return None;
            }
            if told == status::RUNNING {
                // It may run on one thread only: the one on which it was found.
                let runs = self.threads.place(state.thread).filter(|thread| thread.goroutine == id);
                let elsewhere = runs.is_some_and(|thread| {
                    let at = after.threads.find(thread.id).unwrap_or(NOWHERE);
                    assumed.threads.get(at as usize).is_none_or(|past| past.goroutine != id)
                });
                if elsewhere {
                    return None;
                }
            }
            *marked.get_mut(place as usize)? = true;
        }
        Some(marked)
    }

    /// Whether each thread ran and held in `before` what was assumed.
    fn threads_were(&mut self, assumed: &Assumed, before: &mut Self) -> bool {
        (0..self.threads.len() as u32).all(|at| {
            let Some(&mut thread) = self.threads.place(at) else { return false };
            let past = assumed.threads.get(at as usize);
            let (goroutine, proc, known) = past
                .map_or((GoId::NONE, ProcId::NONE, false), |past| (past.goroutine, past.proc, past.known));
            let found = before.threads.find(thread.id);
            match found.and_then(|at| before.threads.place(at)) {
                Some(was) => (was.goroutine, was.proc) == (goroutine, proc) && (was.known || !known),
                None => goroutine.is_none() && proc.is_none() && !known,
            }
        })
    }

    /// Whether each proc was in `before` what was assumed, and none was held by two threads.
    fn procs_were(&mut self, assumed: &Assumed, before: &mut Self) -> bool {
        let told = assumed.procs.iter().enumerate().all(|(p, past)| {
            let Some(&mut proc) = self.procs.place(p as u32) else { return false };
            let Some(p) = before.procs.find(proc.id.0 as u64) else { return false };
            let Some(&mut was) = before.procs.place(p) else { return false };
            let holder = before.threads.place(was.holder).map(|thread| thread.id);
            was.status == past.status
                && past.sweeping.is_none_or(|sweeping| sweeping == was.sweeping)
                && holder == self.threads.place(past.holder).map(|thread| thread.id)
        });
        told && (0..before.procs.len() as u32).all(|p| {
            let holder = before.procs.place(p).map_or(NOWHERE, |proc| proc.holder);
            before.threads.is_only_holder(holder)
        })
    }

    /// Whether the goroutines whose ranges were looked at had those that were assumed.
    fn ranges_were(&mut self, assumed: &Assumed) -> bool {
        assumed.ranges.iter().all(|&(id, assists)| {
            let Some(place) = self.goroutines.find(id) else { return true };
            let expected: &[GoRange] = if assists { &[GoRange::MarkAssist] } else { &[] };
            self.goroutines.open(place).is_some_and(|open| open.ranges == expected)
        })
    }

    /// How many regions of this state ended, by goroutine; none if one was not the innermost.
    fn regions_ended(&mut self, assumed: &Assumed) -> Option<Map<GoId, usize>> {
        let mut ended: Map<GoId, usize> = Map::default();
        for &(id, task, name) in &assumed.regions {
            let Some(place) = self.goroutines.find(id) else { continue };
            let open = self.goroutines.open(place)?;
            let count = ended.entry(id).or_default();
            let innermost = open.regions.len().checked_sub(*count + 1).and_then(|at| open.regions.get(at));
            match innermost {
                Some(&region) if region != (task, name) => return None,
                Some(_) => *count += 1,
                None => {}
            }
        }
        Some(ended)
    }

    /// Takes over what is left of `before` and has not been told in the generation.
    fn take_over(&mut self, assumed: &Assumed, ended: &Map<GoId, usize>, before: &mut Self) {
        for (p, past) in assumed.procs.iter().enumerate() {
            let Some(&mut proc) = self.procs.place(p as u32) else { continue };
            if past.sweeping.is_none() && before.procs.sweeps(proc.id) {
                if let Some(state) = self.procs.place(p as u32) {
                    state.sweeping = true;
                }
            }
        }
        for at in 0..before.threads.len() as u32 {
            let Some(&mut was) = before.threads.place(at) else { continue };
            let is_new = self.threads.find(was.id).is_none();
            let here = self.threads.find_or_add(was.id);
            if was.known {
                self.threads.meet(here);
            }
            if is_new {
                self.threads.run(here, was.goroutine, NOWHERE);
            }
        }
        for p in 0..before.procs.len() as u32 {
            let Some(&mut was) = before.procs.place(p) else { continue };
            if self.procs.find(was.id.0 as u64).is_some() {
                continue;
            }
            let p = self.procs.add(was.id, was.status, 0);
            if let Some(state) = self.procs.place(p) {
                state.sweeping = was.sweeping;
            }
            let holder = before.threads.place(was.holder).and_then(|thread| self.threads.find(thread.id));
            if let Some(holder) = holder {
                self.threads.hold(holder, p, &mut self.procs);
            }
        }
        let all: Vec<(usize, GoId)> = before.goroutines.ids().collect();
        for (place, id) in all {
            let Some(here) = self.goroutines.find(id) else { continue };
            let Some(&mut was) = before.goroutines.place(place as u32) else { continue };
            let thread = before.threads.place(was.thread).and_then(|thread| self.threads.find(thread.id));
            if let Some(state) = self.goroutines.place(here) {
                if state.thread == NOWHERE {
                    state.thread = thread.unwrap_or(NOWHERE);
                }
            }
            let Some(old) = before.goroutines.take_open(place as u32) else { continue };
            let Some(open) = self.goroutines.open(here) else { continue };
            let left = old.regions.len() - ended.get(&id).copied().unwrap_or(0);
            open.regions.splice(0..0, old.regions.into_iter().take(left));
            if !open.noted {
                open.ranges = old.ranges;
            }
        }
        for (id, _) in &assumed.ended_tasks {
            before.tasks.remove(id);
        }
        for (id, task) in before.tasks.drain() {
            self.tasks.insert(id, task);
        }
        if assumed.gc.is_none() {
            self.gc = before.gc;
        }
        // Notes of this generation do not count in the next.
        self.goroutines.forget_notes();
    }
}
