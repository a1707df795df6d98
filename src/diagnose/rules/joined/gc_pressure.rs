//! `gc-pressure`: allocating and collecting memory takes the CPU, with the lines that allocate most.

use crate::diagnose::facts::{Facts, Site};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};

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

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(cpu) = &facts.cpu else { return Vec::new() };
    let Some(garbage) = &facts.garbage else { return Vec::new() };
    let share = |value| cpu.sums.share(value);
    let (assisted, allocated, collected) =
        (share(garbage.assists), share(garbage.allocation), share(garbage.collection));
    // A profile of a few samples proves nothing: 30 samples are 0.3 s of CPU.
    let enough = cpu.sums.total >= 300_000_000;
    if !enough || (assisted < facts.thresholds.assist && allocated < 0.15 && collected < 0.25) {
        return Vec::new();
    }
    let all = share(garbage.total());
    let summary = format!("{} of the CPU goes into allocating and collecting memory", Amount::share(all));
    let text = format!(
        "mark assists {}, background collection {}, allocation {} of the CPU time",
        Amount::share(assisted),
        Amount::share(collected),
        Amount::share(allocated)
    );
    let proof = Evidence::new(Source::CpuProfile, &cpu.profiled.input, text)
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
