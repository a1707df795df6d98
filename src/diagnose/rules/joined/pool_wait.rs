//! `pool-wait`: requests wait for one of a limited number: a connection, a slot of a semaphore.

use crate::diagnose::facts::{Cost, Costly, Facts, costly};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};

pub(crate) const RULE: Rule = Rule {
    id: "pool-wait",
    title: "goroutines wait for a slot of a pool",
    advice: "Compare the limit with the demand, and with how long each holder keeps its slot. Raise the \
             limit (database/sql: SetMaxOpenConns; a channel: its capacity) if what the pool guards can take \
             more; otherwise hold slots for less time, or ask less often.",
    basis: "3 % of the time of the goroutines that do the program's work; a warning from 5 %, an error from \
            25 %. Each wait is charged to what the goroutine that ended it did meanwhile \
            (trace::analysis::Budget).",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits in database/sql.(*DB).conn and in pools of known libraries, and waits on channels and \
               conditions where goroutines are woken by others of their kind.",
        costs: "Requests queue although the CPU is idle: the pool lets only so many work at once.",
        silent: "Idle programs; places below 3 % of the work's time.",
        example: &[
            "db.SetMaxOpenConns(3) // twenty handlers want one at a time",
            "row := db.QueryRowContext(ctx, query)",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Pool);
    let finding = |costly: Costly<'_>| {
        let site = costly.site();
        let (what, advice) = kind(&site.callee);
        let summary = format!(
            "{} of the work's time is spent waiting for {what}; who has one spends the time at {}, {}",
            Amount::share(costly.share),
            costly.culprit.site,
            costly.culprit.activity.phrase()
        );
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
            .proofs(facts.blocked_evidence(&site.callee))
            .advise(advice)
    };
    costly.map(finding).collect()
}

/// What they wait for, and what helps, by the function that waits.
fn kind(callee: &[u8]) -> (&'static str, &'static str) {
    if callee.starts_with(b"database/sql.") {
        let advice = "Compare SetMaxOpenConns with how many want a connection at once, and with how long each keeps it: \
                      raise the limit if the database can take more; otherwise close rows early, end transactions \
                      soon, and ask less often.";
        return ("a connection of the database/sql pool", advice);
    }
    if callee.starts_with(b"net/http.") {
        let advice = "Compare MaxConnsPerHost of the http.Transport with how many calls run at once, and with how long each \
                      takes: raise it if the server can take more, and read bodies to their end and close them, so that \
                      the connection is free again.";
        return ("a connection of an http.Transport", advice);
    }
    ("a slot of a pool", RULE.advice)
}
