//! Reduces a graph: contracts paths through dropped nodes, removes edges that other paths make redundant, and
//! scores nodes, low where they only pass on what they get.
//!
//! Source of the facts: google/pprof, `internal/graph/graph.go`.

use super::node::Nodes;
use super::{Edge, Graph, Slot};
use crate::table::Set;

impl Graph {
    /// Leaves only `kept` nodes in a call tree: children of a dropped node become its parent's.
    pub(super) fn contract(&mut self, keep: &[bool], kept: Vec<Slot>) {
        // A parent comes before its children, so its own edge is up to date by then.
        let mut edge_into: Vec<Option<u32>> = vec![None; self.nodes.len()];
        for (index, edge) in self.edges.iter().enumerate().filter(|(_, edge)| edge.alive) {
            edge_into[edge.to as usize] = Some(index as u32);
        }
        for slot in 0..self.nodes.len() {
            let Some(index) = edge_into[slot] else { continue };
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
                edge_into[slot] = None;
            }
        }
        for edge in &mut self.edges {
            edge.alive &= keep[edge.to as usize] && keep[edge.from as usize];
        }
        self.shown = kept;
    }

    /// Drops edges over left-out nodes where another path leads from one end to the other, lightest first.
    pub(super) fn remove_redundant_edges(&mut self, nodes: &Nodes) {
        let (mut into, _) = self.adjacency();
        for &slot in self.shown.clone().iter().rev() {
            let mut sorted = into[slot as usize].clone();
            self.sort_edges(nodes, &mut sorted);
            for &edge in sorted.iter().rev() {
                if !self.edges[edge as usize].residual {
                    break;
                }
                if self.is_redundant(edge, &into) {
                    self.edges[edge as usize].alive = false;
                    into[slot as usize].retain(|&other| other != edge);
                }
            }
        }
    }

    fn is_redundant(&self, edge: u32, into: &[Vec<u32>]) -> bool {
        let Edge { from: target, to, .. } = self.edges[edge as usize];
        let mut seen = Set::default();
        seen.insert(to);
        let mut queue = vec![to];
        while let Some(slot) = queue.pop() {
            for &other in &into[slot as usize] {
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

    /// How much each node says about the flow of the graph: nodes that only pass on what they get score low.
    ///
    /// Differences of profiles have edges that weigh nothing, whose share has no logarithm; such nodes come
    /// first or last, as the arithmetic of the tool's machine puts them.
    pub(super) fn entropy_scores(&self) -> Vec<i128> {
        let (into, out) = self.adjacency();
        let score = |slot: usize| {
            let node = &self.nodes[slot];
            let mut score = 0.0;
            score += if into[slot].is_empty() { 1.0 } else { self.entropy(&into[slot], 0) };
            score += if out[slot].is_empty() { 1.0 } else { self.entropy(&out[slot], node.flat.sum) };
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
    use crate::pprof::report::graph::Node;
    use crate::pprof::report::graph::tags::NodeTags;
    use crate::pprof::report::graph::values::Weight;

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
