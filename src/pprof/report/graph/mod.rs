//! The weighted call graph of a profile: flat and cumulative values of nodes, weights of edges.
//!
//! Source of the facts: google/pprof, `internal/graph/graph.go`.

use super::node::NodeId;
use super::node_tags::NodeTags;
use super::values::Weight;
use crate::intern::Map;

/// A node of the graph; its place in [`Graph::nodes`] is its [`Place`].
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) info: NodeId,
    pub(super) flat: Weight,
    pub(super) cum: Weight,
    /// In a call tree the node that calls this one; nodes of one parent and one function are the same function.
    pub(super) parent: Option<Place>,
    pub(super) tags: NodeTags,
}

/// A node's index in [`Graph::nodes`].
pub(super) type Place = u32;

/// No sample.
pub(super) const UNSEEN: u32 = u32::MAX;

/// How one frame came to call the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// Nodes between the two were left out.
    pub(super) residual: bool,
    /// The callee was inlined.
    pub(super) inline: bool,
}

/// Calls from one node to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: Place,
    pub(super) to: Place,
    pub(super) weight: Weight,
    /// Nodes between the two were left out.
    pub(super) residual: bool,
    /// Every call was inlined.
    pub(super) inline: bool,
    /// The last sample that counted, so that a recursive one counts once.
    seen: u32,
    pub(super) alive: bool,
}

/// Nodes and edges. `shown` are those that trimming leaves, in the order of the report.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) shown: Vec<Place>,
}

impl Graph {
    pub(super) fn node(&self, place: Place) -> &Node {
        &self.nodes[place as usize]
    }

    /// Counts a call of `sample` from one node to another.
    #[inline]
    pub(super) fn connect(
        &mut self,
        between: &mut Map<(Place, Place), u32>,
        from: Place,
        to: Place,
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
    pub(super) fn add(&mut self, info: NodeId, parent: Option<Place>, inline: bool) -> (Place, Option<u32>) {
        let place = self.nodes.len() as Place;
        let (flat, cum) = (Weight::default(), Weight::default());
        self.nodes.push(Node { info, flat, cum, parent, tags: NodeTags::default() });
        let edge = parent.map(|from| {
            self.edges.push(Edge::new(from, place, inline));
            self.edges.len() as u32 - 1
        });
        (place, edge)
    }
}

impl Edge {
    pub(super) fn new(from: Place, to: Place, inline: bool) -> Self {
        Self { from, to, weight: Weight::default(), residual: false, inline, seen: UNSEEN, alive: true }
    }

    /// Counts a call of `sample`, the first one only.
    #[inline]
    pub(super) fn count(&mut self, weight: Weight, sample: u32, call: Call) {
        if self.seen != sample {
            self.seen = sample;
            self.residual |= call.residual;
            self.weight.add(weight);
            self.inline &= call.inline;
        }
    }
}
