//! `gc-pressure`: allocating and collecting memory takes the CPU, with the lines that allocate most.

use crate::diagnose::facts::{Facts, Site};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::inputs::value_index;

pub(crate) const RULE: Rule = Rule {
    id: "gc-pressure",
    title: "allocation and garbage collection take much of the CPU",
    advice: "Allocate less at the lines named here (reuse buffers, preallocate, keep values on the stack), \
             or raise GOGC or GOMEMLIMIT if memory allows.",
    basis: "5 % of the CPU in runtime.gcAssistAlloc, 15 % in allocation, or 25 % in the collector: rules of \
            thumb of Go's GC guide. Names are matched as prefixes, since Go 1.27 allocates through \
            mallocgcSmall… and its kin.",
    needs: &[&[Source::CpuProfile]],
    explanation: Explanation {
        sees: "CPU samples with mark assists, the collector's workers, or allocation on their stack. With a \
               heap profile it names the lines that allocate most.",
        costs: "That part of the CPU does not do the program's work. Assists are taken from the very \
                goroutines that answer requests.",
        silent: "Profiles with less than 0.3 s of CPU time; parts below the thresholds.",
        example: &[
            "for _, line := range lines {",
            "    fields := strings.Split(line, \",\") // a new slice per line",
            "    total += parse(fields)",
            "}",
        ],
    },
};

/// The calls that together are allocation: `mallocgc` and, since Go 1.26, its forms by size class.
fn is_allocation(name: &[u8]) -> bool {
    name.starts_with(b"runtime.mallocgc") || name == b"runtime.newobject" || name == b"runtime.growslice"
}

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(cpu) = &facts.cpu else { return Vec::new() };
    let profiled = cpu.profiled;
    let Some(index) = value_index(profiled.profile, "cpu") else { return Vec::new() };
    let (mut assist, mut alloc, mut collect) = (0i64, 0i64, 0i64);
    for sample in profiled.profile.samples() {
        let value = sample.values().get(index).copied().unwrap_or(0);
        let any = |is: fn(&[u8]) -> bool| profiled.stack(sample).any(|frame| is(frame.name()));
        if any(|name| name.starts_with(b"runtime.gcAssistAlloc")) {
            assist = assist.saturating_add(value);
        } else if any(|name| {
            matches!(name, b"runtime.gcBgMarkWorker" | b"runtime.bgsweep" | b"runtime.bgscavenge")
        }) {
            collect = collect.saturating_add(value);
        } else if any(is_allocation) {
            alloc = alloc.saturating_add(value);
        }
    }
    let share = |value| cpu.sums.share(value);
    let (assisted, allocated, collected) = (share(assist), share(alloc), share(collect));
    // A profile of a few samples proves nothing: 30 samples are 0.3 s of CPU.
    let enough = cpu.sums.total >= 300_000_000;
    if !enough || (assisted < facts.thresholds.assist && allocated < 0.15 && collected < 0.25) {
        return Vec::new();
    }
    let all = assisted + allocated + collected;
    let summary = format!("{} of the CPU goes into allocating and collecting memory", Amount::share(all));
    let text = format!(
        "mark assists {}, background collection {}, allocation {} of the CPU time",
        Amount::share(assisted),
        Amount::share(collected),
        Amount::share(allocated)
    );
    let proof = Evidence::new(Source::CpuProfile, &profiled.input, text)
        .figure("assist", Amount::share(assisted))
        .figure("collection", Amount::share(collected))
        .figure("allocation", Amount::share(allocated));
    let severity = if all >= 0.5 { Severity::Error } else { Severity::Warning };
    let sites = facts.bytes.as_ref().map(|bytes| {
        let top = bytes.sums.sites.iter().take(3).filter(|site| bytes.sums.share(site.blamed) >= 0.05);
        let lines = top.clone().map(|site| {
            let share = Amount::share(bytes.sums.share(site.blamed));
            format!("{} at {}: {share} of all bytes, {}", site.key, site.place(), Amount::bytes(site.blamed))
        });
        let evidence =
            Evidence::new(Source::HeapProfile, &bytes.profiled.input, "the lines that allocate most");
        evidence.lines(lines).located(bytes.sums.sites.first().map(Site::place))
    });
    let top = facts.bytes.as_ref().and_then(|bytes| bytes.sums.sites.first());
    let subject =
        top.map_or(Subject::program(), |site| Subject::function(site.key.clone(), Some(site.place())));
    vec![Finding::new(&RULE, severity, subject, summary).share(all).proof(proof).proofs(sites)]
}
