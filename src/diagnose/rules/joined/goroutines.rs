//! `goroutines`: many goroutines at once, by goroutine profile.

use crate::diagnose::facts::{Crowd, Facts};
use crate::diagnose::finding::{Amount, Evidence, Explanation, Finding, Rule, Severity, Source, Subject};

pub(crate) const RULE: Rule = Rule {
    id: "goroutines",
    title: "very many goroutines",
    advice: "Bound the work in flight: a worker pool, a semaphore, or a limit at the front door.",
    basis: "5,000 goroutines at once. Not wrong by itself: each costs a stack of at least 2 KiB, which the \
            collector scans.",
    needs: &[&[Source::GoroutineProfile, Source::Trace]],
    explanation: Explanation {
        sees: "The largest number of goroutines at once: in any snapshot, or at any moment of a trace.",
        costs: "Stacks take memory, and the collector scans them all. Goroutines that all want the same \
                thing wait for it in a queue that nobody bounds.",
        silent: "Fewer than 5,000.",
        example: &[
            "for {",
            "    conn, err := listener.Accept()",
            "    ...",
            "    go serve(conn) // as many as come",
            "}",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let Some(Crowd { all, groups, input }) = &facts.crowd else { return Vec::new() };
    if all.unsigned_abs() < facts.thresholds.goroutines {
        return Vec::new();
    }
    let count = Amount::count(*all);
    let lines = groups
        .iter()
        .take(3)
        .map(|group| format!("{} in {} at {}", Amount::count(group.count), group.function, group.place));
    let evidence = Evidence::new(Source::GoroutineProfile, input, format!("{count} goroutines"))
        .figure("goroutines", count)
        .lines(lines);
    let summary = format!("{count} goroutines exist at once");
    let finding = Finding::new(&RULE, Severity::Warning, Subject::program(), summary);
    vec![finding.share(1.0).proof(evidence)]
}
