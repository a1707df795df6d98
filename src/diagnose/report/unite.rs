//! What several rules say about one thing, reported once.
//!
//! A leaking goroutine is a stuck group in the trace, growth in the snapshots and proof in the leak profile;
//! a contended lock is in the trace and in two profiles; a line that allocates shows in the CPU profile, in
//! the heap profile and in what the collector does. The finding that names the cause gets the evidence of the
//! others.

use crate::diagnose::finding::Finding;
use crate::symbol::{FuncKey, FuncName};
use crate::table::SortRows;

/// Rules that see the same thing at the same function, the strongest first.
const FAMILIES: [&[&str]; 5] = [
    &["goroutine-leak", "leak-growth", "piling-up", "stuck-group", "pile-up"],
    LOCKS,
    &["dns-slow", "slow-call"],
    STARVES,
    &["memory-limit", REPEATS, ALLOCATES, "gc-pressure", "gc-assist", "gc-always", "mmu"],
];

/// Rules about locks. The holder names the cause: its finding comes before those of the waiters.
const LOCKS: &[&str] = &["lock-wait", "lock-holder", "lock-contention"];

/// Rules about goroutines that come late to the CPU.
const STARVES: &[&str] = &["sched-latency", "netpoll-starved"];

const REPEATS: &str = "repeated-work";
const ALLOCATES: &str = "hot-allocating";
const RUNS: &str = "hot-path";

/// Rules about the collector as a whole, whatever function they name.
const COLLECTOR: [&str; 4] = ["gc-pressure", "gc-assist", "gc-always", "mmu"];

/// The family of a rule, and how strong it is there; rules of other families are alone in theirs.
fn rank(id: &str) -> (usize, usize) {
    let place = |(family, ids): (usize, &&[&str])| Some((family, ids.iter().position(|known| *known == id)?));
    FAMILIES.iter().enumerate().find_map(place).unwrap_or((usize::MAX, 0))
}

/// Where a finding comes among those that may cover each other.
fn order(finding: &Finding, holders: &[Option<FuncKey<'static>>]) -> (usize, f64) {
    match finding.id() {
        id if LOCKS.contains(&id) && !holders.contains(&finding.subject.function) => {
            (rank(id).1 + LOCKS.len(), finding.share)
        }
        // Of the CPU that a function takes, a call or its allocations are the cause if they take half of it.
        REPEATS => (rank(ALLOCATES).1, finding.share * 4.0),
        ALLOCATES => (rank(ALLOCATES).1, finding.share * 2.0),
        RUNS => (rank(ALLOCATES).1, finding.share),
        id => (rank(id).1, finding.share),
    }
}

/// The package and the type whose method waits for a lock or holds one: mostly the lock is in it.
fn guarded(finding: &Finding) -> Option<(Vec<u8>, Vec<u8>)> {
    let name = FuncName::parse(finding.subject.function.as_ref()?.as_bytes()).outermost();
    Some((name.package().to_vec(), name.receiver()?.type_name.to_vec()))
}

/// Whether `main`, which comes first, says what `other` says.
fn covers(main: &Finding, other: &Finding) -> bool {
    let is_same_function = main.subject.function == other.subject.function;
    if main.id() == other.id() && is_same_function {
        return true;
    }
    let is_of_cpu = |finding: &Finding| [REPEATS, ALLOCATES, RUNS].contains(&finding.id());
    if is_of_cpu(main) && is_of_cpu(other) && main.id() != other.id() {
        return is_same_function;
    }
    if LOCKS.contains(&main.id()) && LOCKS.contains(&other.id()) {
        // Waiters for the holder, waiters at one place, and methods of one type.
        let waits = other.subject.function.as_ref().is_some_and(|function| main.related.contains(function));
        let shares = main.related.iter().any(|function| other.related.contains(function));
        let is_same_type = guarded(main).is_some_and(|ty| Some(ty) == guarded(other));
        return is_same_function || waits || shares || is_same_type;
    }
    if main.id() == "memory-limit" && other.id() == ALLOCATES {
        // To allocate less does not help where what lives leaves no room.
        return true;
    }
    let (family, other_family) = (rank(main.id()).0, rank(other.id()).0);
    family == other_family && family != usize::MAX && (is_same_function || COLLECTOR.contains(&other.id()))
}

/// Gives each thing's strongest finding the evidence of the others, and marks those as its parts.
pub(crate) fn unite(findings: &mut [Finding]) {
    let holders = findings.iter().filter(|finding| finding.id() == "lock-holder");
    let holders: Vec<_> = holders.map(|finding| finding.subject.function.clone()).collect();
    findings.sort_rows_by(|a, b| {
        let ((a, a_weight), (b, b_weight)) = (order(a, &holders), order(b, &holders));
        a.cmp(&b).then(b_weight.total_cmp(&a_weight))
    });
    for index in 0..findings.len() {
        let (before, rest) = findings.split_at_mut(index);
        let Some(finding) = rest.first_mut().filter(|finding| finding.part_of.is_none()) else { continue };
        let Some(main) = before.iter_mut().find(|main| main.part_of.is_none() && covers(main, finding))
        else {
            continue;
        };
        finding.part_of = Some(main.rule.id);
        for evidence in &finding.evidence {
            // The waits that a trace shows are the stronger finding's own.
            let is_known =
                finding.id() == "lock-contention" && main.evidence.iter().any(|e| e.input == evidence.input);
            if !is_known && !main.evidence.contains(evidence) {
                main.evidence.push(evidence.clone());
            }
        }
        main.severity = main.severity.max(finding.severity);
        main.confidence = main.confidence.max(finding.confidence);
        main.share = main.share.max(finding.share);
        main.weight = main.weight.max(finding.weight);
    }
}
