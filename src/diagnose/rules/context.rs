//! The inputs by kind, and what several rules need of them.

use crate::diagnose::join::{Group, Growth, Profiled, Sums, value_index};
use crate::diagnose::{Amount, Evidence, Source, Thresholds, Traced};
use crate::symbol::FuncKey;

/// All inputs.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct Context<'a> {
    pub(in crate::diagnose) thresholds: Thresholds,
    pub(in crate::diagnose) profiles: Vec<Profiled<'a>>,
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
    proven: Vec<Group>,
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
            proven: context.last(Source::GoroutineLeakProfile).map(Group::all).unwrap_or_default(),
            go_minor: None,
        }
    }

    /// A goroutine leak profile holds goroutines of this group.
    pub(in crate::diagnose) fn is_proven_leak(&self, group: &Group) -> bool {
        self.proven.iter().any(|leak| leak.root == group.root && leak.function == group.function)
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

    /// What the heap profile says about a function's allocations; `None` where there are none to speak of.
    pub(in crate::diagnose) fn alloc_evidence(&self, key: &FuncKey<'_>) -> Option<Evidence> {
        let (objects, bytes) = (self.objects.as_ref()?, self.bytes.as_ref()?);
        let (count, size) = (objects.sums.function(key)?.cum, bytes.sums.function(key)?.cum);
        if objects.sums.share(count) < 0.01 && bytes.sums.share(size) < 0.01 {
            return None;
        }
        let text = format!(
            "{} objects, {}: {} of all objects come from {key} and what it calls",
            Amount::count(count),
            Amount::bytes(size),
            Amount::share(objects.sums.share(count)),
        );
        let evidence = Evidence::new(Source::HeapProfile, &objects.profiled.input, text);
        Some(
            evidence.figure("alloc_objects", Amount::count(count)).figure("alloc_bytes", Amount::bytes(size)),
        )
    }
}
