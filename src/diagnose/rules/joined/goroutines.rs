//! `goroutines`, `pile-up`: many goroutines at once, by goroutine profile.

use crate::diagnose::facts::{Facts, Group};
use crate::diagnose::finding::{Amount, Evidence, Finding, Rule, Severity, Source, Subject};

pub(crate) const GOROUTINES: Rule = Rule {
    id: "goroutines",
    title: "very many goroutines",
    advice: "Bound the work in flight: a worker pool, a semaphore, or a limit at the front door.",
    basis: "5,000 goroutines at once. Not wrong by itself: each costs a stack of at least 2 KiB, which the collector \
            scans.",
};

pub(crate) const PILE_UP: Rule = Rule {
    id: "pile-up",
    title: "very many goroutines wait at one place",
    advice: "The place is a bottleneck: let more consume, bound what is produced, or give those who wait a deadline.",
    basis: "1,000 goroutines at once in one place.",
};

/// What helps if those who wait are idle keep-alive connections, which are no leak.
pub(crate) const IDLE_ADVICE: &str = "Set http.Server.IdleTimeout (and MaxIdleConns at the clients): each \
    idle keep-alive connection holds a goroutine and its buffers. They are no leak.";

/// A server's connection between two requests.
pub(crate) fn is_idle_connection(group: &Group) -> bool {
    group.calls("net/http.(*conn).serve")
        && group.calls("bufio.(*Reader).Peek")
        && group.calls("internal/poll.(*FD).Read")
}

pub(super) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut largest: Option<(i64, Vec<Group>, &str)> = None;
    for snapshot in facts.inputs.of(Source::GoroutineProfile) {
        let groups = Group::all(snapshot);
        let all = groups.iter().map(|group| group.count).fold(0, i64::saturating_add);
        if largest.as_ref().is_none_or(|(most, ..)| all > *most) {
            largest = Some((all, groups, &snapshot.input));
        }
    }
    let Some((all, groups, input)) = largest else { return Vec::new() };
    let mut out = Vec::new();
    if all.unsigned_abs() >= facts.thresholds.goroutines {
        let summary = format!("{} goroutines exist at once", Amount::count(all));
        let lines = groups
            .iter()
            .take(3)
            .map(|group| format!("{} in {} at {}", Amount::count(group.count), group.function, group.place));
        let evidence =
            Evidence::new(Source::GoroutineProfile, input, format!("{} goroutines", Amount::count(all)));
        let evidence = evidence.figure("goroutines", Amount::count(all)).lines(lines);
        let finding = Finding::new(&GOROUTINES, Severity::Warning, Subject::program(), summary);
        out.push(finding.share(1.0).proof(evidence));
    }
    for group in groups.iter().filter(|group| group.count.unsigned_abs() >= facts.thresholds.pile_up) {
        let idle = is_idle_connection(group);
        let count = Amount::count(group.count);
        let summary = match idle {
            true => format!("{count} idle connections wait for their next request"),
            false => format!("{count} goroutines of {} are {}", group.root, group.waits_for()),
        };
        let evidence = Evidence::new(
            Source::GoroutineProfile,
            input,
            format!("{} goroutines", Amount::count(group.count)),
        )
        .figure("goroutines", Amount::count(group.count))
        .lines(group.stack_lines());
        let subject = Subject::function(group.function.clone(), Some(group.place.clone()));
        let severity = if idle { Severity::Info } else { Severity::Warning };
        let mut finding = Finding::new(&PILE_UP, severity, subject, summary);
        if idle {
            finding = finding.advise(IDLE_ADVICE);
        }
        finding = finding.share(group.count as f64 / all.max(1) as f64);
        out.push(finding.proof(evidence).proofs(facts.growth_evidence(group)));
    }
    out
}
