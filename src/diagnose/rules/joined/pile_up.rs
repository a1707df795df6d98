//! `pile-up`: many goroutines that wait in one place, by goroutine profile.

use crate::diagnose::facts::{Crowd, Facts, Group};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};

pub(crate) const RULE: Rule = Rule {
    id: "pile-up",
    title: "very many goroutines wait in one place",
    advice: "The place is a bottleneck: let more consume, bound what is produced, or give those that wait a \
             deadline.",
    basis: "1,000 goroutines at once in one place.",
    needs: &[&[Source::GoroutineProfile, Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines with the same stack in a snapshot, or that wait at the same line for the same \
               reason in a trace. Idle keep-alive connections of net/http are named as such: they are no \
               leak.",
        costs: "The last one in the queue waits for all before it, and all of them keep their memory \
                meanwhile.",
        silent: "Groups below 1,000.",
        example: &[
            "jobs := make(chan job)",
            "for _, j := range all { // 5,000 of them",
            "    go func() { jobs <- j }()",
            "}",
            "for j := range jobs { // one consumer",
            "    work(j)",
            "}",
        ],
    },
};

/// What helps if they are idle keep-alive connections, which are no leak.
pub(crate) const IDLE_ADVICE: &str = "Set http.Server.IdleTimeout (and MaxIdleConns at the clients): each \
    idle keep-alive connection holds a goroutine and its buffers. They are no leak.";

/// A server's connection between two requests.
fn is_idle_connection(group: &Group) -> bool {
    group.calls("net/http.(*conn).serve")
        && group.calls("bufio.(*Reader).Peek")
        && group.calls("internal/poll.(*FD).Read")
}

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(crowd) = &facts.crowd else { return Vec::new() };
    let least = facts.thresholds.pile_up;
    let groups = crowd.groups.iter().filter(|group| group.count.unsigned_abs() >= least);
    groups.map(|group| finding(facts, crowd, group)).collect()
}

fn finding(facts: &Facts<'_>, crowd: &Crowd, group: &Group) -> Finding {
    let idle = is_idle_connection(group);
    let count = Amount::count(group.count);
    let summary = match idle {
        true => format!("{count} idle connections wait for their next request"),
        false => format!("{count} goroutines of {} are {}", group.root, group.waits_for()),
    };
    let evidence = Evidence::new(Source::GoroutineProfile, &crowd.input, format!("{count} goroutines"))
        .figure("goroutines", count)
        .lines(group.stack_lines());
    let subject = Subject::function(group.function.clone(), Some(group.place.clone()));
    let severity = if idle { Severity::Info } else { Severity::Warning };
    let mut finding = Finding::new(&RULE, severity, subject, summary);
    if idle {
        finding = finding.advise(IDLE_ADVICE);
    }
    finding = finding.share_of_goroutines(group.count as f64 / crowd.all.max(1) as f64);
    finding.proof(evidence).proofs(facts.growth_evidence(group))
}
