//! `polling`: requests that sleep and look again.

use crate::diagnose::facts::{Cost, Costly, Facts, costly};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};

pub(crate) const RULE: Rule = Rule {
    id: "polling",
    title: "requests sleep and look again",
    advice: "Let whoever finishes the work wake those who wait for it (close a channel, signal a condition, \
             send the result), instead of sleeping for a fixed time and looking again. A pause between \
             attempts that fail needs a limit and a deadline.",
    basis: "3 % of the time of the goroutines that do the program's work; a warning from 5 %, an error from \
            25 %.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "time.Sleep and timers in goroutines that serve requests, for which nobody else waits.",
        costs: "On average half an interval passes between the event and the next look; each look that finds \
                nothing costs CPU, too.",
        silent: "Programs that serve no requests: there a pause may be the plan. Sleeps for which others wait \
                 (slow-call, lock-holder).",
        example: &[
            "for !job.done() {",
            "    time.Sleep(20 * time.Millisecond) // <-job.finished would return at once",
            "}",
        ],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Pause);
    let finding = |costly: Costly<'_>| {
        let times = i64::try_from(costly.culprit.count.max(1)).unwrap_or(i64::MAX);
        let summary = format!(
            "{} of the work's time is spent sleeping (time.Sleep or a timer), {} times for {} on average: polling",
            Amount::share(costly.share),
            Amount::count(times),
            Amount::nanos(costly.culprit.time / times)
        );
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
    };
    costly.map(finding).collect()
}
