//! `slow-call`: what the program waits for outside itself: the network, the disk, the clock.

use crate::diagnose::facts::{Cost, Costly, Facts, costly};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Source};
use crate::trace::analysis::Activity;

pub(crate) const RULE: Rule = Rule {
    id: "slow-call",
    title: "the work waits for something outside the program",
    advice: "Ask for less, cache the answer, make independent calls at the same time, or give the wait a \
             deadline.",
    basis: "3 % of the time of the goroutines that do the program's work; a warning from 5 %, an error from \
            25 %. Each wait is charged to what the goroutine that ended it did meanwhile \
            (trace::analysis::Budget).",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits for the network, DNS, system calls and sleeps of goroutines that do the program's work, \
               and the waits for other goroutines (channels, wait groups) that these cause.",
        costs: "The work cannot be faster than what it waits for, and the CPU has nothing to do.",
        silent: "Idle programs; places below 3 % of the work's time; connections that wait for their next \
                 request.",
        example: &["resp, err := client.Do(req) // 90 ms, in each request"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Call);
    let finding = |costly: Costly<'_>| {
        let via = costly.victim.filter(|victim| victim.site.subject() != costly.culprit.site.subject());
        let via = via.map(|victim| match victim.activity {
            Activity::WaitGroup => format!(", the slowest of what {} waits for", victim.site),
            _ => format!(", for which others wait at {}", victim.site),
        });
        let via = via.unwrap_or_default();
        let callee = &costly.culprit.site.callee;
        let callee = if callee.is_empty() { String::new() } else { format!(", in {callee}") };
        let summary = format!(
            "{} of the work's time is spent {}{callee}{via}",
            Amount::share(costly.share),
            costly.culprit.activity.phrase()
        );
        let finding = Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share_outside(costly.share)
            .proof(costly.evidence());
        match costly.may_listen() {
            true => finding.sure(Confidence::Hint).advise(LISTENS),
            false => finding.advise(advice(&costly)),
        }
    };
    costly.map(finding).collect()
}

/// A goroutine that reads from a connection: the trace does not say on whom it is to speak.
const LISTENS: &str = "If an answer is due here, the peer is slow. If the peer speaks when it has something to say, nothing is \
                       wrong.";

fn advice(costly: &Costly<'_>) -> &'static str {
    let is_slowest = costly.victim.is_some_and(|victim| victim.activity == Activity::WaitGroup);
    match costly.culprit.activity {
        _ if is_slowest => {
            "The other goroutines are done before: start this one first, make it faster, give it a deadline, or answer \
             without it."
        }
        Activity::Sleep => {
            "Others wait while this sleeps: do not sleep while holding what they need, and signal what is done instead of \
             waiting for a fixed time."
        }
        Activity::Disk => {
            "Write and sync once for several events (group commit), or in a goroutine of its own; sync only \
             what must survive a crash."
        }
        Activity::Dns => "Keep connections open, or cache the answer: each new connection looks the name up.",
        _ => RULE.advice,
    }
}
