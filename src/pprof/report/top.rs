//! The functions, lines or addresses with the largest values.

use std::io::Write;

use super::graph::Graph;
use super::graph::trim::Trimmed;
use super::shown::Shown;
use super::{Kind, Options, Report, SortBy};
use crate::compat::Compat;
use crate::error::Result;
use crate::pprof::Profile;
use crate::pprof::units::percent;

/// The rows with the largest values, and the lines above them.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Top {
    header: Vec<String>,
    /// The type of the values.
    value_type: String,
    /// The unit of the values in the profile.
    value_unit: String,
    total: i128,
    rows: Vec<Row>,
    #[cfg_attr(feature = "serde", serde(skip))]
    compat: Compat,
    #[cfg_attr(feature = "serde", serde(skip))]
    labels: Vec<[String; 2]>,
}

/// A row of [`Top`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Row {
    /// What the row is, as the profile has it: bytes that may not be UTF-8.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub name: Vec<u8>,
    /// Whether calls to it were inlined.
    pub inline: Inline,
    /// The value of the row itself, in the profile's unit.
    pub flat: i128,
    /// The value of the row and everything it calls.
    pub cum: i128,
}

/// Whether the calls of a function were inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Inline {
    /// No call, as far as the profile says.
    No,
    /// Some calls.
    Partial,
    /// All calls.
    Yes,
}

impl Inline {
    fn mark(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Partial => " (partial-inline)",
            Self::Yes => " (inline)",
        }
    }
}

impl Top {
    /// The top functions of `profile` by the column of values at `index`.
    ///
    /// For other options see [`Report`].
    ///
    /// # Errors
    /// As [`Report::new`] and [`Report::top`].
    pub fn new(profile: &Profile, index: usize, sort: SortBy) -> Result<Self> {
        let options = Options::default().with_sample_index(index.to_string()).with_sort(sort);
        Report::new(profile, &options)?.top()
    }

    /// The rows, largest first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The sum of absolute values that percentages refer to.
    pub fn total(&self) -> i128 {
        self.total
    }

    /// The type of the values, and their unit in the profile.
    pub fn value_type(&self) -> (&str, &str) {
        (&self.value_type, &self.value_unit)
    }

    /// The lines above the table, safe to print.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Writes the table as `go tool pprof -top` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_text(&self, out: &mut impl Write) -> Result<()> {
        for line in &self.header {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{:>10} {:>5}% {:>5}% {:>10} {:>5}%", "flat", "flat", "sum", "cum", "cum")?;
        let mut sum = 0;
        for (row, [flat, cum]) in self.rows.iter().zip(&self.labels) {
            sum += row.flat;
            writeln!(
                out,
                "{flat:>10} {} {} {cum:>10} {}  {}{}",
                percent(row.flat, self.total),
                percent(sum, self.total),
                percent(row.cum, self.total),
                Shown { name: &row.name, compat: self.compat },
                row.inline.mark(),
            )?;
        }
        Ok(())
    }
}

impl Report<'_> {
    /// The functions, or lines, or addresses with the largest values.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) when inlining makes more frames than the options allow.
    ///
    /// # Cost
    /// A pass over the samples for each step of trimming, three at most; a location is expanded once.
    pub fn top(&self) -> Result<Top> {
        let nodes = self.nodes(Kind::Top);
        let (trimmed, unit) = self.trimmed(Kind::Top, &nodes)?;
        let header = self.header(&trimmed, &unit, false);
        let Trimmed { graph, .. } = &trimmed;
        let inline = inlined(graph);
        let rows: Vec<Row> = graph
            .shown
            .iter()
            .map(|&slot| {
                let node = graph.node(slot);
                Row {
                    name: nodes.name(node.info).into_owned(),
                    inline: inline[slot as usize],
                    flat: node.flat.value(),
                    cum: node.cum.value(),
                }
            })
            .collect();
        let labels =
            rows.iter().map(|row| [self.format(row.flat, &unit), self.format(row.cum, &unit)]).collect();
        Ok(Top {
            header,
            value_type: self.value_name.clone(),
            value_unit: self.value_unit.clone(),
            compat: self.options.compat,
            total: self.total,
            rows,
            labels,
        })
    }
}

/// For every node, whether its remaining calls were inlined.
pub(super) fn inlined(graph: &Graph) -> Vec<Inline> {
    let mut calls = vec![(false, false); graph.nodes.len()];
    for edge in graph.edges.iter().filter(|edge| edge.alive) {
        let (inline, direct) = &mut calls[edge.to as usize];
        *(if edge.inline { inline } else { direct }) = true;
    }
    let inline = |(inline, direct)| match (inline, direct) {
        (false, _) => Inline::No,
        (true, true) => Inline::Partial,
        (true, false) => Inline::Yes,
    };
    calls.into_iter().map(inline).collect()
}
