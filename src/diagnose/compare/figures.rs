//! The figures of two runs, per request or per second.

use super::change::{Change, Measured, difference};
use crate::diagnose::finding::{Amount, Source};
use crate::diagnose::run::{Better, Figure, Measure, Run, TIME};
use crate::diagnose::thresholds::Thresholds;
use crate::table::SortRows;

/// The parts of the whole below which a change is not worth reporting, in profiles and in the times of a
/// trace.
const LEAST: f64 = 0.01;
const LEAST_TIME: f64 = 0.03;

/// A figure before and after.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FigureChange {
    /// The earlier run's figure; 0 if it has none of this function.
    pub before: Figure,
    /// The later run's.
    pub after: Figure,
    /// What it is compared by.
    pub per: Per,
    /// What the difference means.
    pub change: Change,
}

/// What a figure is compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Per {
    /// For each request of its run.
    Request,
    /// For each second of its recording.
    Second,
    /// As it is.
    Run,
}

impl FigureChange {
    /// The values that were compared, before and after.
    pub fn values(&self) -> [Amount; 2] {
        [self.before.amount, self.after.amount]
    }

    /// The difference as a part of the earlier value; `None` where that is 0.
    pub fn relative(&self) -> Option<f64> {
        let [before, after] = self.values().map(|amount| amount.value);
        (before != 0.0).then(|| (after - before) / before.abs())
    }
}

/// The figures that both runs have, of the whole runs and of functions, those with the largest change first.
pub(super) fn compare(
    before: &Run,
    after: &Run,
    thresholds: &Thresholds,
) -> (Vec<FigureChange>, Vec<FigureChange>) {
    let requests = before.requests.as_ref().zip(after.requests.as_ref());
    let change = |one: &Figure, two: &Figure| changed(one, two, requests, thresholds);
    // What goroutines do is complete in each trace.
    let no_time = |run: &Run, figure: &Figure| {
        let is_time = |name: &str| name.starts_with(TIME);
        is_time(&figure.name) && run.figures.iter().any(|other| is_time(&other.name))
    };
    // A profile that has a kind of figure has it of all functions that matter; a trace names only those with
    // most.
    let no_function = |run: &Run, figure: &Figure| {
        let is_same = |other: &Figure| other.name == figure.name && other.source == figure.source;
        figure.source != Source::Trace && run.functions.iter().any(is_same)
    };
    let figures = pairs((before, &before.figures), (after, &after.figures), no_time);
    let functions = pairs((before, &before.functions), (after, &after.functions), no_function);
    let mut figures: Vec<_> = figures.iter().map(|(one, two)| change(one, two)).collect();
    // A goroutine that runs in a trace may have lost its thread's CPU to another program; a CPU profile knows
    // better.
    if figures.iter().any(|row| row.after.name == "cpu" && row.after.source == Source::CpuProfile) {
        for row in
            figures.iter_mut().filter(|row| row.after.name == "cpu" && row.after.source == Source::Trace)
        {
            row.change = row.change.unjudged();
        }
    }
    let mut functions: Vec<_> = functions.iter().map(|(one, two)| change(one, two)).collect();
    functions.sort_rows_by(|a, b| {
        let weight = |row: &FigureChange| {
            let relative = row.relative().unwrap_or(f64::INFINITY).abs().min(1.0);
            row.before.share.max(row.after.share) * relative
        };
        weight(b).total_cmp(&weight(a)).then_with(|| a.after.key().cmp(&b.after.key()))
    });
    (figures, functions)
}

/// The figures of both runs; where only one has a figure, it is nothing in the other if `is_none` says so.
fn pairs(
    (before, earlier): (&Run, &[Figure]),
    (after, later): (&Run, &[Figure]),
    is_none: impl Fn(&Run, &Figure) -> bool,
) -> Vec<(Figure, Figure)> {
    let find = |figures: &[Figure], figure: &Figure| {
        figures.iter().find(|other| other.key() == figure.key()).cloned()
    };
    let mut out = Vec::new();
    for figure in earlier {
        let other = find(later, figure).or_else(|| is_none(after, figure).then(|| none_of(figure)));
        out.extend(other.map(|other| (figure.clone(), other)));
    }
    let new = later.iter().filter(|figure| find(earlier, figure).is_none() && is_none(before, figure));
    out.extend(new.map(|figure| (none_of(figure), figure.clone())));
    out
}

/// The same figure of a run in which there is nothing of it.
fn none_of(figure: &Figure) -> Figure {
    let mut none = figure.clone();
    (none.amount.value, none.low, none.high, none.share) = (0.0, 0.0, 0.0, 0.0);
    none
}

/// The difference as a part of the whole that the earlier figure is a part of; of the later one, if it is
/// new.
fn gain(before: &Figure, after: &Figure) -> f64 {
    let delta = (after.amount.value - before.amount.value).abs();
    let of = if before.amount.value > 0.0 { before } else { after };
    if of.amount.value > 0.0 { delta / of.amount.value * of.share } else { 0.0 }
}

/// A figure's value with its chance.
fn measured(figure: &Figure) -> Measured {
    Measured { value: figure.amount.value, low: figure.low, high: figure.high }
}

fn changed(
    before: &Figure,
    after: &Figure,
    requests: Option<(&Figure, &Figure)>,
    thresholds: &Thresholds,
) -> FigureChange {
    let is_rate = before.measure == Measure::PerSecond && after.measure == Measure::PerSecond;
    let (before, after, per) = match requests {
        Some((early, late)) if is_rate && before.name != early.name => {
            (before.clone().per_request(early), after.clone().per_request(late), Per::Request)
        }
        _ if is_rate => (before.clone(), after.clone(), Per::Second),
        _ => (before.clone(), after.clone(), Per::Run),
    };
    let is_judged = match after.better {
        Better::Lower => true,
        Better::LowerPerRequest => per == Per::Request,
        Better::Neither => false,
    };
    // A part that doubles is news as far as the whole is longer for it. Times in a trace are those of the
    // clock, which other programs on the host change, too.
    let least = if after.name.starts_with(TIME) { LEAST_TIME } else { LEAST };
    let is_large = gain(&before, &after) >= least;
    let delta = difference(measured(&before), measured(&after), thresholds.change);
    let change = match delta.filter(|_| is_large) {
        None => Change::Unchanged,
        Some(delta) if delta > 0.0 => {
            if is_judged {
                Change::Worse
            } else {
                Change::More
            }
        }
        Some(_) => {
            if is_judged {
                Change::Better
            } else {
                Change::Less
            }
        }
    };
    FigureChange { before, after, per, change }
}
