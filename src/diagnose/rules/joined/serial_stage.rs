//! `serial-stage`: one goroutine that all others wait for.

use crate::diagnose::facts::{Cost, Costly, Facts, costly};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Source};

pub(crate) const RULE: Rule = Rule {
    id: "serial-stage",
    title: "one goroutine is the bottleneck",
    advice: "Let several goroutines do this part, each with its own share of the input, and merge the \
             results at the end; or move work from it to the goroutines that wait.",
    basis: "One goroutine runs for 70 % of the trace, waits for it take a tenth of the work's time, and less \
            than 70 % of the CPU is used.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "A goroutine that is alone in its group and runs nearly all the time while Ps are idle, and \
               the waits of others that it ends.",
        costs: "More cores do not help: the program is only as fast as this goroutine.",
        silent: "Programs that use most of the CPU; goroutines that nobody waits for.",
        example: &["for record := range in { // one goroutine", "    digest = hash(digest, record)", "}"],
    },
};

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let costly = costly(facts.inputs).into_iter().filter(|costly| costly.cost == Cost::Serial);
    let finding = |costly: Costly<'_>| {
        let summary = format!(
            "one goroutine does this alone, and {} of the work's time is due to it while other Ps idle: a \
             single-threaded stage",
            Amount::share(costly.share)
        );
        Finding::new(&RULE, costly.severity(), costly.subject(), summary)
            .share(costly.share)
            .proof(costly.evidence())
    };
    costly.map(finding).collect()
}
