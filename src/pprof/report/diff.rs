//! Two profiles side by side: what got worse, and by how much.

use std::io::Write;

use super::{Kind, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::units;
use crate::table::Map;
use crate::text::Printable;

/// When a difference counts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// A difference below this share of the earlier total is noise. Default 0.005.
    pub noise: f64,
    /// An increase by more than this share of the earlier value is a regression. Default 0.1.
    pub regression: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { noise: 0.005, regression: 0.1 }
    }
}

impl Thresholds {
    /// Sets the share of the earlier total below which a difference is noise.
    #[must_use]
    pub const fn with_noise(mut self, share: f64) -> Self {
        self.noise = share;
        self
    }

    /// Sets the share of the earlier value by which an increase is a regression.
    #[must_use]
    pub const fn with_regression(mut self, share: f64) -> Self {
        self.regression = share;
        self
    }

    fn verdict(&self, before: i128, after: i128, total: i128) -> Verdict {
        let change = after - before;
        if change == 0 || (change.unsigned_abs() as f64) < self.noise * total.unsigned_abs() as f64 {
            return Verdict::Same;
        }
        let allowed = before.unsigned_abs() as f64 * self.regression;
        if change.unsigned_abs() as f64 <= allowed {
            Verdict::Same
        } else if change > 0 {
            Verdict::Regression
        } else {
            Verdict::Improvement
        }
    }
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Verdict {
    /// No more than noise, or within the threshold.
    Same,
    /// More than before.
    Regression,
    /// Less than before.
    Improvement,
}

/// Two reports compared row by row.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Diff {
    value_type: String,
    value_unit: String,
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
    /// The value in the later profile, in the earlier one's unit.
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
    /// Compares all rows of two reports; nothing is trimmed. `after` is scaled to the unit of `before`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the reports show values of different types, or units that do not convert.
    pub fn new(before: &Report<'_>, after: &Report<'_>, thresholds: &Thresholds) -> Result<Self> {
        let scale = conversion(after, before)?;
        let scaled = |value| scale.apply(value);
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
        let change =
            |before, after| Change { before, after, verdict: thresholds.verdict(before, after, total) };
        let mut rows: Vec<DiffRow> = (rows.into_iter())
            .map(|(name, [flat, cum, later_flat, later_cum])| DiffRow {
                name,
                flat: change(flat, later_flat),
                cum: change(cum, later_cum),
            })
            .filter(|row| row.flat.delta() != 0 || row.cum.delta() != 0)
            .collect();
        rows.sort_by(|a, b| {
            let size = |change: Change| change.delta().unsigned_abs();
            (size(b.flat).cmp(&size(a.flat)))
                .then(size(b.cum).cmp(&size(a.cum)))
                .then_with(|| a.name.cmp(&b.name))
        });
        Ok(Self {
            value_type: before.value_name.clone(),
            value_unit: before.value_unit.clone(),
            total: change(total, scaled(after.total)),
            rows,
        })
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

    /// Writes rows whose own value changed by more than noise as aligned text, at most `most` of them.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn write_text(&self, most: usize, out: &mut impl Write) -> Result<()> {
        let line = |change: &Change| {
            let [before, after, delta, percent] = self.cells(change);
            format!("{before:>10} {after:>10} {delta:>10} {percent:>8}")
        };
        writeln!(out, "Type: {}", Printable(self.value_type.as_bytes()))?;
        writeln!(out, "{:>10} {:>10} {:>10} {:>8}", "before", "after", "delta", "delta%")?;
        writeln!(out, "{}  total{}", line(&self.total), mark(self.total.verdict))?;
        for row in self.telling().take(most) {
            writeln!(out, "{}  {}{}", line(&row.flat), Printable(&row.name), mark(row.flat.verdict))?;
        }
        Ok(())
    }

    /// Writes the same as a Markdown table, for a comment on a pull request.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn write_markdown(&self, most: usize, out: &mut impl Write) -> Result<()> {
        writeln!(out, "| {} | before | after | delta | delta% | |", cell(self.value_type.as_bytes()))?;
        writeln!(out, "|:--|--:|--:|--:|--:|:--|")?;
        let mut line = |name: &str, change: &Change| -> Result<()> {
            let [before, after, delta, percent] = self.cells(change);
            let mark = mark(change.verdict).trim();
            Ok(writeln!(out, "| {name} | {before} | {after} | {delta} | {percent} | {mark} |")?)
        };
        line("**total**", &self.total)?;
        for row in self.telling().take(most) {
            line(&format!("`{}`", cell(&row.name)), &row.flat)?;
        }
        Ok(())
    }

    /// Rows of which the own value changed by more than noise.
    fn telling(&self) -> impl Iterator<Item = &DiffRow> {
        self.rows.iter().filter(|row| row.flat.verdict != Verdict::Same)
    }

    fn cells(&self, change: &Change) -> [String; 4] {
        let label =
            |value| Printable(units::label(value, &self.value_unit, units::AUTO).as_bytes()).to_string();
        let percent = change.percent().map_or("new".to_owned(), |percent| format!("{percent:+.1}%"));
        let percent = if change.delta() == 0 { "0.0%".to_owned() } else { percent };
        let sign = if change.delta() > 0 { "+" } else { "" };
        [label(change.before), label(change.after), format!("{sign}{}", label(change.delta())), percent]
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

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "",
        Verdict::Regression => "  worse",
        Verdict::Improvement => "  better",
    }
}

/// A name inside a code span of a Markdown table's cell.
fn cell(name: &[u8]) -> String {
    Printable(name).to_string().replace('`', "'").replace('|', "\\|")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_relative_changes_are_told_apart() {
        let thresholds = Thresholds::default().with_noise(0.01).with_regression(0.1);
        let verdict = |before, after| thresholds.verdict(before, after, 1000);
        assert_eq!(verdict(100, 109), Verdict::Same, "below 1 % of the total");
        assert_eq!(verdict(500, 540), Verdict::Same, "8 % more");
        assert_eq!(verdict(500, 551), Verdict::Regression);
        assert_eq!(verdict(500, 449), Verdict::Improvement);
        assert_eq!(verdict(0, 10), Verdict::Regression);
        assert_eq!(verdict(10, 0), Verdict::Improvement);
        assert_eq!(verdict(5, 5), Verdict::Same);
    }

    #[test]
    fn names_stay_in_their_cell() {
        assert_eq!(cell(b"a|b`c\n"), "a\\|b'c\\x0a");
    }
}
