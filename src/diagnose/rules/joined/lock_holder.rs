//! `lock-holder`: what a lock is held for while others wait for it.

use crate::diagnose::facts::{Cost, Costly, Facts, costly};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};

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
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
    };
    costly.map(finding).collect()
}
