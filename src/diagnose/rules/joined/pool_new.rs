//! `pool-new`: a `sync.Pool` that gives out more than it gets back.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Place, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::value_index;
use crate::symbol::FuncKey;
use crate::table::Map;

pub(crate) const RULE: Rule = Rule {
    id: "pool-new",
    title: "a sync.Pool allocates instead of reusing",
    advice: "Return what Get gave on every path (defer the Put), and collect less often: two collections \
             empty a pool.",
    basis: "10 % of all allocated bytes and 100 objects come from a pool's New function; a warning where \
            allocating and collecting them takes 5 % of the CPU, or there is no CPU profile. A profile does not show why: \
            objects that are not returned, or collections that empty the pool.",
    needs: &[&[Source::HeapProfile]],
    explanation: Explanation {
        sees: "Allocations on whose stack sync.(*Pool).Get calls New, by the line of the program that called \
               Get.",
        costs: "The pool costs its bookkeeping and saves nothing.",
        silent: "Less than 10 % of all bytes; calls of Get from the standard library.",
        example: &[
            "buf := pool.Get().(*bytes.Buffer)",
            "if err := encode(buf, v); err != nil {",
            "    return err // without Put: the next Get calls New",
            "}",
            "pool.Put(buf)",
        ],
    },
};

/// Objects from which on a pool is past its beginning.
const MANY: i64 = 100;

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(bytes) = &facts.bytes else { return Vec::new() };
    let Some(index) = value_index(bytes.profiled.profile, "alloc_space") else { return Vec::new() };
    // By the function that calls Get: what New allocated for it, and where New is.
    let objects = value_index(bytes.profiled.profile, "alloc_objects");
    let mut by_caller: Map<FuncKey<'_>, (i64, i64, Place, Place)> = Map::default();
    for sample in bytes.profiled.profile.samples() {
        let mut new = None;
        let mut frames = bytes.profiled.stack(sample);
        let Some(at) = frames.by_ref().find_map(|frame| {
            if frame.name() == b"sync.(*Pool).Get" {
                return Some(new.clone());
            }
            new = Some(frame.place());
            None
        }) else {
            continue;
        };
        let (Some(new), Some(caller)) = (at, frames.next()) else { continue };
        if !caller.user {
            continue;
        }
        let value = sample.values().get(index).copied().unwrap_or(0);
        let entry = by_caller.entry(caller.key.clone()).or_insert((0, 0, caller.place(), new));
        let count = objects.and_then(|index| sample.values().get(index)).copied().unwrap_or(MANY);
        (entry.0, entry.1) = (entry.0.saturating_add(value), entry.1.saturating_add(count));
    }
    let mut out = Vec::new();
    for (key, (value, count, place, new)) in by_caller {
        let share = bytes.sums.share(value);
        // A pool begins empty: one object for each P is no misuse.
        if share < facts.thresholds.pool_new || count < MANY {
            continue;
        }
        let summary = format!(
            "{} of all allocated bytes ({}) are new objects that {key} got from a pool",
            Amount::share(share),
            Amount::bytes(value)
        );
        let text = format!("{} allocated at {new} for Get at {place}", Amount::bytes(value));
        let evidence = Evidence::new(Source::HeapProfile, &bytes.profiled.input, text).located(Some(new));
        let evidence = evidence.figure("bytes", Amount::bytes(value)).figure("share", Amount::share(share));
        let gain = facts.garbage_share().map(|garbage| garbage * share);
        let severity = if gain.unwrap_or(1.0) >= 0.05 { Severity::Warning } else { Severity::Info };
        let finding = Finding::new(&RULE, severity, Subject::function(key, Some(place)), summary);
        out.push(finding.share(gain.unwrap_or(share)).proof(evidence).sure(Confidence::Likely));
    }
    out
}
