//! The weighted call graph of a profile: flat and cumulative values of nodes, weights of edges.
//!
//! ```text
//! samples → weights, nodes of locations → graph (or values alone, then the edges that are left) → trimmed, in order
//! ```
//!
//! Source of the facts: google/pprof, `internal/graph/graph.go`.

pub(crate) mod build;
pub(crate) mod by_value;
pub(crate) mod node;
mod reduce;
pub(crate) mod tags;
pub(crate) mod trim;
pub(crate) mod values;

use crate::table::Map;
use node::{NodeId, Nodes};
use tags::{NodeTags, SampleTags, Side};
use values::Weight;

/// A node of the graph; its index in [`Graph::nodes`] is its [`Slot`].
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) info: NodeId,
    pub(crate) flat: Weight,
    pub(crate) cum: Weight,
    /// In a call tree the node that calls this one; nodes of one parent and one function are the same
    /// function.
    pub(crate) parent: Option<Slot>,
    pub(crate) tags: NodeTags,
}

impl Node {
    /// Counts a sample, and its tags if they are shown.
    #[inline]
    pub(crate) fn add(&mut self, weight: Weight, tags: Option<&SampleTags>, side: Side) {
        match side {
            Side::Flat => self.flat.add(weight),
            Side::Cum => self.cum.add(weight),
        }
        if let Some(tags) = tags {
            self.tags.add(tags, weight, side);
        }
    }
}

/// A node's index in [`Graph::nodes`].
pub(crate) type Slot = u32;

/// No sample.
pub(crate) const UNSEEN: u32 = u32::MAX;

/// How one frame came to call the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Nodes between the two were left out.
    pub(crate) residual: bool,
    /// The callee was inlined.
    pub(crate) inline: bool,
}

/// Calls from one node to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) from: Slot,
    pub(crate) to: Slot,
    pub(crate) weight: Weight,
    /// Nodes between the two were left out.
    pub(crate) residual: bool,
    /// Every call was inlined.
    pub(crate) inline: bool,
    /// The last sample that counted, so that a recursive one counts once.
    seen: u32,
    pub(crate) alive: bool,
}

/// Nodes and edges. `shown` are those that trimming leaves, in the order of the report.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) shown: Vec<Slot>,
}

impl Graph {
    pub(crate) fn node(&self, slot: Slot) -> &Node {
        &self.nodes[slot as usize]
    }

    /// Counts a call of `sample` from one node to another.
    #[inline]
    pub(crate) fn connect(
        &mut self,
        between: &mut Map<(Slot, Slot), u32>,
        from: Slot,
        to: Slot,
        weight: Weight,
        call: Call,
        sample: u32,
    ) {
        let next = self.edges.len() as u32;
        let id = *between.entry((from, to)).or_insert(next);
        if id == next {
            self.edges.push(Edge::new(from, to, true));
        }
        let edge = &mut self.edges[id as usize];
        edge.count(weight, sample, call);
    }

    /// Adds a node of a call tree, and the edge that leads to it.
    pub(crate) fn add(&mut self, info: NodeId, parent: Option<Slot>, inline: bool) -> (Slot, Option<u32>) {
        let slot = self.nodes.len() as Slot;
        let (flat, cum) = (Weight::default(), Weight::default());
        self.nodes.push(Node { info, flat, cum, parent, tags: NodeTags::default() });
        let edge = parent.map(|from| {
            self.edges.push(Edge::new(from, slot, inline));
            self.edges.len() as u32 - 1
        });
        (slot, edge)
    }

    pub(crate) fn shown_set(&self) -> Vec<bool> {
        let mut shown = vec![false; self.nodes.len()];
        for &slot in &self.shown {
            shown[slot as usize] = true;
        }
        shown
    }

    /// The indices of the edges that enter and that leave each node.
    pub(crate) fn adjacency(&self) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let mut into = vec![Vec::new(); self.nodes.len()];
        let mut out = into.clone();
        for (index, edge) in self.edges.iter().enumerate().filter(|(_, edge)| edge.alive) {
            into[edge.to as usize].push(index as u32);
            out[edge.from as usize].push(index as u32);
        }
        (into, out)
    }

    /// Orders edges by weight, largest first, then by the names at both ends.
    pub(crate) fn sort_edges(&self, nodes: &Nodes, edges: &mut [u32]) {
        let name = |slot: Slot| nodes.name(self.node(slot).info);
        edges.sort_by(|&a, &b| {
            let (left, right) = (&self.edges[a as usize], &self.edges[b as usize]);
            (right.weight.sum.unsigned_abs().cmp(&left.weight.sum.unsigned_abs()))
                .then_with(|| name(left.from).cmp(&name(right.from)))
                .then_with(|| name(left.to).cmp(&name(right.to)))
                .then(a.cmp(&b))
        });
    }
}

impl Edge {
    pub(crate) fn new(from: Slot, to: Slot, inline: bool) -> Self {
        Self { from, to, weight: Weight::default(), residual: false, inline, seen: UNSEEN, alive: true }
    }

    /// Counts a call of `sample`, the first one only.
    #[inline]
    pub(crate) fn count(&mut self, weight: Weight, sample: u32, call: Call) {
        if self.seen != sample {
            self.seen = sample;
            self.residual |= call.residual;
            self.weight.add(weight);
            self.inline &= call.inline;
        }
    }
}
