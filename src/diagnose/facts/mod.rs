//! What several rules need of the inputs, computed once.

mod growth;
mod sums;

pub(crate) use growth::{Group, Growth, wait_phrase};
pub(crate) use sums::{FunctionSum, Site, Sums};

use crate::diagnose::finding::{Amount, Evidence, Place, Source, things};
use crate::diagnose::inputs::{Compiled, Inputs, Profiled, declared, value_index};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncKey;

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
    /// Allocated objects and bytes, since the program's start.
    pub(crate) objects: Option<Column<'c>>,
    pub(crate) bytes: Option<Column<'c>>,
    /// Goroutines by place, over all goroutine profiles.
    pub(crate) growth: Vec<Growth>,
    /// The goroutine profiles' names.
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
        let cpu = inputs.of(Source::CpuProfile).into_iter();
        let cpu = cpu.max_by_key(|p| value_index(p.profile, "cpu").map_or(0, |index| p.total(index)));
        let heap = inputs.last(Source::HeapProfile);
        let snapshots = inputs.of(Source::GoroutineProfile);
        let names: Vec<_> = snapshots.iter().map(|snapshot| snapshot.input.as_str()).collect();
        Self {
            inputs,
            thresholds: &inputs.thresholds,
            cpu: column(cpu, "cpu"),
            objects: column(heap, "alloc_objects"),
            bytes: column(heap, "alloc_space"),
            growth: Growth::all(&snapshots),
            snapshot_names: names.join(", "),
            go_minor: go_minor(inputs),
        }
    }

    /// The compiler's outputs.
    pub(crate) fn compilers(&self) -> &'c [Compiled<'c>] {
        &self.inputs.compilers
    }

    /// Whether a part of the CPU time is one to speak of: by share, and not only by a few samples.
    pub(crate) fn is_hot(&self, value: i64) -> bool {
        let Some(cpu) = &self.cpu else { return false };
        let period = cpu.profiled.profile.period().max(1);
        cpu.sums.share(value) >= self.thresholds.hot && value / period >= HOT_SAMPLES
    }

    /// Who starts goroutines of `root`, and where: as the trace saw it, and as the listing has it.
    pub(crate) fn creator_evidence(&self, root: &FuncKey<'_>) -> Vec<Evidence> {
        let mut out = Vec::new();
        for (name, traced) in &self.inputs.traces {
            let Some(creation) = traced.creations.iter().find(|creation| creation.root == *root) else {
                continue;
            };
            let started = things(creation.count, "goroutine");
            let text =
                format!("{} starts them at {}: {started} in the trace", creation.creator, creation.place);
            let evidence = Evidence::new(Source::Trace, name, text).at(Some(creation.place.clone()));
            out.push(evidence.figure("created", Amount::count(creation.count)));
        }
        let parent = declared(root);
        for compiled in self.compilers().iter().filter(|_| parent != *root) {
            let ids = compiled.functions(&parent).iter();
            let insts = ids.flat_map(|id| compiled.output.insts(*id));
            let starts: Vec<_> = insts.filter(|inst| inst.target() == Some(b"runtime.newproc")).collect();
            let lines = starts
                .iter()
                .map(|inst| format!("line {}: ({}) CALL runtime.newproc", inst.line, inst.position));
            if let Some(first) = starts.first() {
                let place = Place::new(first.position.file, first.position.line);
                let text = format!("{parent} holds the go statement, at {place}");
                out.push(compiled.evidence(text).lines(lines.take(3).collect::<Vec<_>>()).at(Some(place)));
            }
        }
        out
    }

    /// What the CPU profile says about a function; `None` where it has no sample.
    pub(crate) fn cpu_evidence(&self, key: &FuncKey<'_>) -> Option<Evidence> {
        let cpu = self.cpu.as_ref()?;
        let sum = cpu.sums.function(key)?;
        let (flat, cum) = (cpu.sums.share(sum.flat), cpu.sums.share(sum.cum));
        let text = format!(
            "{} of the CPU time in {key} itself, {} with what it calls",
            Amount::share(flat),
            Amount::share(cum)
        );
        let evidence = Evidence::new(Source::CpuProfile, &cpu.profiled.input, text);
        Some(evidence.figure("cpu_flat", Amount::share(flat)).figure("cpu_cum", Amount::share(cum)))
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
