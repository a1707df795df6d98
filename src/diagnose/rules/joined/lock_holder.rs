//! `lock-holder`: what a lock is held for while others wait for it.

use crate::diagnose::facts::{Cost, Costly, Facts, costly, subject};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};
use crate::trace::analysis::Activity;

pub(crate) const RULE: Rule = Rule {
    id: "lock-holder",
    title: "others wait for a lock that is held here",
    advice: "Move the slow part out of the critical section: copy what it needs under the lock, and do the \
             work, the call or the write after unlocking; or split the lock by key.",
    basis: "3 % of the time of the goroutines that do the program's work; a warning from 5 %, an error from \
            25 %. Each wait is charged to what the goroutine that ended it did meanwhile \
            (trace::analysis::Budget).",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits for a sync.Mutex or sync.RWMutex, followed to what the holders of the lock did while \
               they had it, also through a writer that itself waits for a reader.",
        costs: "What is done under the lock delays everyone who waits for it, one after the other.",
        silent: "Idle programs; places below 3 % of the work's time; time before the holder entered the \
                 function that unlocks.",
        example: &[
            "l.mu.Lock()",
            "defer l.mu.Unlock()",
            "return l.store.save(account) // a round trip of 3 ms under the lock",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Lock);
    let finding = |costly: Costly<'_>| {
        let waits = costly.victim.map(|victim| format!(" at {}", victim.site)).unwrap_or_default();
        let summary = format!(
            "{} of the work's time is spent waiting for a lock{waits}; its holder is {} here",
            Amount::share(costly.share),
            costly.culprit.activity.phrase()
        );
        let waiting = costly.culprit.victims.iter().filter_map(|victim| subject(&victim.site).function);
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
            .advise(advice(&costly))
            .relates(waiting)
    };
    costly.map(finding).collect()
}

/// What helps, by what the holder does.
fn advice(costly: &Costly<'_>) -> &'static str {
    let callee = &costly.culprit.site.callee;
    let logs = [&b"log."[..], b"log/", b"fmt.Fprint", b"go.uber.org/zap"]
        .iter()
        .any(|name| callee.starts_with(name));
    let is_read = costly.victim.is_some_and(|victim| victim.activity == Activity::RwLock);
    match costly.culprit.activity {
        _ if logs => "Log after unlocking: a logger writes, and has a lock of its own.",
        Activity::Disk => {
            "Do not write or sync under the lock: collect what is to be written under it, and let one goroutine write and \
             sync for all (group commit)."
        }
        Activity::Network | Activity::NetworkWrite | Activity::Dns => {
            "Do not call others under the lock: copy what the call needs, unlock, call, and lock again to store the answer; \
             or lock only the one entry that is concerned."
        }
        Activity::Running => {
            "Compute before locking, and only store the result under the lock; or split the lock by key, so that others go on."
        }
        _ if is_read => {
            "Copy what is needed under the read lock and work after unlocking: once a writer waits, a long reader holds up \
             all readers."
        }
        _ => RULE.advice,
    }
}
