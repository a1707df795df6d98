//! `timer-leak`: timers and tickers that nobody stops, which Go up to 1.22 keeps forever.

use crate::diagnose::facts::{Facts, Sums};
use crate::diagnose::finding::{
    Amount, Confidence, Evidence, Explanation, Finding, Place, Rule, Severity, Source, Subject,
};
use crate::diagnose::inputs::value_index;
use crate::table::SortRows;

pub(crate) const RULE: Rule = Rule {
    id: "timer-leak",
    title: "timers that are never stopped",
    advice: "Stop what time.NewTimer and time.NewTicker return; in loops, use one timer with Reset instead \
             of time.After. Go 1.23 and later (by go.mod's version) collect timers that nobody holds.",
    basis: "10,000 objects of package time in use. Go 1.27 always collects unreferenced timers; 1.23 to 1.26 \
            unless go.mod says less than 1.23 or GODEBUG=asynctimerchan=1; 1.22 and before never, and \
            tickers not at all.",
    needs: &[&[Source::HeapProfile]],
    explanation: Explanation {
        sees: "Objects in use that time.NewTimer, NewTicker, After or AfterFunc allocated, with the lines \
               that called them.",
        costs: "Up to Go 1.22 a timer stays in the runtime's heap until it fires, a ticker forever, with the \
                channel and whatever its function holds.",
        silent: "Programs known to be built with Go 1.27 or later; fewer than 10,000 timers.",
        example: &[
            "for {",
            "    select {",
            "    case m := <-messages:",
            "        handle(m)",
            "    case <-time.After(time.Hour): // one more timer per message, each for an hour",
            "        return",
            " }",
            "}",
        ],
    },
};

const MAKERS: [&[u8]; 5] =
    [b"time.NewTimer", b"time.NewTicker", b"time.After", b"time.AfterFunc", b"time.newTimer"];

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let heap = facts.inputs.last(Source::HeapProfile);
    let Some((heap, index)) = heap.and_then(|p| Some((p, value_index(p.profile, "inuse_objects")?))) else {
        return Vec::new();
    };
    let oldest = facts.go_minor.map(|(oldest, _)| oldest);
    if oldest.is_some_and(|minor| minor >= 27) {
        return Vec::new();
    }
    let sums = Sums::of(heap, index);
    let made = sums.flat_where(|name| MAKERS.contains(&name));
    if made.unsigned_abs() < facts.thresholds.timers || made < 0 {
        return Vec::new();
    }
    let is_maker = |name: &[u8]| MAKERS.contains(&name);
    let mut callers: Vec<_> =
        sums.sites.iter().filter(|s| s.callees.iter().any(|(key, _)| is_maker(key.as_bytes()))).collect();
    callers.sort_rows_by_key(|site| std::cmp::Reverse(site.blamed));
    let summary = format!("{} timers and tickers are in use", Amount::count(made));
    let lines = callers.iter().take(4).map(|site| {
        let place: Place = site.place();
        format!("{} at {place}: {} objects", site.key, Amount::count(site.blamed))
    });
    let evidence = Evidence::new(
        Source::HeapProfile,
        &heap.input,
        format!("{} objects in use that package time made", Amount::count(made)),
    )
    .figure("timers", Amount::count(made))
    .figure("share", Amount::share(sums.share(made)))
    .lines(lines);
    let subject =
        callers.first().map_or(Subject::program(), |s| Subject::function(s.key.clone(), Some(s.place())));
    let (confidence, advice) = match oldest {
        Some(minor) if minor <= 22 => (
            Confidence::Certain,
            format!(
                "{} This program is built with Go 1.{minor}, which keeps them until they fire.",
                RULE.advice
            ),
        ),
        Some(minor) => (
            Confidence::Likely,
            format!(
                "{} This program is built with Go 1.{minor}: look at go.mod's version and asynctimerchan.",
                RULE.advice
            ),
        ),
        None => {
            (Confidence::Likely, format!("{} Which Go built the program is not known here.", RULE.advice))
        }
    };
    let finding = Finding::new(&RULE, Severity::Error, subject, summary).share(sums.share(made));
    vec![finding.proof(evidence).sure(confidence).advise(advice)]
}
