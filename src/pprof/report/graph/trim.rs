//! Leaves out what is too small to matter, and puts the rest in order.
//!
//! Source of the facts: google/pprof, `internal/report/report.go` and `internal/graph/graph.go`.

use std::borrow::Cow;

use super::flat::Edges;
use super::graph::{Build, Edge, Graph, Place};
use super::node::Nodes;
use super::options::SortBy;
use crate::error::Result;

/// How a graph is trimmed and ordered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trim {
    pub(super) sort: SortBy,
    /// Chooses nodes that make a graph worth looking at, instead of the largest ones (dot).
    pub(super) visual: bool,
    /// The edges that are looked at, where values alone decide what is shown.
    pub(super) by_value: Option<Edges>,
    pub(super) call_tree: bool,
    /// 0 is no maximum.
    pub(super) node_count: usize,
    pub(super) node_fraction: f64,
    pub(super) edge_fraction: f64,
}

/// A graph after trimming, and what was left out.
#[derive(Debug)]
pub(super) struct Trimmed {
    pub(super) graph: Graph,
    /// Nodes before the maximum was applied.
    pub(super) candidates: usize,
    pub(super) dropped_nodes: usize,
    pub(super) dropped_edges: usize,
}

/// Most labels that a graph shows beside a node.
pub(super) const MAX_NODELETS: usize = 4;

impl Trim {
    /// Builds the graph and trims it. What is dropped is left out of the stacks, and the graph is built again.
    pub(super) fn apply(&self, build: &Build<'_>) -> Result<Trimmed> {
        if let Some(edges) = self.by_value {
            return self.apply_by_value(build, edges);
        }
        let mut graph = if self.call_tree { build.tree()? } else { build.graph(None)? };
        let total: i128 = graph.shown.iter().map(|&place| graph.node(place).flat.sum).sum();
        let cut = |fraction: f64| ((total as f64 * fraction) as i128).unsigned_abs();
        let (node_cut, edge_cut) = (cut(self.node_fraction), cut(self.edge_fraction));

        let mut dropped_nodes = 0;
        if node_cut > 0 {
            let heavy = |&place: &Place| graph.node(place).cum.sum.unsigned_abs() >= node_cut;
            let kept: Vec<Place> = graph.shown.iter().copied().filter(heavy).collect();
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

    /// As [`apply`](Self::apply), without building a graph that nobody looks at.
    fn apply_by_value(&self, build: &Build<'_>, edges: Edges) -> Result<Trimmed> {
        let mut graph = build.values_only()?;
        let total: i128 = graph.shown.iter().map(|&place| graph.node(place).flat.sum).sum();
        let cut = |fraction: f64| ((total as f64 * fraction) as i128).unsigned_abs();
        let (node_cut, edge_cut) = (cut(self.node_fraction), cut(self.edge_fraction));
        let all = graph.shown.len();
        let mut shown = std::mem::take(&mut graph.shown);
        shown.retain(|&place| graph.node(place).cum.sum.unsigned_abs() >= node_cut);
        graph.shown = shown;
        let candidates = graph.shown.len();
        self.sort(&mut graph, build.nodes);
        if self.node_count > 0 {
            graph.shown.truncate(self.node_count);
        }
        // What weighs nothing is not shown, but is no gap in a stack either, unless something else is left out.
        let is_whole = graph.shown.len() == all;
        let kept = if is_whole { vec![true; graph.nodes.len()] } else { graph.shown_set() };
        graph.edges = build.edges_between(&kept, edges);
        let dropped_edges = graph.trim_edges(edge_cut);
        Ok(Trimmed { graph, candidates, dropped_nodes: all - candidates, dropped_edges })
    }

    /// Leaves only `kept` in the graph.
    fn keep(&self, graph: &mut Graph, build: &Build<'_>, kept: Vec<Place>) -> Result<()> {
        let mut keep = vec![false; graph.nodes.len()];
        for &place in &kept {
            keep[place as usize] = true;
        }
        if self.call_tree {
            graph.contract(&keep, kept);
        } else {
            *graph = build.graph(Some(&keep))?;
        }
        Ok(())
    }

    /// How many nodes from the first are within the maximum; a graph counts labels as nodes.
    fn selected(&self, graph: &Graph) -> usize {
        let mut most = self.node_count;
        if self.visual {
            let mut count = 0;
            for (index, &place) in graph.shown.iter().enumerate() {
                count += graph.node(place).tags.flat_count().min(MAX_NODELETS) + 1;
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
            .map(|&place| {
                let node = graph.node(place);
                let (flat, cum) = (node.flat.sum.unsigned_abs(), node.cum.sum.unsigned_abs());
                let score = match (self.visual, self.sort) {
                    (true, _) => 0,
                    (false, SortBy::Flat) => flat as i128,
                    (false, SortBy::Cum) => cum as i128,
                };
                Row { place, score, flat, cum, name: nodes.name(node.info) }
            })
            .collect();
        if self.visual {
            let scores = graph.entropy_scores();
            for row in &mut rows {
                row.score = scores[row.place as usize];
            }
        }
        rows.sort_by(|a, b| {
            let address = |row: &Row<'_>| nodes.infos[graph.node(row.place).info as usize].address;
            let (left, right) = (address(a), address(b));
            let by_name =
                if left != 0 && right != 0 && left != right { left.cmp(&right) } else { a.name.cmp(&b.name) };
            let info = |row: &Row<'_>| graph.node(row.place).info;
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
                .then_with(|| a.place.cmp(&b.place))
        });
        graph.shown = rows.iter().map(|row| row.place).collect();
    }
}

/// What a node is ordered by.
struct Row<'a> {
    place: Place,
    score: i128,
    flat: u128,
    cum: u128,
    name: Cow<'a, [u8]>,
}

impl Graph {
    fn trim_tags(&mut self, cutoff: u128) {
        for &place in &self.shown {
            self.nodes[place as usize].tags.trim(cutoff);
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

    pub(super) fn shown_set(&self) -> Vec<bool> {
        let mut shown = vec![false; self.nodes.len()];
        for &place in &self.shown {
            shown[place as usize] = true;
        }
        shown
    }

    /// The indices of the edges that enter and that leave each node.
    pub(super) fn adjacency(&self) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let mut into = vec![Vec::new(); self.nodes.len()];
        let mut out = into.clone();
        for (index, edge) in self.edges.iter().enumerate().filter(|(_, edge)| edge.alive) {
            into[edge.to as usize].push(index as u32);
            out[edge.from as usize].push(index as u32);
        }
        (into, out)
    }

    /// Orders edges by weight, largest first, then by the names at both ends.
    pub(super) fn sort_edges(&self, nodes: &Nodes, edges: &mut [u32]) {
        let name = |place: Place| nodes.name(self.node(place).info);
        edges.sort_by(|&a, &b| {
            let (left, right) = (&self.edges[a as usize], &self.edges[b as usize]);
            (right.weight.sum.unsigned_abs().cmp(&left.weight.sum.unsigned_abs()))
                .then_with(|| name(left.from).cmp(&name(right.from)))
                .then_with(|| name(left.to).cmp(&name(right.to)))
                .then(a.cmp(&b))
        });
    }

    /// Leaves only `kept` nodes in a call tree: children of a node that goes become its parent's.
    fn contract(&mut self, keep: &[bool], kept: Vec<Place>) {
        // A parent comes before its children, so that it has been dealt with when they are looked at.
        let mut edge_into: Vec<Option<u32>> = vec![None; self.nodes.len()];
        for (index, edge) in self.edges.iter().enumerate().filter(|(_, edge)| edge.alive) {
            edge_into[edge.to as usize] = Some(index as u32);
        }
        for place in 0..self.nodes.len() {
            let Some(index) = edge_into[place] else { continue };
            let Edge { from, inline, .. } = self.edges[index as usize];
            if keep[from as usize] {
                continue;
            }
            let above = edge_into[from as usize].map(|above| self.edges[above as usize]);
            let edge = &mut self.edges[index as usize];
            if let Some(above) = above {
                edge.from = above.from;
                edge.residual = true;
                edge.inline = inline && above.inline;
            } else {
                edge.alive = false;
                edge_into[place] = None;
            }
        }
        for edge in &mut self.edges {
            edge.alive &= keep[edge.to as usize] && keep[edge.from as usize];
        }
        self.shown = kept;
    }

    /// Drops edges over left-out nodes where another path leads from one end to the other, lightest first.
    fn remove_redundant_edges(&mut self, nodes: &Nodes) {
        let (mut into, _) = self.adjacency();
        for &place in self.shown.clone().iter().rev() {
            let mut sorted = into[place as usize].clone();
            self.sort_edges(nodes, &mut sorted);
            for &edge in sorted.iter().rev() {
                if !self.edges[edge as usize].residual {
                    break;
                }
                if self.is_redundant(edge, &into) {
                    self.edges[edge as usize].alive = false;
                    into[place as usize].retain(|&other| other != edge);
                }
            }
        }
    }

    fn is_redundant(&self, edge: u32, into: &[Vec<u32>]) -> bool {
        let Edge { from: target, to, .. } = self.edges[edge as usize];
        let mut seen = crate::intern::Set::default();
        seen.insert(to);
        let mut queue = vec![to];
        while let Some(place) = queue.pop() {
            for &other in &into[place as usize] {
                let from = self.edges[other as usize].from;
                if other == edge || seen.contains(&from) {
                    continue;
                }
                if from == target {
                    return true;
                }
                seen.insert(from);
                queue.push(from);
            }
        }
        false
    }

    /// How much each node tells about the flow of the graph: nodes that only pass on what they get score low.
    ///
    /// Differences of profiles have edges that weigh nothing, whose share has no logarithm; such nodes come first
    /// or last, as the arithmetic of the tool's machine puts them.
    fn entropy_scores(&self) -> Vec<i128> {
        let (into, out) = self.adjacency();
        let score = |place: usize| {
            let node = &self.nodes[place];
            let mut score = 0.0;
            score += if into[place].is_empty() { 1.0 } else { self.entropy(&into[place], 0) };
            score += if out[place].is_empty() { 1.0 } else { self.entropy(&out[place], node.flat.sum) };
            let (flat, score) = (node.flat.sum, score * node.cum.sum as f64);
            match (score.is_nan(), flat) {
                (true, 0) => -1,
                (true, _) => (1 << 63) - flat.abs(),
                (false, _) => (score as i128 + flat).abs(),
            }
        };
        (0..self.nodes.len()).map(score).collect()
    }

    fn entropy(&self, edges: &[u32], own: i128) -> f64 {
        let weights = edges.iter().map(|&edge| self.edges[edge as usize].weight.sum);
        let total = own + weights.clone().filter(|weight| *weight > 0).sum::<i128>();
        if total == 0 {
            return 0.0;
        }
        let part = |weight: i128| {
            let share = weight.unsigned_abs() as f64 / total as f64;
            -share * share.log2()
        };
        let mut entropy = 0.0;
        for weight in weights {
            entropy += part(weight);
        }
        if own > 0 { entropy + part(own) } else { entropy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pprof::report::graph::{Node, Weight};
    use crate::pprof::report::node_tags::NodeTags;

    /// A chain 0 → 1 → 2 → 3 in which only the ends stay.
    #[test]
    fn contracted_paths_are_residual_and_inline_only_as_a_whole() {
        let weight = Weight { sum: 5, divisor: 0 };
        let node = |info| Node { info, flat: weight, cum: weight, parent: None, tags: NodeTags::default() };
        let mut graph =
            Graph { nodes: (0..4).map(node).collect(), edges: Vec::new(), shown: vec![0, 1, 2, 3] };
        for (from, inline) in [(0, true), (1, false), (2, true)] {
            graph.edges.push(Edge::new(from, from + 1, inline));
        }
        graph.contract(&[true, false, false, true], vec![0, 3]);
        let alive: Vec<_> = graph.edges.iter().filter(|edge| edge.alive).collect();
        assert_eq!(alive.len(), 1);
        assert_eq!((alive[0].from, alive[0].to, alive[0].residual, alive[0].inline), (0, 3, true, false));
    }
}
