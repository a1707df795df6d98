//! What the facts say about a function or a group of goroutines, as evidence that several rules cite.

use super::Facts;
use super::crowd::Group;
use super::growth::Growth;
use crate::diagnose::finding::{Amount, Evidence, Place, Source, things};
use crate::diagnose::inputs::{declared, value_index};
use crate::pprof::Sample;
use crate::symbol::{FuncKey, FuncName};

impl Facts<'_> {
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
            let evidence = Evidence::new(Source::Trace, name, text).located(Some(creation.place.clone()));
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
                out.push(
                    compiled.evidence(text).lines(lines.take(3).collect::<Vec<_>>()).located(Some(place)),
                );
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

    /// What the block profile says about waits in the library function `callee`; `None` where it has none.
    pub(crate) fn blocked_evidence(&self, callee: &[u8]) -> Option<Evidence> {
        let block = self.inputs.last(Source::BlockProfile)?;
        let index = value_index(block.profile, "delay")?;
        let is_there = |sample: &Sample<'_>| block.stack(*sample).any(|frame| frame.key.as_bytes() == callee);
        let delays = block.profile.samples().filter(is_there).filter_map(|sample| sample.values().get(index));
        let delay = delays.fold(0i64, |sum, delay| sum.saturating_add(*delay));
        if delay <= 0 || callee.is_empty() {
            return None;
        }
        let share = delay as f64 / block.total(index).max(1) as f64;
        let text = format!(
            "goroutines waited {} in {} ({} of all such delay)",
            Amount::nanos(delay),
            FuncName::parse(callee).key(),
            Amount::share(share)
        );
        let evidence = Evidence::new(Source::BlockProfile, &block.input, text);
        Some(evidence.figure("delay", Amount::nanos(delay)))
    }

    /// How the goroutines of `group` grew over the snapshots, if they did.
    pub(crate) fn growth_evidence(&self, group: &Group) -> Option<Evidence> {
        let same = |growth: &&Growth| {
            growth.group.root == group.root && growth.group.function == group.function && growth.added() > 0
        };
        let growth = self.growth.iter().find(same).filter(|growth| growth.counts.len() > 1)?;
        let counts: Vec<_> = growth.counts.iter().map(|count| Amount::count(*count).to_string()).collect();
        let mut text = format!("{} in {} snapshots", counts.join(", "), counts.len());
        let slope = growth.slope();
        if let Some((slope, fit)) = slope {
            text.push_str(&format!(": {} per minute, R² {fit:.2}", Amount::count(slope as i64)));
        }
        let mut evidence = Evidence::new(Source::GoroutineProfile, &self.snapshot_names, text)
            .figure("first", Amount::count(growth.counts.first().copied().unwrap_or(0)))
            .figure("last", Amount::count(growth.counts.last().copied().unwrap_or(0)))
            .located(Some(growth.group.place.clone()));
        if let Some((slope, fit)) = slope {
            evidence =
                evidence.figure("per_minute", Amount::count(slope as i64)).figure("fit", Amount::share(fit));
        }
        Some(evidence)
    }
}
