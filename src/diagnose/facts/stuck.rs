//! Goroutines that will not go on, by the budgets of the traces.

use super::subject;
use crate::diagnose::finding::{Amount, Evidence, Finding, Rule, Severity, Source, things};
use crate::diagnose::inputs::Inputs;
use crate::trace::analysis::{BudgetReport, StuckGroup, StuckKind};

/// A group of goroutines that will not go on, and the trace that shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stuck<'c> {
    input: &'c str,
    budget: &'c BudgetReport,
    pub(crate) group: &'c StuckGroup,
}

/// The stuck groups of one kind, in all traces.
pub(crate) fn stuck<'c>(inputs: &'c Inputs<'c>, kind: StuckKind) -> impl Iterator<Item = Stuck<'c>> {
    let budgets = inputs.traces.iter().filter_map(|(input, traced)| Some((input, traced.budget.as_ref()?)));
    let groups =
        budgets.flat_map(|(input, budget)| budget.stuck.iter().map(|group| Stuck { input, budget, group }));
    groups.filter(move |stuck| stuck.group.kind == kind)
}

impl Stuck<'_> {
    /// The finding of `rule`: where they wait, since when, and their share of the program's goroutines.
    pub(crate) fn finding(&self, rule: &'static Rule, summary: String) -> Finding {
        let Self { input, budget, group } = *self;
        let text = format!(
            "{} {} at {}, from {} to {} after the beginning",
            things(group.count, "goroutine"),
            group.activity.phrase(),
            group.site,
            Amount::nanos(group.first),
            Amount::nanos(group.last)
        );
        let subject = subject(&group.site);
        let evidence = Evidence::new(Source::Trace, input, text).located(subject.place.clone());
        Finding::new(rule, Severity::Error, subject, summary)
            .share_of_goroutines(group.count as f64 / budget.process.goroutines.max(1) as f64)
            .proof(evidence.figure("goroutines", Amount::count(group.count)))
    }
}
