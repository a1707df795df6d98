//! Values of nodes in one pass, and the edges between the nodes that are shown in another.
//!
//! Leaving nodes out changes neither the flat nor the cumulative value of the others, so one pass over the
//! samples gives all values. Where values alone decide what is shown, only the edges between the few nodes
//! that are left are built.

use super::build::{Budget, Build};
use super::node::NodeId;
use super::tags::NodeTags;
use super::values::Weight;
use super::{Call, Edge, Graph, Node, Slot};
use crate::error::Result;
use crate::pprof::LocationId;
use crate::table::Map;

/// Which edges are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    All,
    /// Those to nodes that are inlined somewhere: they show whether a function was inlined.
    IntoInlined,
}

/// Up to this many nodes, a table finds their edges.
const DENSE: usize = 512;

impl Build<'_> {
    /// All nodes with their values; no edges.
    pub(crate) fn values_only(&self) -> Result<Graph> {
        let count = self.nodes.infos.len();
        let (mut flat, mut cum) = (vec![Weight::default(); count], vec![Weight::default(); count]);
        let mut seen = vec![0_u32; count];
        let mut index = 0_u32;
        let mut budget = Budget::new(self.expanded_frames);
        self.profile.each_sample(self.want(), &mut |sample| {
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

    /// The edges between the nodes of `kept`.
    pub(crate) fn edges_between(&self, kept: &[bool], wanted: Edges) -> Vec<Edge> {
        let all = wanted == Edges::All;
        if !all && !self.nodes.inlined.iter().zip(kept).any(|(inlined, kept)| *inlined && *kept) {
            return Vec::new();
        }
        let steps = Steps::new(self, kept);
        let mut edges: Vec<Edge> = Vec::new();
        let mut between = Between::new(kept);
        let mut index = 0_u32;
        self.profile.each_sample(self.want(), &mut |sample| {
            let weight = self.values.weight(sample.values);
            index = index.wrapping_add(1);
            if weight == Weight::default() {
                return;
            }
            let mut parent: Option<Slot> = None;
            let mut residual = false;
            for &location in sample.stack.iter().rev() {
                let (found, tail) = steps.of(location);
                for step in found {
                    residual |= step.residual;
                    if all || step.inlined_somewhere {
                        if let Some(from) = parent.filter(|&parent| parent != step.node) {
                            let next = edges.len() as u32;
                            let id = between.id(from, step.node, next);
                            if id == next {
                                edges.push(Edge::new(from, step.node, true));
                            }
                            edges[id as usize].count(weight, index, Call { residual, inline: step.inline });
                        }
                    }
                    parent = Some(step.node);
                    residual = false;
                }
                residual |= tail;
            }
        });
        edges
    }
}

/// The kept nodes of every location, outermost call first.
struct Steps {
    steps: Vec<Step>,
    /// End of each location's steps, and whether a node after the last of them was left out.
    ends: Vec<(u32, bool)>,
}

/// A kept node of a location.
#[derive(Clone, Copy)]
struct Step {
    node: NodeId,
    /// A node of the location before it was left out.
    residual: bool,
    /// It is inlined here.
    inline: bool,
    /// It is inlined here or elsewhere.
    inlined_somewhere: bool,
}

impl Steps {
    fn new(build: &Build<'_>, kept: &[bool]) -> Self {
        let count = build.profile.location_count();
        let mut all = Self { steps: Vec::new(), ends: Vec::with_capacity(count) };
        for location in 0..count as u32 {
            let frames = build.nodes.of(LocationId::from_index(location));
            let mut residual = false;
            for (at, &node) in frames.iter().enumerate().rev() {
                if !kept[node as usize] {
                    residual = true;
                    continue;
                }
                let inlined_somewhere = build.nodes.inlined[node as usize];
                let inline = at + 1 != frames.len();
                all.steps.push(Step { node, residual, inline, inlined_somewhere });
                residual = false;
            }
            all.ends.push((all.steps.len() as u32, residual));
        }
        all
    }

    #[inline]
    fn of(&self, location: LocationId) -> (&[Step], bool) {
        let index = location.index();
        let from = index.checked_sub(1).map_or(0, |before| self.ends[before].0);
        let (to, tail) = self.ends[index];
        (&self.steps[from as usize..to as usize], tail)
    }
}

/// Finds the edge between two nodes.
enum Between {
    /// The rank of each node among the kept ones; and for each two ranks the edge, [`u32::MAX`] where there
    /// is no edge.
    Table {
        rank: Vec<u16>,
        count: usize,
        edges: Vec<u32>,
    },
    Map(Map<(Slot, Slot), u32>),
}

impl Between {
    fn new(kept: &[bool]) -> Self {
        let count = kept.iter().filter(|kept| **kept).count();
        if count > DENSE {
            return Self::Map(Map::default());
        }
        let mut rank = vec![0; kept.len()];
        let places = kept.iter().enumerate().filter(|(_, kept)| **kept);
        for (at, (slot, _)) in places.enumerate() {
            rank[slot] = at as u16;
        }
        Self::Table { rank, count, edges: vec![u32::MAX; count * count] }
    }

    /// The edge between two nodes, which is `next` when it is new.
    #[inline]
    fn id(&mut self, from: Slot, to: Slot, next: u32) -> u32 {
        match self {
            Self::Table { rank, count, edges } => {
                let (from, to) = (usize::from(rank[from as usize]), usize::from(rank[to as usize]));
                let edge = &mut edges[from * *count + to];
                if *edge == u32::MAX {
                    *edge = next;
                }
                *edge
            }
            Self::Map(edges) => *edges.entry((from, to)).or_insert(next),
        }
    }
}
