//! `hot-allocating`: a hot function that allocates, with the lines, and why each value is on the heap.

use crate::asm::SiteKind;
use crate::diagnose::facts::{Facts, FunctionSum, Site, advice};
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::Compiled;

pub(crate) const RULE: Rule = Rule {
    id: "hot-allocating",
    title: "a hot function allocates",
    advice: "Keep the value on the stack (return it instead of a pointer, do not hand it to an interface), \
             reuse a buffer, or make it with its final capacity once, before the loop.",
    basis: "5 % of the CPU, and 5 % of all allocated objects or bytes at its lines. It weighs what would be \
            gained: the CPU time of its allocations, and its part of the collector's; a warning from 5 % on, \
            an error from 25 % on. That a value escapes is the compiler's conclusion; that it is allocated so often is the heap \
            profile's.",
    needs: &[&[Source::CpuProfile], &[Source::HeapProfile]],
    explanation: Explanation {
        sees: "Functions of the program that are hot in the CPU profile and at whose lines the heap profile \
               has allocations. With compiler output it shows which value escapes, through which \
               assignments, and which calls allocate.",
        costs: "Allocating takes some 20 to 100 ns, and the collector pays again for everything that lives. \
                In a hot function that is often the largest part of it.",
        silent: "Functions with less than 5 % of either; workers of the collector on Ps without other work; allocations of the standard library that no \
                 function of the program asked for.",
        example: &[
            "func (o order) key() string {",
            "    return fmt.Sprintf(\"%d-%d\", o.ID, o.Count) // both numbers are boxed, the result is new",
            "}",
        ],
    },
};

/// Lines of a function that are reported.
const LINES: usize = 4;

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(cpu) = &facts.cpu else { return Vec::new() };
    let hot = cpu.sums.functions.iter().filter(|f| f.user && facts.is_hot(f.blamed));
    hot.filter_map(|function| finding(facts, function)).collect()
}

fn finding(facts: &Facts<'_>, function: &FunctionSum<'_>) -> Option<Finding> {
    let (objects, bytes) = (facts.objects.as_ref()?, facts.bytes.as_ref()?);
    let own = |sites: &'_ [Site<'_>]| {
        sites.iter().filter(|site| site.key == function.key).map(|s| s.blamed).fold(0, i64::saturating_add)
    };
    let (count, size) = (own(&objects.sums.sites), own(&bytes.sums.sites));
    let share = objects.sums.share(count).max(bytes.sums.share(size));
    if share < facts.thresholds.alloc {
        return None;
    }
    let cpu = &facts.cpu.as_ref()?.sums;
    let gain = cpu.share(facts.garbage.as_ref()?.of_function(function.key, bytes.sums.share(size)));
    let summary = format!(
        "{} allocates {} objects, {}: {} of all; allocating and collecting them takes {} of the CPU",
        function.key,
        Amount::count(count),
        Amount::bytes(size),
        Amount::share(share),
        Amount::share(gain),
    );
    let sites: Vec<_> = objects.sums.sites.iter().filter(|site| site.key == function.key).collect();
    let top = sites.first()?;
    let evidence = Evidence::new(
        Source::HeapProfile,
        &objects.profiled.input,
        format!(
            "{} of all objects, {} of all bytes",
            Amount::share(objects.sums.share(count)),
            Amount::share(bytes.sums.share(size))
        ),
    )
    .figure("objects", Amount::count(count))
    .figure("bytes", Amount::bytes(size))
    .figure("share", Amount::share(share))
    .lines(sites.iter().take(LINES).map(|site| line(facts, site)).collect::<Vec<_>>())
    .located(Some(top.place()));
    let compiler = facts.compilers().iter().find_map(|compiled| compiler(compiled, &sites));
    let confidence = if compiler.is_some() { Confidence::Certain } else { Confidence::Likely };
    let severity = match gain {
        _ if !facts.cpu_matters() => Severity::Info,
        0.25.. => Severity::Error,
        0.05.. => Severity::Warning,
        _ => Severity::Info,
    };
    let subject = Subject::function(function.key.clone(), Some(top.place()));
    let finding = Finding::new(&RULE, severity, subject, summary).share(gain);
    let callee = top.callees.iter().max_by_key(|(_, value)| *value).map(|(callee, _)| callee.as_bytes());
    let finding = match callee.and_then(advice) {
        Some(advice) => finding.advise(advice),
        None => finding,
    };
    Some(finding.proof(evidence).proofs(compiler).proofs(facts.cpu_evidence(function.key)).sure(confidence))
}

fn line(facts: &Facts<'_>, site: &Site<'_>) -> String {
    let share = facts.objects.as_ref().map_or(0.0, |objects| objects.sums.share(site.blamed));
    let mut line =
        format!("{}: {} objects, {}", site.place(), Amount::count(site.blamed), Amount::share(share));
    let callees: Vec<_> = site.callees.iter().take(3).map(|(key, _)| key.to_string()).collect();
    if !callees.is_empty() {
        line.push_str(&format!(", through {}", callees.join(", ")));
    }
    if site.flat > 0 && !callees.is_empty() {
        line.push_str(&format!("; {} in the line itself", Amount::count(site.flat)));
    }
    line
}

/// What the compiler says about these lines: which values escape and how, and which calls allocate.
fn compiler(compiled: &Compiled<'_>, sites: &[&Site<'_>]) -> Option<Evidence> {
    let mut lines = Vec::new();
    for site in sites.iter().take(LINES) {
        let place = site.place();
        for escape in compiled.escape(&place) {
            let verb = if escape.moved { "is moved to the heap" } else { "escapes to the heap" };
            lines.push(format!("line {}: {}: {} {verb}", escape.line, place.short(), escape.what));
            lines.extend(escape.steps.iter().take(4).map(|step| format!("  {step}")));
        }
        for id in compiled.functions(site.key) {
            let here = compiled.sites(*id).filter_map(|(at, inst)| {
                let SiteKind::Alloc { symbol, .. } = at.kind else { return None };
                let same = place.is_same(inst.position.file, inst.position.line);
                let in_loop = if at.in_loop { ", in a loop" } else { "" };
                let call = crate::Printable(symbol);
                same.then(|| format!("line {}: {}: CALL {call}{in_loop}", inst.line, place.short()))
            });
            lines.extend(here);
        }
    }
    if lines.is_empty() {
        return None;
    }
    Some(
        compiled.evidence("why these values are on the heap, and the calls that put them there").lines(lines),
    )
}
