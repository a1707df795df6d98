//! Two profiles side by side: what got worse, and by how much.

mod scaling;
mod thresholds;
mod written;

use super::{Kind, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::source::labels::text;
use crate::pprof::units;
use crate::table::{Map, SortRows};
use crate::text::Printable;

pub use scaling::{Basis, Scaling};
pub use thresholds::{Thresholds, Verdict};

/// Two reports compared row by row.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Diff {
    value_type: String,
    value_unit: String,
    scaling: Scaling,
    /// The totals.
    total: Change,
    /// What changed, largest difference first.
    rows: Vec<DiffRow>,
}

/// A value before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// The value in the earlier profile, in its unit.
    pub before: i128,
    /// The value in the later profile, in the earlier one's unit, and [scaled](Diff::scaling).
    pub after: i128,
    /// What the difference means.
    pub verdict: Verdict,
}

impl Change {
    /// The difference.
    pub fn delta(&self) -> i128 {
        self.after - self.before
    }

    /// The difference in percent of the earlier value; `None` where that is 0.
    pub fn percent(&self) -> Option<f64> {
        (self.before != 0).then(|| self.delta() as f64 / self.before.unsigned_abs() as f64 * 100.0)
    }
}

/// A row of a [`Diff`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DiffRow {
    /// What the row is, as the profiles have it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub name: Vec<u8>,
    /// The row's own value.
    pub flat: Change,
    /// The value of the row and everything it calls.
    pub cum: Change,
}

impl Diff {
    /// Compares all rows of two reports as they are; nothing is trimmed. `after` is scaled to the unit of
    /// `before`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the reports show values of different types, or units that do not convert.
    pub fn new(before: &Report<'_>, after: &Report<'_>, thresholds: &Thresholds) -> Result<Self> {
        Self::new_by(Basis::Totals, before, after, thresholds)
    }

    /// Compares all rows of two reports by their totals or per second.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn new_by(
        basis: Basis,
        before: &Report<'_>,
        after: &Report<'_>,
        thresholds: &Thresholds,
    ) -> Result<Self> {
        let scale = conversion(after, before)?;
        let (source, later) = (before.profile.source(), after.profile.source());
        let header = source.header();
        let unit = header.period_type.map(|ty| text(source.string(ty.unit))).unwrap_or_default();
        let scaling = Scaling::new(basis, &before.value_name, header, later.header(), &unit);
        let scaled = |value| scaling.apply(scale.apply(value));
        let mut rows: Map<Vec<u8>, [i128; 4]> = Map::default();
        for (name, flat, cum) in before.all_rows()? {
            let row = rows.entry(name).or_default();
            row[0] += flat;
            row[1] += cum;
        }
        for (name, flat, cum) in after.all_rows()? {
            let row = rows.entry(name).or_default();
            row[2] += scaled(flat);
            row[3] += scaled(cum);
        }
        let total = before.total;
        let change = |before: i128, after: i128| {
            let is_chance = (after - before).unsigned_abs() as f64 <= scaling.chance(before, after);
            let verdict = if is_chance { Verdict::Same } else { thresholds.verdict(before, after, total) };
            Change { before, after, verdict }
        };
        let mut rows: Vec<DiffRow> = (rows.into_iter())
            .map(|(name, [flat, cum, later_flat, later_cum])| DiffRow {
                name,
                flat: change(flat, later_flat),
                cum: change(cum, later_cum),
            })
            .filter(|row| row.flat.delta() != 0 || row.cum.delta() != 0)
            .collect();
        rows.sort_rows_by(|a, b| {
            let size = |change: Change| change.delta().unsigned_abs();
            (size(b.flat).cmp(&size(a.flat)))
                .then(size(b.cum).cmp(&size(a.cum)))
                .then_with(|| a.name.cmp(&b.name))
        });
        Ok(Self {
            value_type: before.value_name.clone(),
            value_unit: before.value_unit.clone(),
            total: change(total, scaled(after.total)),
            scaling,
            rows,
        })
    }

    /// What the later values were multiplied by, and why.
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// The totals before and after.
    pub fn total(&self) -> Change {
        self.total
    }

    /// The rows that changed, those with the largest difference of their own value first.
    pub fn rows(&self) -> &[DiffRow] {
        &self.rows
    }

    /// Whether the total or the own value of any row regressed.
    pub fn has_regression(&self) -> bool {
        let mut verdicts = self.rows.iter().map(|row| row.flat.verdict).chain([self.total.verdict]);
        verdicts.any(|verdict| verdict == Verdict::Regression)
    }
}

/// How values of one report become those of another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversion<'a> {
    from: &'a str,
    to: &'a str,
}

impl Conversion<'_> {
    /// The value in the other report's unit.
    pub(crate) fn apply(self, value: i128) -> i128 {
        if self.from == self.to { value } else { units::scale(value, self.from, self.to).0.round() as i128 }
    }
}

/// The conversion of `from`'s values to `to`'s unit.
///
/// # Errors
/// [`ErrorKind::Usage`] when the reports show values of different types, or units that do not convert.
pub(crate) fn conversion<'a>(from: &'a Report<'_>, to: &'a Report<'_>) -> Result<Conversion<'a>> {
    let (unit, other) = (&to.value_unit, &from.value_unit);
    if to.value_name != from.value_name || !units::convertible(unit, other) {
        let detail = format!(
            "{}/{unit} cannot be compared with {}/{other}",
            Printable(to.value_name.as_bytes()),
            Printable(from.value_name.as_bytes()),
        );
        return Err(Error::new(ErrorKind::Usage).detail(detail));
    }
    Ok(Conversion { from: other, to: unit })
}

impl Report<'_> {
    /// Names and values of all nodes.
    fn all_rows(&self) -> Result<Vec<(Vec<u8>, i128, i128)>> {
        let nodes = self.nodes(Kind::Untrimmed);
        let (trimmed, _) = self.trimmed(Kind::Untrimmed, &nodes)?;
        let graph = &trimmed.graph;
        let row = |&slot: &u32| {
            let node = graph.node(slot);
            (nodes.name(node.info).into_owned(), node.flat.value(), node.cum.value())
        };
        Ok(graph.shown.iter().map(row).collect())
    }
}
