//! Values of nodes without a graph: what a table of the top functions needs, and no more.
//!
//! Leaving nodes out changes neither the flat nor the cumulative value of those that stay, so that one pass over the
//! samples gives all values. Edges are needed only to say which functions were inlined; a second pass follows the few
//! nodes that are shown.

use super::graph::{Budget, Build, Edge, Graph, Node, Place, Weight};
use super::node::NodeId;
use super::node_tags::NodeTags;
use crate::error::Result;
use crate::intern::Map;
use crate::pprof::LocationId;
use crate::pprof::sample_source::Want;

impl Build<'_> {
    /// All nodes with their values; no edges.
    pub(super) fn values_only(&self) -> Result<Graph> {
        let count = self.nodes.infos.len();
        let (mut flat, mut cum) = (vec![Weight::default(); count], vec![Weight::default(); count]);
        let mut seen = vec![0_u32; count];
        let mut index = 0_u32;
        let mut budget = Budget::new(self.expanded_frames);
        self.profile.each_sample(Want::STACKS, &mut |sample| {
            let weight = self.values.weight(sample.values);
            if weight == Weight::default() || budget.is_spent() {
                return;
            }
            // Stamps run out after four billion samples; then all are cleared.
            index = index.wrapping_add(1);
            if index == 0 {
                seen.fill(0);
                index = 1;
            }
            for &location in sample.stack {
                let frames = self.nodes.of(location);
                budget.take(frames.len() as u64 - 1);
                for &node in frames {
                    let stamp = &mut seen[node as usize];
                    if *stamp != index {
                        *stamp = index;
                        cum[node as usize].add(weight);
                    }
                }
            }
            if let Some(&leaf) = sample.stack.first() {
                flat[self.nodes.of(leaf)[0] as usize].add(weight);
            }
        });
        budget.check(self.expanded_frames)?;
        let nodes = (flat.into_iter().zip(cum).enumerate())
            .map(|(info, (flat, cum))| {
                let info = info as NodeId;
                Node { info, flat, cum, parent: None, tags: NodeTags::default() }
            })
            .collect();
        let mut graph = Graph { nodes, edges: Vec::new(), shown: Vec::new() };
        self.finish(&mut graph);
        Ok(graph)
    }

    /// The edges between kept nodes that lead to nodes that are inlined somewhere.
    pub(super) fn edges_into_inlined(&self, kept: Option<&[bool]>) -> Vec<Edge> {
        let is_kept = |node: NodeId| kept.is_none_or(|kept| kept[node as usize]);
        if !(0..self.nodes.inlined.len()).any(|node| self.nodes.inlined[node] && is_kept(node as NodeId)) {
            return Vec::new();
        }
        let steps = Steps::new(self, is_kept);
        let mut edges: Vec<Edge> = Vec::new();
        let mut between: Map<(Place, Place), u32> = Map::default();
        let mut index = 0_u32;
        self.profile.each_sample(Want::STACKS, &mut |sample| {
            let weight = self.values.weight(sample.values);
            if weight == Weight::default() {
                return;
            }
            index = index.wrapping_add(1);
            let mut parent: Option<Place> = None;
            for &location in sample.stack.iter().rev() {
                for step in steps.of(location) {
                    if step.inlined_somewhere {
                        if let Some(from) = parent.filter(|&parent| parent != step.node) {
                            let next = edges.len() as u32;
                            let id = *between.entry((from, step.node)).or_insert(next);
                            if id == next {
                                edges.push(Edge::new(from, step.node, true));
                            }
                            edges[id as usize].count(weight, index, step.inline);
                        }
                    }
                    parent = Some(step.node);
                }
            }
        });
        edges
    }
}

/// The kept nodes of every location, outermost call first.
struct Steps {
    steps: Vec<Step>,
    /// End of each location's steps.
    ends: Vec<u32>,
}

/// A kept node of a location.
#[derive(Clone, Copy)]
struct Step {
    node: NodeId,
    /// It is inlined here.
    inline: bool,
    /// It is inlined here or elsewhere.
    inlined_somewhere: bool,
}

impl Steps {
    fn new(build: &Build<'_>, is_kept: impl Fn(NodeId) -> bool) -> Self {
        let count = build.profile.location_count();
        let mut all = Self { steps: Vec::new(), ends: Vec::with_capacity(count) };
        for location in 0..count as u32 {
            let frames = build.nodes.of(LocationId::from_index(location));
            for (at, &node) in frames.iter().enumerate().rev().filter(|(_, node)| is_kept(**node)) {
                let inlined_somewhere = build.nodes.inlined[node as usize];
                all.steps.push(Step { node, inline: at + 1 != frames.len(), inlined_somewhere });
            }
            all.ends.push(all.steps.len() as u32);
        }
        all
    }

    #[inline]
    fn of(&self, location: LocationId) -> &[Step] {
        let index = location.index();
        let from = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.steps[from as usize..self.ends[index] as usize]
    }
}
