//! The weighted call graph of a profile: flat and cumulative values of nodes, weights of edges.
//!
//! Source of the facts: google/pprof, `internal/graph/graph.go`.

use super::node::{NodeId, Nodes};
use super::node_tags::NodeTags;
use super::values::Values;
use crate::error::{Error, ErrorKind, Result};
use crate::intern::Map;
use crate::pprof::filter::Filtered;
use crate::pprof::source::Want;

/// A value and the sum of the divisors that a mean is made of; the divisor is 0 where there is no mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) sum: i128,
    pub(super) divisor: i128,
}

impl Weight {
    /// The mean, or the sum where there is no divisor.
    pub(super) fn value(self) -> i128 {
        self.sum.checked_div(self.divisor).unwrap_or(self.sum)
    }

    #[inline]
    pub(super) fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.divisor += other.divisor;
    }
}

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

/// What a graph is built from.
pub(super) struct Build<'a> {
    pub(super) profile: &'a Filtered<'a>,
    pub(super) nodes: &'a Nodes,
    pub(super) values: &'a Values,
    /// Labels are shown beside nodes.
    pub(super) with_tags: bool,
    /// Formats numeric tags; used with tags.
    pub(super) tag_label: &'a dyn Fn(i64) -> String,
    pub(super) expanded_frames: u64,
    pub(super) drop_negative: bool,
}

const UNSEEN: u32 = u32::MAX;

impl Build<'_> {
    /// The graph of the nodes in `kept`, or of all.
    pub(super) fn graph(&self, kept: Option<&[bool]>) -> Result<Graph> {
        let count = self.nodes.infos.len();
        let node = |info| Node {
            info,
            flat: Weight::default(),
            cum: Weight::default(),
            parent: None,
            tags: NodeTags::default(),
        };
        let mut graph =
            Graph { nodes: (0..count as NodeId).map(node).collect(), edges: Vec::new(), shown: Vec::new() };
        let mut between: Map<(Place, Place), u32> = Map::default();
        let mut seen = vec![UNSEEN; count];
        let mut index = 0_u32;
        let mut budget = Budget::new(self.expanded_frames);
        self.profile.each_sample(self.want(), &mut |sample| {
            let weight = self.values.weight(sample.values);
            index = index.wrapping_add(1);
            if weight == Weight::default() || budget.is_spent() {
                return;
            }
            let tags = self.with_tags.then(|| self.tags(sample.labels));
            let mut parent: Option<Place> = None;
            let mut residual = false;
            for location in sample.stack.iter().rev() {
                let frames = self.nodes.of(*location);
                budget.take(frames.len() as u64 - 1);
                for (at, &info) in frames.iter().enumerate().rev() {
                    if kept.is_some_and(|kept| !kept[info as usize]) {
                        residual = true;
                        continue;
                    }
                    if seen[info as usize] != index {
                        seen[info as usize] = index;
                        let node = &mut graph.nodes[info as usize];
                        node.cum.add(weight);
                        if let Some(tags) = &tags {
                            node.tags.add(tags, weight, false);
                        }
                    }
                    if let Some(parent) = parent.filter(|&parent| parent != info) {
                        let inline = at + 1 != frames.len();
                        graph.connect(&mut between, parent, info, weight, residual, inline, index);
                    }
                    parent = Some(info);
                    residual = false;
                }
            }
            if let Some(leaf) = parent.filter(|_| !residual) {
                let node = &mut graph.nodes[leaf as usize];
                node.flat.add(weight);
                if let Some(tags) = &tags {
                    node.tags.add(tags, weight, true);
                }
            }
        });
        budget.check(self.expanded_frames)?;
        self.finish(&mut graph);
        Ok(graph)
    }

    /// The graph in which every path from a root is a node of its own.
    pub(super) fn tree(&self) -> Result<Graph> {
        let mut graph = Graph { nodes: Vec::new(), edges: Vec::new(), shown: Vec::new() };
        // The edge into each node but a root; nodes and edges are made together.
        let mut children: Map<(Option<Place>, NodeId), (Place, Option<u32>)> = Map::default();
        let mut budget = Budget::new(self.expanded_frames);
        self.profile.each_sample(self.want(), &mut |sample| {
            let weight = self.values.weight(sample.values);
            if weight == Weight::default() || budget.is_spent() {
                return;
            }
            let tags = self.with_tags.then(|| self.tags(sample.labels));
            let mut parent: Option<Place> = None;
            for location in sample.stack.iter().rev() {
                let frames = self.nodes.of(*location);
                budget.take(frames.len() as u64 - 1);
                for (at, &info) in frames.iter().enumerate().rev() {
                    let inline = at + 1 != frames.len();
                    let (place, edge) =
                        *children.entry((parent, info)).or_insert_with(|| graph.add(info, parent, inline));
                    let node = &mut graph.nodes[place as usize];
                    node.cum.add(weight);
                    if let Some(tags) = &tags {
                        node.tags.add(tags, weight, false);
                    }
                    if let Some(edge) = edge {
                        let edge = &mut graph.edges[edge as usize];
                        edge.weight.add(weight);
                        edge.inline &= inline;
                    }
                    parent = Some(place);
                }
            }
            if let Some(leaf) = parent {
                let node = &mut graph.nodes[leaf as usize];
                node.flat.add(weight);
                if let Some(tags) = &tags {
                    node.tags.add(tags, weight, true);
                }
            }
        });
        budget.check(self.expanded_frames)?;
        self.finish(&mut graph);
        Ok(graph)
    }

    /// What a pass over the samples needs; those that weigh nothing are not looked at.
    pub(super) fn want(&self) -> Want {
        Want { stacks: true, labels: self.with_tags, only_with: self.values.only_column() }
    }

    fn tags(&self, labels: &[crate::pprof::types::Label]) -> super::node_tags::SampleTags {
        super::node_tags::SampleTags::new(self.profile.source(), labels, self.tag_label)
    }

    pub(super) fn finish(&self, graph: &mut Graph) {
        let negative = |node: &Node| node.flat.sum < 0 || node.flat.sum == 0 && node.cum.sum < 0;
        graph.shown = (0..graph.nodes.len() as Place)
            .filter(|&place| {
                let node = &graph.nodes[place as usize];
                (node.flat.sum != 0 || node.cum.sum != 0) && !(self.drop_negative && negative(node))
            })
            .collect();
    }
}

impl Graph {
    pub(super) fn node(&self, place: Place) -> &Node {
        &self.nodes[place as usize]
    }

    #[expect(clippy::too_many_arguments, reason = "the hot path: one call a frame")]
    #[inline]
    fn connect(
        &mut self,
        between: &mut Map<(Place, Place), u32>,
        from: Place,
        to: Place,
        weight: Weight,
        residual: bool,
        inline: bool,
        sample: u32,
    ) {
        let next = self.edges.len() as u32;
        let id = *between.entry((from, to)).or_insert(next);
        if id == next {
            self.edges.push(Edge::new(from, to, true));
        }
        let edge = &mut self.edges[id as usize];
        edge.count(weight, sample, inline, residual);
    }

    /// Adds a node of a call tree, and the edge that leads to it.
    fn add(&mut self, info: NodeId, parent: Option<Place>, inline: bool) -> (Place, Option<u32>) {
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
    pub(super) fn count(&mut self, weight: Weight, sample: u32, inline: bool, residual: bool) {
        if self.seen != sample {
            self.seen = sample;
            self.residual |= residual;
            self.weight.add(weight);
            self.inline &= inline;
        }
    }
}

/// Frames that inlining may still add.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new(max: u64) -> Self {
        Self(max)
    }

    #[inline]
    pub(super) fn take(&mut self, frames: u64) {
        self.0 = self.0.saturating_sub(frames);
    }

    #[inline]
    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    pub(super) fn check(&self, max: u64) -> Result<()> {
        if self.is_spent() {
            let detail = format!("inlined calls make more than {max} frames (Options::expanded_frames)");
            return Err(Error::new(ErrorKind::Limit).detail(detail));
        }
        Ok(())
    }
}
