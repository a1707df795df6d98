//! What several rules need of the inputs, computed once.

mod callee;
mod cited;
mod crowd;
mod garbage;
mod growth;
mod stuck;
mod sums;
mod verdict;
mod work;

pub(crate) use callee::advice;
pub(crate) use crowd::{Crowd, Group};
pub(crate) use garbage::Garbage;
pub(crate) use growth::Growth;
pub(crate) use stuck::stuck;
pub(crate) use sums::{FunctionSum, Site, Sums};
pub(crate) use work::{Cost, Costly, costly, subject};

use crate::diagnose::finding::Source;
use crate::diagnose::inputs::{Compiled, Inputs, Profiled, value_index};
use crate::diagnose::thresholds::Thresholds;

/// Samples of a CPU profile below which nothing is called hot.
const HOT_SAMPLES: i64 = 5;

/// One value of one profile.
#[derive(Debug)]
pub(crate) struct Column<'c> {
    pub(crate) profiled: &'c Profiled<'c>,
    pub(crate) sums: Sums<'c>,
}

/// What several rules need, computed once.
#[derive(Debug)]
pub(crate) struct Facts<'c> {
    pub(crate) inputs: &'c Inputs<'c>,
    pub(crate) thresholds: &'c Thresholds,
    /// CPU time in nanoseconds.
    pub(crate) cpu: Option<Column<'c>>,
    /// What allocation and collection take of it.
    pub(crate) garbage: Option<Garbage>,
    /// Allocated objects and bytes, since the program's start.
    pub(crate) objects: Option<Column<'c>>,
    pub(crate) bytes: Option<Column<'c>>,
    /// The goroutine profile with most goroutines.
    pub(crate) crowd: Option<Crowd>,
    /// Goroutines by stack, over the snapshots that can be compared.
    pub(crate) growth: Vec<Growth>,
    /// The names of these snapshots.
    pub(crate) snapshot_names: String,
    /// The oldest and newest 1.N of Go that can have built the program, as far as it is known.
    pub(crate) go_minor: Option<(u32, u32)>,
}

impl<'c> Facts<'c> {
    pub(crate) fn new(inputs: &'c Inputs<'c>) -> Self {
        let column = |profiled: Option<&'c Profiled<'c>>, kind| {
            let profiled = profiled?;
            let index = value_index(profiled.profile, kind)?;
            Some(Column { profiled, sums: Sums::of(profiled, index) })
        };
        // Of several CPU profiles, the one with most to say.
        let cpu = inputs.of_kind(Source::CpuProfile).into_iter();
        let cpu = cpu.max_by_key(|p| value_index(p.profile, "cpu").map_or(0, |index| p.total(index)));
        let heap = inputs.last(Source::HeapProfile);
        let snapshots = inputs.snapshots();
        let names: Vec<_> = snapshots.iter().map(|snapshot| snapshot.input.as_str()).collect();
        let cpu = column(cpu, "cpu");
        Self {
            inputs,
            thresholds: &inputs.thresholds,
            garbage: cpu.as_ref().map(Garbage::of),
            cpu,
            objects: column(heap, "alloc_objects"),
            bytes: column(heap, "alloc_space"),
            crowd: Crowd::largest(&inputs.of_kind(Source::GoroutineProfile)),
            growth: Growth::all(&snapshots),
            snapshot_names: names.join(", "),
            go_minor: go_minor(inputs),
        }
    }

    /// The compiler's outputs.
    pub(crate) fn compilers(&self) -> &'c [Compiled<'c>] {
        &self.inputs.compilers
    }

    /// Whether the program uses the CPU at all: 2 % of one core, as far as the CPU profile says how long it
    /// took.
    pub(crate) fn cpu_matters(&self) -> bool {
        let Some(cpu) = &self.cpu else { return true };
        let duration = cpu.profiled.profile.duration_nanos();
        duration <= 0 || cpu.sums.total >= duration / 50
    }

    /// The part of the CPU time that goes into allocating and collecting memory; `None` without a CPU
    /// profile.
    pub(crate) fn garbage_share(&self) -> Option<f64> {
        let (cpu, garbage) = self.cpu.as_ref().zip(self.garbage.as_ref())?;
        (cpu.sums.total > 0).then(|| cpu.sums.share(garbage.total()))
    }

    /// Whether a part of the CPU time is worth reporting: by its share, and by more than a few samples.
    pub(crate) fn is_hot(&self, value: i64) -> bool {
        let Some(cpu) = &self.cpu else { return false };
        let period = cpu.profiled.profile.period().max(1);
        cpu.sums.share(value) >= self.thresholds.hot && value / period >= HOT_SAMPLES
    }
}

/// The releases that all inputs allow.
fn go_minor(inputs: &Inputs<'_>) -> Option<(u32, u32)> {
    let traced = inputs.traces.iter().filter_map(|(_, traced)| traced.go_minor).map(|minor| {
        // The format's version is the release that brought it; later ones may write it unchanged.
        let newest = match minor {
            22 => 22,
            23 => 24,
            25 => 25,
            _ => u32::MAX,
        };
        (minor, newest)
    });
    let compiled = inputs.compilers.iter().filter_map(|compiled| {
        let versions = compiled.output.go_versions();
        let (min, max) = (versions.min.map(u32::from), versions.max.map(u32::from));
        (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0), max.unwrap_or(u32::MAX)))
    });
    traced.chain(compiled).reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))
}
