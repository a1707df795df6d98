//! Each function with its callers above it and its callees below it.

use std::io::Write;

use super::graph::node::Nodes;
use super::graph::{Graph, values};
use super::shown::Shown;
use super::{Kind, Report, Row};
use crate::compat::Compat;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::filter::Pattern;
use crate::pprof::units::percent;

/// Functions, each with its callers and callees, and the lines above them.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Tree {
    header: Vec<String>,
    value_type: String,
    value_unit: String,
    total: i128,
    nodes: Vec<TreeNode>,
    #[cfg_attr(feature = "serde", serde(skip))]
    compat: Compat,
    #[cfg_attr(feature = "serde", serde(skip))]
    unit: String,
    #[cfg_attr(feature = "serde", serde(skip))]
    whole_is_empty: bool,
    #[cfg_attr(feature = "serde", serde(skip))]
    divide_by: f64,
}

/// A function of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TreeNode {
    /// The function's own row, as [`Top`](super::Top) has it.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub row: Row,
    /// Who calls it, largest first.
    pub callers: Vec<Call>,
    /// What it calls, largest first.
    pub callees: Vec<Call>,
}

/// Calls from or to another function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Call {
    /// The other function.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub name: Vec<u8>,
    /// How much of the value goes through these calls.
    pub weight: i128,
    /// All of them were inlined.
    pub inline: bool,
    /// Functions between the two were left out.
    pub residual: bool,
}

const SEPARATOR: &str = "----------------------------------------------------------+-------------";
const LEGEND: &str = "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t ";

impl Tree {
    /// The functions, largest first.
    pub fn nodes(&self) -> &[TreeNode] {
        &self.nodes
    }

    /// The type of the values, and their unit in the profile.
    pub fn value_type(&self) -> (&str, &str) {
        (&self.value_type, &self.value_unit)
    }

    /// The lines above the functions, safe to print.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The sum of absolute values that percentages refer to.
    pub fn total(&self) -> i128 {
        self.total
    }

    /// Writes the functions as `go tool pprof -tree` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn write_text(&self, out: &mut impl Write) -> Result<()> {
        for line in &self.header {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{SEPARATOR}\n{LEGEND}")?;
        let format = |value| values::format(value, self.divide_by, &self.value_unit, &self.unit);
        let mut sum = 0;
        for TreeNode { row, callers, callees } in &self.nodes {
            writeln!(out, "{SEPARATOR}")?;
            let call = |out: &mut dyn Write, call: &Call| {
                let share = percent(call.weight, row.cum);
                let inline = if call.inline { " (inline)" } else { "" };
                writeln!(
                    out,
                    "{:>50} {share} |   {}{inline}",
                    format(call.weight),
                    Shown { name: &call.name, compat: self.compat }
                )
            };
            for caller in callers {
                call(out, caller)?;
            }
            sum += row.flat;
            writeln!(
                out,
                "{:>10} {} {} {:>10} {}                | {}",
                format(row.flat),
                percent(row.flat, self.total),
                percent(sum, self.total),
                format(row.cum),
                percent(row.cum, self.total),
                Shown { name: &row.name, compat: self.compat },
            )?;
            for callee in callees {
                call(out, callee)?;
            }
        }
        if !self.whole_is_empty {
            writeln!(out, "{SEPARATOR}")?;
        }
        Ok(())
    }
}

impl Report<'_> {
    /// The functions with the largest values, each with its callers and callees.
    ///
    /// # Errors
    /// As [`top`](Self::top).
    pub fn tree(&self) -> Result<Tree> {
        self.tree_of(Kind::Graph, |_| true)
    }

    /// All functions whose printed name matches, each with its callers and callees; nothing is trimmed.
    ///
    /// # Errors
    /// As [`top`](Self::top); [`ErrorKind::Usage`] when no name matches.
    pub fn peek(&self, pattern: &Pattern) -> Result<Tree> {
        let tree = self.tree_of(Kind::Untrimmed, |name| pattern.matches(name))?;
        if tree.nodes.is_empty() {
            let detail = format!("no matches found for regexp: {}", pattern.text());
            return Err(Error::new(ErrorKind::Usage).detail(detail));
        }
        Ok(tree)
    }

    fn tree_of(&self, kind: Kind, wanted: impl Fn(&[u8]) -> bool) -> Result<Tree> {
        let nodes = self.nodes(kind);
        let (trimmed, unit) = self.trimmed(kind, &nodes)?;
        let graph = &trimmed.graph;
        let (mut into, mut out) = graph.adjacency();
        let inline = super::top::inlined(graph);
        let mut found = Vec::new();
        for &slot in &graph.shown {
            let node = graph.node(slot);
            let name = nodes.name(node.info);
            if !wanted(&name) {
                continue;
            }
            let (into, out) = (&mut into[slot as usize], &mut out[slot as usize]);
            graph.sort_edges(&nodes, into);
            graph.sort_edges(&nodes, out);
            found.push(TreeNode {
                row: Row {
                    name: name.into_owned(),
                    inline: inline[slot as usize],
                    flat: node.flat.value(),
                    cum: node.cum.value(),
                },
                callers: into.iter().map(|&edge| call(graph, &nodes, edge, true)).collect(),
                callees: out.iter().map(|&edge| call(graph, &nodes, edge, false)).collect(),
            });
        }
        Ok(Tree {
            header: self.header(&trimmed, &unit, false),
            value_type: self.value_name.clone(),
            value_unit: self.value_unit.clone(),
            compat: self.options.compat,
            total: self.total,
            nodes: found,
            unit,
            whole_is_empty: graph.shown.is_empty(),
            divide_by: self.options.divide_by,
        })
    }
}

fn call(graph: &Graph, nodes: &Nodes, edge: u32, caller: bool) -> Call {
    let edge = &graph.edges[edge as usize];
    let other = graph.node(if caller { edge.from } else { edge.to });
    // The tool shows the sum here even where nodes show means.
    let weight = edge.weight.sum;
    Call { name: nodes.name(other.info).into_owned(), weight, inline: edge.inline, residual: edge.residual }
}
