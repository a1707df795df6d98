//! The inputs by kind, and what several rules need of them.

use crate::diagnose::join::{Compiled, Growth, Profiled, Sums, declared, value_index};
use crate::diagnose::measure::things;
use crate::diagnose::{Amount, Evidence, Place, Source, Thresholds, Traced};
use crate::symbol::FuncKey;

/// Samples of a CPU profile below which nothing is called hot.
const HOT_SAMPLES: i64 = 5;

/// All inputs.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct Context<'a> {
    pub(in crate::diagnose) thresholds: Thresholds,
    pub(in crate::diagnose) profiles: Vec<Profiled<'a>>,
    pub(in crate::diagnose) compilers: Vec<Compiled<'a>>,
    /// Traces with their names.
    pub(in crate::diagnose) traces: Vec<(String, &'a Traced)>,
}

impl<'a> Context<'a> {
    /// Puts snapshots into the order of time, which rules of growth need.
    pub(in crate::diagnose) fn in_order_of_time(&mut self) {
        self.profiles.sort_by(|a, b| {
            a.profile.time_nanos().cmp(&b.profile.time_nanos()).then_with(|| a.input.cmp(&b.input))
        });
    }

    /// The profiles of one kind, in the order of time.
    pub(in crate::diagnose) fn of(&self, source: Source) -> Vec<&Profiled<'a>> {
        self.profiles.iter().filter(|profiled| profiled.source == source).collect()
    }

    /// The last profile of one kind: heap, mutex and block profiles count from the program's start.
    pub(in crate::diagnose) fn last(&self, source: Source) -> Option<&Profiled<'a>> {
        self.profiles.iter().rev().find(|profiled| profiled.source == source)
    }
}

/// One value of one profile.
#[derive(Debug)]
pub(in crate::diagnose) struct Column<'c> {
    pub(in crate::diagnose) profiled: &'c Profiled<'c>,
    pub(in crate::diagnose) sums: Sums<'c>,
}

/// What several rules need, computed once.
#[derive(Debug)]
pub(in crate::diagnose) struct Facts<'c> {
    pub(in crate::diagnose) context: &'c Context<'c>,
    pub(in crate::diagnose) thresholds: &'c Thresholds,
    /// CPU time in nanoseconds.
    pub(in crate::diagnose) cpu: Option<Column<'c>>,
    /// Allocated objects and bytes, since the program's start.
    pub(in crate::diagnose) objects: Option<Column<'c>>,
    pub(in crate::diagnose) bytes: Option<Column<'c>>,
    /// Goroutines by place, over all goroutine profiles.
    pub(in crate::diagnose) growth: Vec<Growth>,
    /// The goroutine profiles' names.
    pub(in crate::diagnose) snapshot_names: String,
    /// The oldest and newest 1.N of Go that can have built the program, as far as it is known.
    pub(in crate::diagnose) go_minor: Option<(u32, u32)>,
}

impl<'c> Facts<'c> {
    pub(in crate::diagnose) fn new(context: &'c Context<'c>) -> Self {
        let column = |profiled: Option<&'c Profiled<'c>>, kind| {
            let profiled = profiled?;
            let index = value_index(profiled.profile, kind)?;
            Some(Column { profiled, sums: Sums::of(profiled, index) })
        };
        // Of several CPU profiles, the one with most to say.
        let cpu = context.of(Source::CpuProfile).into_iter();
        let cpu = cpu.max_by_key(|p| value_index(p.profile, "cpu").map_or(0, |index| p.total(index)));
        let heap = context.last(Source::HeapProfile);
        let snapshots = context.of(Source::GoroutineProfile);
        let names: Vec<_> = snapshots.iter().map(|snapshot| snapshot.input.as_str()).collect();
        Self {
            context,
            thresholds: &context.thresholds,
            cpu: column(cpu, "cpu"),
            objects: column(heap, "alloc_objects"),
            bytes: column(heap, "alloc_space"),
            growth: Growth::all(&snapshots),
            snapshot_names: names.join(", "),
            go_minor: go_minor(context),
        }
    }

    /// The compiler's outputs.
    pub(in crate::diagnose) fn compilers(&self) -> &'c [Compiled<'c>] {
        &self.context.compilers
    }

    /// Whether a part of the CPU time is one to speak of: by share, and not only by a few samples.
    pub(in crate::diagnose) fn is_hot(&self, value: i64) -> bool {
        let Some(cpu) = &self.cpu else { return false };
        let period = cpu.profiled.profile.period().max(1);
        cpu.sums.share(value) >= self.thresholds.hot && value / period >= HOT_SAMPLES
    }

    /// Who starts goroutines of `root`, and where: as the trace saw it, and as the listing has it.
    pub(in crate::diagnose) fn creator_evidence(&self, root: &FuncKey<'_>) -> Vec<Evidence> {
        let mut out = Vec::new();
        for (name, traced) in &self.context.traces {
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
    pub(in crate::diagnose) fn cpu_evidence(&self, key: &FuncKey<'_>) -> Option<Evidence> {
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
fn go_minor(context: &Context<'_>) -> Option<(u32, u32)> {
    let traced = context.traces.iter().filter_map(|(_, traced)| traced.go_minor).map(|minor| {
        // The format's version is the release that brought it; later ones may write it unchanged.
        let newest = match minor {
            22 => 22,
            23 => 24,
            25 => 25,
            _ => u32::MAX,
        };
        (minor, newest)
    });
    let compiled = context.compilers.iter().filter_map(|compiled| {
        let versions = compiled.output.go_versions();
        let (min, max) = (versions.min.map(u32::from), versions.max.map(u32::from));
        (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0), max.unwrap_or(u32::MAX)))
    });
    traced.chain(compiled).reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))
}
