//! `heap-growth`: memory that grows between two heap profiles.

use crate::diagnose::facts::{Facts, Sums};
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::{Profiled, value_index};
use crate::table::SortRows;

pub(crate) const RULE: Rule = Rule {
    id: "heap-growth",
    title: "memory in use grows here",
    advice: "Find what keeps the values that are allocated here: a map or slice from which nothing is \
             removed. Bound it, or let entries expire.",
    basis: "At least 1 MiB and a tenth more in use in the last heap profile than in the first, by the line \
            of the program's own code that allocates it.",
    needs: &[&[Source::HeapProfile]],
    explanation: Explanation {
        sees: "Bytes in use by line, in the first and the last heap profile.",
        costs: "Memory grows without end, and the collector with it.",
        silent: "A single heap profile; growth below 1 MiB or 10 %.",
        example: &["s.byID[id] = &session{} // and no delete"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let heaps = facts.inputs.of_kind(Source::HeapProfile);
    let (Some(first), Some(last)) = (heaps.first(), heaps.last()) else { return Vec::new() };
    if heaps.len() < 2 {
        return Vec::new();
    }
    let column = |heap| -> Option<Sums<'_>> { Some(Sums::of(heap, in_use(heap)?)) };
    let (Some(before), Some(after)) = (column(first), column(last)) else { return Vec::new() };
    let growth = after.total.saturating_sub(before.total);
    if growth < LEAST || growth.saturating_mul(10) < before.total {
        return Vec::new();
    }
    let was = |key, line| {
        let site = before.sites.iter().find(|site| site.key == key && site.line == line);
        site.map_or(0, |site| site.blamed)
    };
    let mut grown: Vec<_> =
        after.sites.iter().map(|site| (site.blamed - was(site.key, site.line), site)).collect();
    grown.sort_rows_by_key(|(grown, _)| std::cmp::Reverse(*grown));
    let large = grown.into_iter().take_while(|(grown, _)| *grown >= LEAST && *grown * 5 >= growth);
    let finding = |(grown, site): (i64, &crate::diagnose::facts::Site<'_>)| {
        let share = grown as f64 / growth.max(1) as f64;
        let summary = format!(
            "memory in use grows here by {} from one heap profile to the other, {} of all growth: it \
             leaks, or is still filled",
            Amount::bytes(grown),
            Amount::share(share)
        );
        let text =
            format!("{} in use, {} before", Amount::bytes(site.blamed), Amount::bytes(site.blamed - grown));
        let evidence = Evidence::new(Source::HeapProfile, &last.input, text).located(Some(site.place()));
        let subject = Subject::function(site.key.clone(), Some(site.place()));
        Finding::new(&RULE, Severity::Error, subject, summary)
            .share(share)
            .sure(Confidence::Likely)
            .proof(evidence.figure("growth", Amount::bytes(grown)))
    };
    large.take(3).map(finding).collect()
}

/// The least growth that is reported, in bytes.
const LEAST: i64 = 1 << 20;

fn in_use(heap: &Profiled<'_>) -> Option<usize> {
    value_index(heap.profile, "inuse_space")
}
