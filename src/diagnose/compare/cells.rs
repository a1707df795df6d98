//! What the forms of a comparison print of its rows.

use super::Comparison;
use super::change::Change;
use super::figures::{FigureChange, Per};
use super::findings::FindingChange;
use crate::diagnose::finding::{Amount, Finding, Place, Unit};

/// The part of the whole below which a figure that did not change is not printed.
const LEAST: f64 = 0.01;

/// How many rows a section has.
const ROWS: usize = 25;

/// A row about a figure: what, before, after, the difference, what that means.
pub(super) type Row = [String; 5];

/// The rows of one kind, and their heading.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) rows: Vec<Row>,
}

impl Comparison {
    /// All figures, by what they are compared by.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut out = Vec::new();
        for (per, heading, of_functions) in [
            (Per::Run, "Figures", "Functions"),
            (Per::Request, "Per request", "Functions, per request"),
            (Per::Second, "Per second", "Functions, per second"),
        ] {
            for (heading, figures) in [(heading, &self.figures), (of_functions, &self.functions)] {
                let shown = figures.iter().filter(|figure| figure.per == per && is_shown(figure));
                let mut rows: Vec<_> = shown.map(row).collect();
                let count = rows.len();
                rows.truncate(ROWS);
                let cut = if count > ROWS { format!(" ({ROWS} of {count})") } else { String::new() };
                if !rows.is_empty() {
                    out.push(Section { heading: format!("{heading}{cut}"), rows });
                }
            }
        }
        out
    }
}

/// Of functions only what changed, of the whole run all that is not tiny.
fn is_shown(figure: &FigureChange) -> bool {
    let is_large = figure.before.share.max(figure.after.share) >= LEAST;
    figure.change != Change::Unchanged || figure.after.function.is_none() && is_large
}

fn row(figure: &FigureChange) -> Row {
    let what = match &figure.after.function {
        // The kind of a lock or a pause is in the finding; here the line is short.
        Some(function) => {
            format!("{function}: {}", figure.after.label.split(" (").next().unwrap_or_default())
        }
        None => figure.after.label.clone(),
    };
    // Fractions of things are left where there is less than one of them per request.
    let [before, after] = figure.values().map(|amount| match amount.unit {
        Unit::Count if amount.value.fract() != 0.0 => format!("{:.1}", amount.value),
        _ => amount.to_string(),
    });
    let relative = match figure.relative() {
        Some(relative) if relative.abs() >= 0.005 => format!("{:+.0} %", relative * 100.0),
        Some(_) => String::new(),
        None if figure.after.amount.value == 0.0 => String::new(),
        None => "new".to_owned(),
    };
    let change = if figure.change == Change::Unchanged { "" } else { figure.change.name() };
    [what, before, after, relative, change.to_owned()]
}

/// How much of the run a finding concerns, before and after.
pub(super) fn shares(row: &FindingChange) -> String {
    let share = |finding: &Option<Finding>| {
        finding
            .as_ref()
            .filter(|finding| finding.share > 0.0)
            .map(|finding| Amount::share(finding.share).to_string())
    };
    match (share(&row.before), share(&row.after)) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (one, other) => one.or(other).unwrap_or_default(),
    }
}

/// Where a finding is, for a line of a list.
pub(super) fn at(finding: &Finding) -> String {
    let place = finding.subject.place.as_ref().map(Place::short);
    let function = finding.subject.function.as_ref().map(ToString::to_string);
    [function, place].into_iter().flatten().collect::<Vec<_>>().join(" at ")
}
