//! `goroutine-leak`: goroutines that nothing can wake, as Go 1.27's `goroutineleak` profile proves.

use crate::diagnose::facts::{Facts, Group};
use crate::diagnose::finding::{
    Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject, things,
};
use crate::symbol::FuncName;

pub(crate) const RULE: Rule = Rule {
    id: "goroutine-leak",
    title: "leaked goroutines",
    advice: "Give the goroutine a way out: a buffered channel for a single answer, or a select on the \
             caller's context.",
    basis: "The runtime's own proof: what the goroutine waits for is unreachable. Goroutines that wait for \
            something global or for the network are not in this profile.",
    needs: &[&[Source::GoroutineLeakProfile]],
    explanation: Explanation {
        sees: "The goroutineleak profile of Go 1.27: goroutines blocked on a channel, lock or condition that \
               no running goroutine can reach any more. A trace adds who starts them, snapshots whether they \
               grow.",
        costs: "They never end. Each keeps its stack, at least 2 KiB, and everything that it points to.",
        silent: "An empty leak profile; leaks through globals, contexts that are never cancelled, or \
                 connections: leak-growth and stuck-group look for those.",
        example: &[
            "func first(urls []string) string {",
            "    c := make(chan string)         // make(chan string, len(urls)) lets the losers end",
            "    for _, u := range urls {",
            "        go func() { c <- get(u) }() // all but one block forever",
            "    }",
            "    return <-c",
            "}",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(leak) = facts.inputs.last(Source::GoroutineLeakProfile) else { return Vec::new() };
    let groups = Group::all(leak);
    let all: i64 = groups.iter().map(|group| group.count).fold(0, i64::saturating_add);
    // The leak profile has only those that leak; snapshots and traces have how many there are in all.
    let snapshots = facts.inputs.of_kind(Source::GoroutineProfile);
    let counts =
        snapshots.iter().map(|p| Group::all(p).iter().map(|group| group.count).fold(0, i64::saturating_add));
    let traced =
        facts.inputs.traces.iter().map(|(_, traced)| i64::try_from(traced.goroutines).unwrap_or(i64::MAX));
    let total = counts.chain(traced).max().unwrap_or(all);
    let mut out = Vec::new();
    for group in groups.iter().filter(|group| group.count > 0) {
        let what = group.waits_for();
        let goroutines = things(group.count.unsigned_abs(), "goroutine");
        let are = if group.count == 1 { "is" } else { "are" };
        let summary = format!("{goroutines} of {} {are} stuck forever {what}", group.root);
        let text = format!("{goroutines} that nothing can wake");
        let proof = Evidence::new(Source::GoroutineLeakProfile, &leak.input, text)
            .figure("goroutines", Amount::count(group.count))
            .lines(group.stack_lines())
            .located(Some(group.place.clone()));
        let share = group.count as f64 / total.max(all).max(1) as f64;
        let severity = match group.count {
            ..=1 => Severity::Info,
            2..=9 => Severity::Warning,
            10.. => Severity::Error,
        };
        let creators = facts.creator_evidence(&group.root);
        // A library's goroutine leaks because of who started it.
        let is_users = FuncName::parse(group.function.as_bytes()).is_user();
        let creator = creators.iter().find_map(|evidence| evidence.place.clone()).filter(|_| !is_users);
        let place = creator.unwrap_or_else(|| group.place.clone());
        let subject = Subject::function(group.function.clone(), Some(place));
        let finding = Finding::new(&RULE, severity, subject, summary).share_of_goroutines(share).proof(proof);
        out.push(finding.proofs(facts.growth_evidence(group)).proofs(creators));
    }
    out
}
