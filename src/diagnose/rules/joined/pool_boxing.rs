//! `pool-boxing`: a value that is no pointer goes into a `sync.Pool`, so that each Put allocates.
//!
//! Neither input shows it alone. The heap profile's stack ends at the line of the Put without a word about
//! why; the listing shows the boxing call but not whether it matters. Together they prove it (staticcheck
//! calls it SA6002).

use crate::asm::Inst;
use crate::diagnose::facts::{Facts, Site};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::inputs::Compiled;
use crate::text::Printable;

pub(crate) const RULE: Rule = Rule {
    id: "pool-boxing",
    title: "sync.Pool.Put boxes its argument",
    advice: "Put a pointer into the pool: *[]byte instead of []byte, *T instead of T. An interface holds a \
             pointer as it is, and copies anything else to the heap.",
    basis: "1 % of all allocated objects at the line, and at that line a call that boxes before the call of \
            sync.(*Pool).Put.",
    needs: &[&[Source::HeapProfile], &[Source::Compiler]],
    explanation: Explanation {
        sees: "Lines with a Put at which the heap profile has allocated objects, and in the listing a call \
               that boxes a value (runtime.convT… or an allocation) right before the Put. staticcheck calls \
               it SA6002.",
        costs: "Each Put allocates what the pool was meant to save: 24 bytes for a slice's header.",
        silent: "Pools of pointers; lines with less than 1 % of all objects; a heap profile or a listing \
                 alone, for neither proves it.",
        example: &[
            "buf := pool.Get().([]byte)",
            "defer pool.Put(buf) // the slice header is copied to the heap",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(objects) = &facts.objects else { return Vec::new() };
    let many = |site: &&Site<'_>| objects.sums.share(site.flat) >= facts.thresholds.boxing;
    let sites = objects.sums.sites.iter().filter(many);
    sites
        .filter_map(|site| facts.compilers().iter().find_map(|compiled| finding(facts, compiled, site)))
        .collect()
}

fn finding(facts: &Facts<'_>, compiled: &Compiled<'_>, site: &Site<'_>) -> Option<Finding> {
    let objects = facts.objects.as_ref()?;
    let (boxing, put) = boxing(compiled, site)?;
    let call = String::from_utf8_lossy(boxing.target()?).into_owned();
    let share = objects.sums.share(site.flat);
    let place = site.place();
    let summary = format!(
        "{} boxes a slice or value in each sync.Pool.Put at {}: {} of all allocated objects",
        site.key,
        place.short(),
        Amount::share(share)
    );
    let heap = Evidence::new(
        Source::HeapProfile,
        &objects.profiled.input,
        format!(
            "{} of all objects, {}, are allocated at {place}",
            Amount::share(share),
            Amount::count(site.flat)
        ),
    )
    .figure("share", Amount::share(share))
    .figure("objects", Amount::count(site.flat))
    .located(Some(place.clone()));
    let listing = compiled
        .evidence(format!("at that line {} is called, and then sync.(*Pool).Put", Printable(call.as_bytes())))
        .lines([line(&boxing), line(&put)])
        .located(Some(place.clone()));
    let severity = if share >= 0.25 { Severity::Error } else { Severity::Warning };
    let subject = Subject::function(site.key.clone(), Some(place));
    let finding = Finding::new(&RULE, severity, subject, summary).share(share);
    Some(finding.proof(heap).proof(listing).proofs(facts.cpu_evidence(site.key)))
}

/// The call that boxes, and the Put after it, at the site's line.
fn boxing<'a>(compiled: &Compiled<'a>, site: &Site<'_>) -> Option<(Inst<'a>, Inst<'a>)> {
    let place = site.place();
    let mut boxing = None;
    for inst in compiled.insts(site.key, &place) {
        let Some(target) = inst.target() else { continue };
        if target.starts_with(b"runtime.convT") || is_allocation(target) {
            boxing = Some(inst);
        } else if target == b"sync.(*Pool).Put" {
            return Some((boxing?, inst));
        }
    }
    None
}

/// Values of other types than the common ones are boxed by a plain allocation.
fn is_allocation(target: &[u8]) -> bool {
    target == b"runtime.newobject" || target.starts_with(b"runtime.mallocgc")
}

fn line(inst: &Inst<'_>) -> String {
    let operands = Printable(inst.operand_text);
    format!(
        "line {}: {:#06x} ({}) {} {operands}",
        inst.line,
        inst.pc,
        inst.position,
        Printable(inst.mnemonic)
    )
}
