//! `lock-contention`: a lock at which goroutines queue, by mutex and block profile.
//!
//! The mutex profile's stacks are those of who held the lock (`runtime/mprof.go`, `mutexevent`), the block profile's
//! those of who waited: together they are both ends of the queue.

use crate::diagnose::facts::{Facts, Site, Sums};
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Finding, Rule, Severity, Source, Subject, things,
};
use crate::diagnose::inputs::{Profiled, value_index};
use crate::symbol::FuncKey;

pub(crate) const RULE: Rule = Rule {
    id: "lock-contention",
    title: "goroutines queue for a lock",
    advice: "Hold the lock for less: move slow work (I/O, sleeps, allocation) out of the critical section, split the \
             data by key, or give readers an RWMutex where they are many.",
    basis: "Mean delay from sync.Mutex's own starvation threshold (1 ms). A profile has sums, no single wait: only a \
            trace shows how long the longest was.",
};

/// Delay and contentions at one line of the user's code.
struct Contention<'p> {
    profiled: &'p Profiled<'p>,
    site: Site<'p>,
    delay: i64,
    count: i64,
    share: f64,
}

/// The lines at which locks were held or waited for, the longest delay first.
fn contentions<'p>(profiled: &'p Profiled<'_>) -> Vec<Contention<'p>> {
    let columns = (value_index(profiled.profile, "delay"), value_index(profiled.profile, "contentions"));
    let (Some(delay), Some(count)) = columns else { return Vec::new() };
    let (delays, counts) = (Sums::of(profiled, delay), Sums::of(profiled, count));
    let by_place = |site: &Site<'_>| {
        let same = |other: &&Site<'_>| other.key == site.key && other.line == site.line;
        counts.sites.iter().find(same).map_or(0, |other| other.blamed)
    };
    let is_lock = |key: &FuncKey<'_>| {
        [&b"sync."[..], b"internal/sync."].iter().any(|package| key.as_bytes().starts_with(package))
            && [&b"Mutex)"[..], b"(*Once)"]
                .iter()
                .any(|ty| memchr::memmem::find(key.as_bytes(), ty).is_some())
    };
    let mut out = Vec::new();
    for site in &delays.sites {
        let locked: i64 = site
            .callees
            .iter()
            .filter(|(key, _)| is_lock(key))
            .map(|(_, delay)| *delay)
            .fold(0, i64::saturating_add);
        if locked > 0 {
            let (share, count) = (delays.share(locked), by_place(site));
            out.push(Contention { profiled, site: site.clone(), delay: locked, count, share });
        }
    }
    out
}

pub(super) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let held: Vec<_> = facts.inputs.last(Source::MutexProfile).map(contentions).unwrap_or_default();
    let waited: Vec<_> = facts.inputs.last(Source::BlockProfile).map(contentions).unwrap_or_default();
    let mut keys: Vec<&FuncKey<'_>> = held.iter().chain(&waited).map(|c| c.site.key).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().filter_map(|key| finding(facts, key, &held, &waited)).collect()
}

fn finding(
    facts: &Facts<'_>,
    key: &FuncKey<'_>,
    held: &[Contention<'_>],
    waited: &[Contention<'_>],
) -> Option<Finding> {
    let of = |all: &[Contention<'_>]| {
        let sum = |f: fn(&Contention<'_>) -> i64| {
            all.iter().filter(|c| c.site.key == key).map(f).fold(0, i64::saturating_add)
        };
        (sum(|c| c.delay), sum(|c| c.count).max(1))
    };
    let ((held_delay, held_count), (wait_delay, wait_count)) = (of(held), of(waited));
    let (delay, count) = if held_delay > 0 { (held_delay, held_count) } else { (wait_delay, wait_count) };
    let enough = |threshold: std::time::Duration| threshold.as_nanos().try_into().unwrap_or(i64::MAX);
    let mean = delay / count;
    let long: i64 = enough(facts.thresholds.contention_sum);
    if delay < long || mean < enough(facts.thresholds.contention) {
        return None;
    }
    let mut lines: Vec<&Contention<'_>> = waited.iter().chain(held).filter(|c| c.site.key == key).collect();
    let first = lines.first()?.site.place();
    let share = lines.iter().map(|c| c.share).fold(0.0, f64::max);
    let summary = format!(
        "goroutines waited {} for a lock that {key} takes: {} times, {} each",
        Amount::nanos(delay),
        Amount::count(count),
        Amount::nanos(mean)
    );
    lines.sort_by_key(|c| (c.profiled.source, std::cmp::Reverse(c.delay)));
    let severity = if delay >= long.saturating_mul(10) { Severity::Error } else { Severity::Warning };
    let proofs = lines.iter().take(4).map(|c| {
        let who = match c.profiled.source {
            Source::MutexProfile => "who held it made others wait",
            _ => "who wanted it waited",
        };
        let text = format!(
            "{who} {} at {} ({} of all such delay)",
            Amount::nanos(c.delay),
            c.site.place(),
            Amount::share(c.share)
        );
        let evidence = Evidence::new(c.profiled.source, &c.profiled.input, text).at(Some(c.site.place()));
        evidence.figure("delay", Amount::nanos(c.delay)).figure("contentions", Amount::count(c.count))
    });
    let subject = Subject::function(key.clone(), Some(first));
    let finding = Finding::new(&RULE, severity, subject, summary).share(share).proofs(proofs);
    let finding = finding.proofs(trace_evidence(facts, key));
    let both = held_delay > 0 && wait_delay > 0;
    Some(finding.sure(if both { Confidence::Certain } else { Confidence::Likely }))
}

/// What the traces saw of the same waits: single ones, which profiles do not know.
fn trace_evidence(facts: &Facts<'_>, key: &FuncKey<'_>) -> Option<Evidence> {
    facts.inputs.traces.iter().find_map(|(name, traced)| {
        let waits = traced.lock_waits.get(key.as_bytes())?;
        let text = format!(
            "{} of {key} for a lock, the longest {}",
            things(waits.count(), "wait"),
            Amount::nanos(waits.max())
        );
        let evidence = Evidence::new(Source::Trace, name, text);
        Some(
            evidence
                .figure("waits", Amount::count(waits.count()))
                .figure("longest", Amount::nanos(waits.max())),
        )
    })
}
