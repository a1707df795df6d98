//! `lock-contention`: a lock at which goroutines queue, by mutex and block profile.
//!
//! The mutex profile has the stacks that held the lock (`runtime/mprof.go`, `mutexevent`), the block profile
//! those that waited: together they are both ends of the queue.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Place, Rule, Severity, Source, Subject, things,
};
use crate::diagnose::inputs::{Profiled, declared, value_index};
use crate::symbol::FuncKey;
use crate::table::{Map, SortRows};

pub(crate) const RULE: Rule = Rule {
    id: "lock-contention",
    title: "goroutines queue for a lock",
    advice: "Hold the lock for less: move slow work (I/O, sleeps, allocation) out of the critical section, \
             split the data by key, or give readers an RWMutex where they are many.",
    basis: "100 ms of delay in all and a mean of 1 ms, sync.Mutex's own threshold of starvation. A warning from \
            5 % of all such delay, an error from 25 % and 1 s; nothing to act on where a trace of the same \
            program spends less than 1 % of its work waiting for locks. A profile has sums, no single wait: \
            only a trace shows how long the longest was.",
    needs: &[&[Source::MutexProfile, Source::BlockProfile]],
    explanation: Explanation {
        sees: "Delay at locks by the innermost line of the program's own code: in the mutex profile of those \
               that held the lock, in the block profile of those that waited. The lock may be taken by that \
               line or by a library that it calls, such as net/http or log.",
        costs: "Goroutines that queue for a lock run one after the other, whatever the number of Ps.",
        silent: "Less than 100 ms in all or 1 ms on average; the runtime's internal locks; stacks without a \
                 line of the program's own; locks made of channels, of which the block profile knows only \
                 the channel.",
        example: &[
            "func (c *cache) get(k string) value {",
            "    c.mu.Lock()",
            "    defer c.mu.Unlock()",
            "    return c.load(k) // a query of the database, under the lock",
            "}",
        ],
    },
};

/// Delay and contentions at one line of the program's own code.
struct Contention<'p> {
    profiled: &'p Profiled<'p>,
    /// The declared function: `defer` and function literals lock for the function that they are written in.
    key: FuncKey<'static>,
    place: Place,
    /// The function of a library that takes the lock for that line; `None` where the line takes it itself.
    library: Option<&'p FuncKey<'p>>,
    delay: i64,
    count: i64,
    share: f64,
}

/// Whether a function is of package sync: what it locks is its caller's.
fn is_sync(key: &FuncKey<'_>) -> bool {
    [&b"sync."[..], b"internal/sync."].iter().any(|package| key.as_bytes().starts_with(package))
}

/// Whether a function takes or releases a lock, so that delay on its stack is that of a lock.
fn is_lock(key: &FuncKey<'_>) -> bool {
    let contains = |ty: &[u8]| memchr::memmem::find(key.as_bytes(), ty).is_some();
    is_sync(key) && (contains(b"Mutex)") || contains(b"(*Once)"))
}

/// The lines at which locks were held or waited for, the longest delay first.
fn contentions<'p>(profiled: &'p Profiled<'_>) -> Vec<Contention<'p>> {
    let columns = (value_index(profiled.profile, "delay"), value_index(profiled.profile, "contentions"));
    let (Some(delay), Some(count)) = columns else { return Vec::new() };
    let mut lines: Map<(FuncKey<'static>, u32, Option<&FuncKey<'p>>), Contention<'p>> = Map::default();
    for sample in profiled.profile.samples() {
        let value = |index: usize| sample.values().get(index).copied().unwrap_or(0);
        // From the leaf: the lock, the library that takes it if there is one, the program's own line.
        let (mut locked, mut library) = (false, None);
        let own = profiled.stack(sample).find(|frame| {
            if is_lock(frame.key) {
                (locked, library) = (true, None);
            } else if !frame.user && library.is_none() && !is_sync(frame.key) {
                library = Some(frame.key);
            }
            frame.user
        });
        let Some(own) = own.filter(|_| locked) else { continue };
        let key = declared(own.key);
        let line = lines.entry((key.clone(), own.line, library)).or_insert_with(|| {
            let place = own.place();
            Contention { profiled, key, place, library, delay: 0, count: 0, share: 0.0 }
        });
        line.delay = line.delay.saturating_add(value(delay));
        line.count = line.count.saturating_add(value(count));
    }
    let total = profiled.total(delay).max(1) as f64;
    let mut lines: Vec<_> = lines.into_values().filter(|line| line.delay > 0).collect();
    lines.iter_mut().for_each(|line| line.share = line.delay as f64 / total);
    lines.sort_rows_by(|a, b| {
        let by_name =
            a.key.cmp(&b.key).then_with(|| a.place.cmp(&b.place)).then_with(|| a.library.cmp(&b.library));
        b.delay.cmp(&a.delay).then(by_name)
    });
    lines
}

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let held: Vec<_> = facts.inputs.last(Source::MutexProfile).map(contentions).unwrap_or_default();
    let waited: Vec<_> = facts.inputs.last(Source::BlockProfile).map(contentions).unwrap_or_default();
    let mut keys: Vec<&FuncKey<'_>> = held.iter().chain(&waited).map(|c| &c.key).collect();
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
            all.iter().filter(|c| c.key == *key).map(f).fold(0, i64::saturating_add)
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
    let mut lines: Vec<&Contention<'_>> = waited.iter().chain(held).filter(|c| c.key == *key).collect();
    let first = lines.first()?.place.clone();
    // Of the work's time where a trace has it, else of all delay of its kind.
    let share = facts.lock_share(key).unwrap_or_else(|| lines.iter().map(|c| c.share).fold(0.0, f64::max));
    let library = lines.iter().max_by_key(|line| line.delay).and_then(|line| line.library);
    let lock = match library {
        Some(library) => format!("a lock in {library}, called by {key}"),
        None => format!("a lock that {key} takes"),
    };
    let summary = format!(
        "goroutines waited {} for {lock}: {} times, {} each",
        Amount::nanos(delay),
        Amount::count(count),
        Amount::nanos(mean)
    );
    lines.sort_rows_by_key(|c| (c.profiled.source, std::cmp::Reverse(c.delay)));
    let severity = match share {
        _ if !facts.locks_matter() => Severity::Info,
        0.25.. if delay >= long.saturating_mul(10) => Severity::Error,
        0.05.. => Severity::Warning,
        _ => Severity::Info,
    };
    let proofs = lines.iter().take(4).map(|c| {
        let who = match c.profiled.source {
            Source::MutexProfile => "the holder made others wait",
            _ => "goroutines waited",
        };
        let text = format!(
            "{who} {} at {} ({} of all such delay)",
            Amount::nanos(c.delay),
            c.place,
            Amount::share(c.share)
        );
        let evidence =
            Evidence::new(c.profiled.source, &c.profiled.input, text).located(Some(c.place.clone()));
        evidence.figure("delay", Amount::nanos(c.delay)).figure("contentions", Amount::count(c.count))
    });
    let subject = Subject::function(key.clone(), Some(first));
    let finding = Finding::new(&RULE, severity, subject, summary).share(share).proofs(proofs);
    let finding = finding.proofs(trace_evidence(facts, key));
    let finding = match library {
        Some(library) => finding.advise(format!(
            "The lock is in {library}: call it less often or from fewer goroutines, or give each its \
             own instance."
        )),
        None => finding,
    };
    let both = held_delay > 0 && wait_delay > 0;
    Some(finding.sure(if both { Confidence::Certain } else { Confidence::Likely }))
}

/// What the traces saw of the same waits: single ones, which profiles do not know.
fn trace_evidence(facts: &Facts<'_>, key: &FuncKey<'_>) -> Option<Evidence> {
    facts.inputs.traces.iter().find_map(|(name, traced)| {
        let waits = traced.waits_for_locks(key);
        if waits.count() == 0 {
            return None;
        }
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
