//! The findings of two runs, paired by cause.

use super::change::{Change, Measured, difference};
use super::figures::FigureChange;
use crate::diagnose::finding::{Finding, Severity, Source, Unit};
use crate::diagnose::report::Report;
use crate::diagnose::run::Figure;
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncName;
use crate::table::SortRows;

/// The difference of two shares below which it does not matter.
const LEAST: f64 = 0.01;

/// Rules that say what one place does with the work's time: where it waits there for another reason, it is
/// the same place still.
const OF_PLACES: [&str; 6] = ["pool-wait", "lock-holder", "slow-call", "polling", "serial-stage", "hot-path"];

/// A finding before and after.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FindingChange {
    /// What the difference means.
    pub change: Change,
    /// The earlier run's finding.
    pub before: Option<Finding>,
    /// The later run's.
    pub after: Option<Finding>,
    /// Why a finding that only one run has is neither new nor gone, or that another rule found it before.
    pub note: Option<String>,
}

impl FindingChange {
    /// The later finding; the earlier one if it is gone.
    pub fn finding(&self) -> Option<&Finding> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// Pairs the findings that both reports show. `functions` are the figures of functions in both runs.
pub(super) fn compare(
    before: &Report,
    after: &Report,
    functions: &[FigureChange],
    thresholds: &Thresholds,
) -> Vec<FindingChange> {
    let mut earlier: Vec<&Finding> = before.shown().collect();
    let mut later: Vec<&Finding> = after.shown().collect();
    let mut out = Vec::new();
    let same_cause = |one: &Finding, two: &Finding| {
        let causes = causes(before, one);
        causes.iter().any(|cause| self::causes(after, two).contains(cause))
    };
    for is_same in [&same_cause as &dyn Fn(&Finding, &Finding) -> bool, &same_place] {
        later.retain(|finding| {
            let Some(index) = earlier.iter().position(|other| is_same(other, finding)) else { return true };
            let other = earlier.remove(index);
            let mut change = change((before, other), (after, finding), thresholds);
            if is_chance(finding, functions) {
                change = Change::Unchanged;
            }
            let note = (other.id() != finding.id()).then(|| format!("was {}", other.id()));
            out.push(FindingChange {
                change,
                before: Some(other.clone()),
                after: Some((*finding).clone()),
                note,
            });
            false
        });
    }
    for finding in later {
        let (change, note) = alone(Change::New, lacking(before, finding), "before", finding, functions);
        out.push(FindingChange { change, before: None, after: Some(finding.clone()), note });
    }
    for finding in earlier {
        let (change, note) = alone(Change::Gone, lacking(after, finding), "after", finding, functions);
        out.push(FindingChange { change, before: Some(finding.clone()), after: None, note });
    }
    out.sort_rows_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| share(b).total_cmp(&share(a))));
    out
}

/// What is new or worse comes first, then what is gone or better; within that the most severe.
fn rank(row: &FindingChange) -> (u8, std::cmp::Reverse<Option<Severity>>) {
    let class = match row.change {
        change if change.is_worse() => 0,
        change if change.is_better() => 1,
        Change::Unknown => 3,
        _ => 2,
    };
    (class, std::cmp::Reverse(row.finding().map(|finding| finding.severity)))
}

fn share(row: &FindingChange) -> f64 {
    row.finding().map_or(0.0, |finding| finding.share)
}

/// What a finding is about, in the words of all rules that saw it: other inputs may show only some of them.
fn causes(report: &Report, finding: &Finding) -> Vec<String> {
    let is_part = |part: &&Finding| {
        part.part_of == Some(finding.id()) && part.subject.function == finding.subject.function
    };
    std::iter::once(finding).chain(report.findings.iter().filter(is_part)).map(Finding::cause).collect()
}

/// What the same place does, seen by another rule.
fn same_place(before: &Finding, after: &Finding) -> bool {
    let is_of_place =
        |finding: &Finding| OF_PLACES.contains(&finding.id()) && finding.subject.function.is_some();
    is_of_place(before) && is_of_place(after) && outermost(before) == outermost(after)
}

/// The declared function that a finding is about.
fn outermost(finding: &Finding) -> Option<Vec<u8>> {
    let function = finding.subject.function.as_ref()?;
    Some(FuncName::parse(function.as_bytes()).outermost().as_bytes().to_vec())
}

/// What it means that only one run has a finding: nothing, if the other could not show it, or if its
/// function's figures differ by no more than chance, so that it was just below a threshold there.
fn alone(
    change: Change,
    lacks: Option<String>,
    where_not: &str,
    finding: &Finding,
    functions: &[FigureChange],
) -> (Change, Option<String>) {
    if let Some(lacks) = lacks {
        return (Change::Unknown, Some(format!("{lacks} {where_not}")));
    }
    match is_chance(finding, functions) {
        true => (Change::Unchanged, Some(format!("just below a threshold {where_not}"))),
        false => (change, None),
    }
}

/// Whether there are figures of the finding's function in the inputs that prove it, and none of them changed.
fn is_chance(finding: &Finding, functions: &[FigureChange]) -> bool {
    let has = |source: Source| finding.evidence.iter().any(|evidence| evidence.source == source);
    // A trace sees a function run, as a CPU profile does.
    let is_proof =
        |figure: &Figure| has(figure.source) || figure.name == "time:running" && has(Source::CpuProfile);
    let same = |row: &&FigureChange| {
        row.after.function.is_some() && row.after.function == finding.subject.function && is_proof(&row.after)
    };
    let mut figures = functions.iter().filter(same).peekable();
    figures.peek().is_some() && figures.all(|row| row.change == Change::Unchanged)
}

/// The inputs that the rule of `finding` needs and the report does not have.
fn lacking(report: &Report, finding: &Finding) -> Option<String> {
    let has = |source: &Source| report.inputs.iter().any(|input| input.source == *source);
    let missing = finding.rule.needs.iter().find(|group| !group.iter().any(has))?;
    let names: Vec<_> = missing.iter().map(|source| source.name()).collect();
    Some(format!("no {}", names.join(" or ")))
}

fn change(before: (&Report, &Finding), after: (&Report, &Finding), thresholds: &Thresholds) -> Change {
    let has_requests = before.0.run.requests.is_some() && after.0.run.requests.is_some();
    // A share of nearly everything cannot grow, however slow it gets.
    if let (Some(one), Some(two)) = (rate(before, has_requests), rate(after, has_requests)) {
        return match difference(one, two, thresholds.change) {
            Some(delta) if delta > 0.0 => Change::Worse,
            Some(_) => Change::Better,
            None => Change::Unchanged,
        };
    }
    let (before, after) = (before.1, after.1);
    // Rare events have no share of the run.
    if before.share == 0.0 && after.share == 0.0 {
        return match after.severity.cmp(&before.severity) {
            std::cmp::Ordering::Greater => Change::Worse,
            std::cmp::Ordering::Less => Change::Better,
            std::cmp::Ordering::Equal => Change::Unchanged,
        };
    }
    let share = |finding: &Finding| measured(finding, finding.share);
    match difference(share(before), share(after), thresholds.change) {
        Some(delta) if delta >= LEAST => Change::Worse,
        Some(delta) if delta <= -LEAST => Change::Better,
        _ => Change::Unchanged,
    }
}

/// The time that a finding is about, for each second of its recording or for each request.
fn rate((report, finding): (&Report, &Finding), per_request: bool) -> Option<Measured> {
    let evidence = finding.evidence.first()?;
    let is_sum = |name: &str| ["time", "sum", "delay"].contains(&name);
    let time =
        evidence.figures.iter().find(|(name, amount)| is_sum(name) && amount.unit == Unit::Nanoseconds)?;
    let duration = report.run.duration(evidence.source);
    let requests =
        report.run.requests.as_ref().filter(|_| per_request).map_or(1.0, |figure| figure.amount.value);
    (duration > 0 && requests > 0.0).then(|| measured(finding, time.1.value / duration as f64 / requests))
}

/// A value with its chance, from the number of events that the finding's first proof counts.
fn measured(finding: &Finding, value: f64) -> Measured {
    let figures = finding.evidence.first().map(|evidence| evidence.figures.as_slice()).unwrap_or_default();
    let counts =
        figures.iter().filter(|(_, amount)| amount.unit == Unit::Count).map(|(_, amount)| amount.value);
    let events = counts.fold(0.0, f64::max);
    let chance = if events > 0.0 { value * 3.0 * (2.0 / events).sqrt() } else { 0.0 };
    Measured { value, low: value - chance, high: value + chance }
}
