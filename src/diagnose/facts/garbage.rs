//! What allocating and collecting memory costs, by the CPU profile.

use super::Column;
use crate::diagnose::inputs::value_index;
use crate::symbol::FuncKey;
use crate::table::Map;

/// CPU time of allocation and collection, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Garbage {
    /// In mark assists.
    pub(crate) assists: i64,
    /// In allocation, without assists.
    pub(crate) allocation: i64,
    /// In the collector's own goroutines, but for mark workers on Ps that had nothing else to run.
    pub(crate) collection: i64,
    /// Allocation and assists by the innermost function of the program's own that asked for the memory.
    by_function: Map<FuncKey<'static>, i64>,
}

/// The calls that together are allocation: `mallocgc` and, since Go 1.26, its forms by size class.
fn is_allocation(name: &[u8]) -> bool {
    name.starts_with(b"runtime.mallocgc") || name == b"runtime.newobject" || name == b"runtime.growslice"
}

fn is_collector(name: &[u8]) -> bool {
    matches!(name, b"runtime.gcBgMarkWorker" | b"runtime.bgsweep" | b"runtime.bgscavenge")
}

/// What the sample of one stack does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Program,
    Assist,
    Allocation,
    Collection,
    Idle,
}

impl Garbage {
    /// Sums the samples of a CPU profile.
    pub(crate) fn of(cpu: &Column<'_>) -> Self {
        let mut garbage = Self::default();
        let profiled = cpu.profiled;
        let Some(index) = value_index(profiled.profile, "cpu") else { return garbage };
        for sample in profiled.profile.samples() {
            let value = sample.values().get(index).copied().unwrap_or(0);
            let mut work = Work::Program;
            for frame in profiled.stack(sample) {
                work = match frame.name() {
                    name if name.starts_with(b"runtime.gcAssistAlloc") => Work::Assist,
                    // A worker that runs because its P had nothing to run takes nothing from the program.
                    name if name.starts_with(b"runtime.gcDrainMarkWorkerIdle") => Work::Idle,
                    name if is_collector(name) && work != Work::Idle => Work::Collection,
                    name if is_allocation(name) && work == Work::Program => Work::Allocation,
                    _ => work,
                };
            }
            let sum = match work {
                Work::Program | Work::Idle => continue,
                Work::Assist => &mut garbage.assists,
                Work::Allocation => &mut garbage.allocation,
                Work::Collection => &mut garbage.collection,
            };
            *sum = sum.saturating_add(value);
            if work != Work::Collection {
                if let Some(own) = profiled.stack(sample).find(|frame| frame.user) {
                    let sum = garbage.by_function.entry(own.key.clone().into_owned()).or_default();
                    *sum = sum.saturating_add(value);
                }
            }
        }
        garbage
    }

    /// All of it.
    pub(crate) fn total(&self) -> i64 {
        self.assists.saturating_add(self.allocation).saturating_add(self.collection)
    }

    /// What would be gained if a function that allocates `part` of all bytes did not: its allocation and
    /// assists, and that part of the collection.
    pub(crate) fn of_function(&self, key: &FuncKey<'_>, part: f64) -> i64 {
        let own = self.by_function.get(&key.clone().into_owned()).copied().unwrap_or(0);
        own.saturating_add((self.collection as f64 * part) as i64)
    }
}
