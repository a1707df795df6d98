//! `one-by-one`: calls to the outside, one after the other, that might go together.

use crate::diagnose::facts::{Facts, subject};
use crate::diagnose::finding::{Amount, Confidence, Evidence, Explanation, Finding, Rule, Severity, Source};
use crate::table::SortRows;
use crate::trace::analysis::{Activity, BudgetReport, GroupRole, SiteTime, WorkGroup};

pub(crate) const RULE: Rule = Rule {
    id: "one-by-one",
    title: "requests ask several servers one after the other",
    advice: "Ask for what does not depend on each other at the same time (errgroup.Group), and with one call instead \
             of several where the other side allows it: then a request takes as long as the slowest call.",
    basis: "Two lines or more at which requests wait for the network, each for 5 % of their time; what is gained at \
            best is the sum without the longest. A warning if that is 25 % of their time and half of the requests \
            take 20 ms or more.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Lines of one group of goroutines that serve requests, at which these wait for answers.",
        costs: "A request takes as long as all its calls together.",
        silent: "Calls from goroutines of their own; a single line that makes all calls in a loop. It cannot see \
                 whether one call needs the answer of another: then nothing can be done.",
        example: &[
            "user, err := users.Get(ctx, id)      // 15 ms",
            "offers, err := shop.Offers(ctx, day) // 20 ms, and needs no user",
        ],
    },
};

/// The part of the work that one line must have.
const LEAST: f64 = 0.05;

/// Half of the requests take so long at least, in nanoseconds, that it is worth a warning.
const SLOW: i64 = 20_000_000;

pub(crate) fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let budgets =
        facts.inputs.traces.iter().filter_map(|(name, traced)| Some((name, traced.budget.as_ref()?)));
    let groups =
        budgets.flat_map(|(name, budget)| budget.groups.iter().map(move |group| (name, budget, group)));
    groups.filter_map(|(name, budget, group)| finding(name, budget, group)).collect()
}

fn finding(name: &str, budget: &BudgetReport, group: &WorkGroup) -> Option<Finding> {
    if group.role != GroupRole::Requests || !group.counts || group.work < budget.elapsed / 50 {
        return None;
    }
    let network =
        group.activities.iter().filter(|part| matches!(part.activity, Activity::Network | Activity::Dns));
    let large = |site: &&SiteTime| {
        !site.site.is_empty()
            && site.site.function != group.name
            && site.time as f64 >= LEAST * group.work as f64
    };
    let mut calls: Vec<_> = network.flat_map(|part| &part.sites).filter(large).collect();
    calls.sort_rows_by_key(|call| std::cmp::Reverse(call.time));
    let (longest, others) = calls.split_first()?;
    let gain = others.iter().fold(0i64, |sum, call| sum.saturating_add(call.time));
    if others.is_empty() {
        return None;
    }
    let share = gain as f64 / group.work.max(1) as f64;
    let summary = format!(
        "requests wait for {} answers one after the other; up to {} of their time could be saved if these calls do not \
         need each other",
        calls.len(),
        Amount::share(share)
    );
    let lines = calls.iter().map(|call| {
        let part = Amount::share(call.time as f64 / group.work.max(1) as f64);
        format!("{part} at {}, {} times", call.site, Amount::count(call.count))
    });
    let evidence = Evidence::new(Source::Trace, name, "where requests wait for the network")
        .lines(lines)
        .figure("gain", Amount::nanos(gain));
    let is_slow = group.requests.count() > 0 && group.requests.quantile(0.5) >= SLOW;
    let severity = if share >= 0.25 && is_slow { Severity::Warning } else { Severity::Info };
    let finding = Finding::new(&RULE, severity, subject(&longest.site), summary).share(share);
    Some(finding.proof(evidence).sure(Confidence::Hint))
}
