//! Leaves out what is too small to matter, and puts the rest in order.
//!
//! Source of the facts: google/pprof, `internal/report/report.go` and `internal/graph/graph.go`.

use std::borrow::Cow;

use super::build::Build;
use super::by_value::Edges;
use super::node::Nodes;
use super::{Graph, Slot};
use crate::error::Result;
use crate::pprof::report::options::SortBy;

/// How a graph is trimmed and ordered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trim {
    pub(crate) sort: SortBy,
    /// Chooses nodes that make a readable graph, instead of the largest ones (dot).
    pub(crate) visual: bool,
    /// The edges that are needed, where values alone decide what is shown.
    pub(crate) by_value: Option<Edges>,
    pub(crate) call_tree: bool,
    /// 0 means no maximum.
    pub(crate) node_count: usize,
    pub(crate) node_fraction: f64,
    pub(crate) edge_fraction: f64,
}

/// A graph after trimming, and what was left out.
#[derive(Debug)]
pub(crate) struct Trimmed {
    pub(crate) graph: Graph,
    /// Nodes before the maximum was applied.
    pub(crate) candidates: usize,
    pub(crate) dropped_nodes: usize,
    pub(crate) dropped_edges: usize,
}

/// Most labels that a graph shows beside a node.
pub(crate) const MAX_NODELETS: usize = 4;

impl Trim {
    /// Builds the graph and trims it. What is dropped is left out of the stacks, and the graph is built
    /// again.
    pub(crate) fn apply(&self, build: &Build<'_>) -> Result<Trimmed> {
        if let Some(edges) = self.by_value {
            return self.apply_by_value(build, edges);
        }
        let mut graph = if self.call_tree { build.tree()? } else { build.graph(None)? };
        let total: i128 = graph.shown.iter().map(|&slot| graph.node(slot).flat.sum).sum();
        let cut = |fraction: f64| ((total as f64 * fraction) as i128).unsigned_abs();
        let (node_cut, edge_cut) = (cut(self.node_fraction), cut(self.edge_fraction));

        let mut dropped_nodes = 0;
        if node_cut > 0 {
            let heavy = |&slot: &Slot| graph.node(slot).cum.sum.unsigned_abs() >= node_cut;
            let kept: Vec<Slot> = graph.shown.iter().copied().filter(heavy).collect();
            dropped_nodes = graph.shown.len() - kept.len();
            if dropped_nodes > 0 {
                self.keep(&mut graph, build, kept)?;
            }
        }
        let candidates = graph.shown.len();
        self.sort(&mut graph, build.nodes);
        if self.node_count > 0 {
            graph.trim_tags(node_cut);
            graph.trim_edges(edge_cut);
            let count = self.selected(&graph);
            if count < graph.shown.len() {
                let kept = graph.shown[..count].to_vec();
                self.keep(&mut graph, build, kept)?;
                self.sort(&mut graph, build.nodes);
            }
        }
        graph.trim_tags(node_cut);
        let dropped_edges = graph.trim_edges(edge_cut);
        if self.visual {
            graph.remove_redundant_edges(build.nodes);
        }
        Ok(Trimmed { graph, candidates, dropped_nodes, dropped_edges })
    }

    /// As [`apply`](Self::apply), without building a graph that nobody reads.
    fn apply_by_value(&self, build: &Build<'_>, edges: Edges) -> Result<Trimmed> {
        let mut graph = build.values_only()?;
        let total: i128 = graph.shown.iter().map(|&slot| graph.node(slot).flat.sum).sum();
        let cut = |fraction: f64| ((total as f64 * fraction) as i128).unsigned_abs();
        let (node_cut, edge_cut) = (cut(self.node_fraction), cut(self.edge_fraction));
        let all = graph.shown.len();
        let mut shown = std::mem::take(&mut graph.shown);
        shown.retain(|&slot| graph.node(slot).cum.sum.unsigned_abs() >= node_cut);
        graph.shown = shown;
        let candidates = graph.shown.len();
        self.sort(&mut graph, build.nodes);
        if self.node_count > 0 {
            graph.shown.truncate(self.node_count);
        }
        // A node that weighs nothing is not shown, but leaves no gap in a stack either, unless others are
        // left out too.
        let is_whole = graph.shown.len() == all;
        let kept = if is_whole { vec![true; graph.nodes.len()] } else { graph.shown_set() };
        graph.edges = build.edges_between(&kept, edges);
        let dropped_edges = graph.trim_edges(edge_cut);
        Ok(Trimmed { graph, candidates, dropped_nodes: all - candidates, dropped_edges })
    }

    /// Leaves only `kept` in the graph.
    fn keep(&self, graph: &mut Graph, build: &Build<'_>, kept: Vec<Slot>) -> Result<()> {
        let mut keep = vec![false; graph.nodes.len()];
        for &slot in &kept {
            keep[slot as usize] = true;
        }
        if self.call_tree {
            graph.contract(&keep, kept);
        } else {
            *graph = build.graph(Some(&keep))?;
        }
        Ok(())
    }

    /// How many of the first nodes are within the maximum; in a graph, labels count as nodes.
    fn selected(&self, graph: &Graph) -> usize {
        let mut most = self.node_count;
        if self.visual {
            let mut count = 0;
            for (index, &slot) in graph.shown.iter().enumerate() {
                count += graph.node(slot).tags.flat_count().min(MAX_NODELETS) + 1;
                if count >= self.node_count {
                    most = index + 1;
                    break;
                }
            }
        }
        most.min(graph.shown.len())
    }

    fn sort(&self, graph: &mut Graph, nodes: &Nodes) {
        let mut rows: Vec<Row<'_>> = graph
            .shown
            .iter()
            .map(|&slot| {
                let node = graph.node(slot);
                let (flat, cum) = (node.flat.sum.unsigned_abs(), node.cum.sum.unsigned_abs());
                let score = match (self.visual, self.sort) {
                    (true, _) => 0,
                    (false, SortBy::Flat) => flat as i128,
                    (false, SortBy::Cum) => cum as i128,
                };
                Row { slot, score, flat, cum, name: nodes.name(node.info) }
            })
            .collect();
        if self.visual {
            let scores = graph.entropy_scores();
            for row in &mut rows {
                row.score = scores[row.slot as usize];
            }
        }
        rows.sort_by(|a, b| {
            let address = |row: &Row<'_>| nodes.infos[graph.node(row.slot).info as usize].address;
            let (left, right) = (address(a), address(b));
            let by_name =
                if left != 0 && right != 0 && left != right { left.cmp(&right) } else { a.name.cmp(&b.name) };
            let info = |row: &Row<'_>| graph.node(row.slot).info;
            b.score
                .cmp(&a.score)
                .then(by_name)
                .then_with(|| {
                    if self.sort == SortBy::Flat && !self.visual {
                        b.cum.cmp(&a.cum)
                    } else {
                        b.flat.cmp(&a.flat)
                    }
                })
                .then_with(|| nodes.tie(info(a), info(b)))
                .then_with(|| a.slot.cmp(&b.slot))
        });
        graph.shown = rows.iter().map(|row| row.slot).collect();
    }
}

/// What a node is ordered by.
struct Row<'a> {
    slot: Slot,
    score: i128,
    flat: u128,
    cum: u128,
    name: Cow<'a, [u8]>,
}

impl Graph {
    fn trim_tags(&mut self, cutoff: u128) {
        for &slot in &self.shown {
            self.nodes[slot as usize].tags.trim(cutoff);
        }
    }

    /// Drops edges into shown nodes that weigh less than `cutoff`; says how many.
    fn trim_edges(&mut self, cutoff: u128) -> usize {
        let shown = self.shown_set();
        let mut dropped = 0;
        for edge in &mut self.edges {
            if edge.alive && shown[edge.to as usize] && edge.weight.sum.unsigned_abs() < cutoff {
                edge.alive = false;
                dropped += 1;
            }
        }
        dropped
    }
}
