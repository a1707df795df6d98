//! Making a graph in one pass over the samples: one node per function, or per path from a root.
//!
//! Source of the facts: google/pprof, `internal/graph/graph.go`.

use super::node::{NodeId, Nodes};
use super::tags::{NodeTags, SampleTags, Side, Tagging};
use super::values::{Values, Weight};
use super::{Call, Graph, Node, Slot, UNSEEN};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::filter::Filtered;
use crate::pprof::source::Want;
use crate::pprof::types::Label;
use crate::table::Map;

/// What a graph is built from.
pub(crate) struct Build<'a> {
    pub(crate) profile: &'a Filtered<'a>,
    pub(crate) nodes: &'a Nodes,
    pub(crate) values: &'a Values,
    /// Labels are shown beside nodes.
    pub(crate) with_tags: bool,
    /// How numeric labels are shown.
    pub(crate) tags: Tagging<'a>,
    pub(crate) expanded_frames: u64,
    pub(crate) drop_negative: bool,
}

impl Build<'_> {
    /// The graph of the nodes in `kept`, or of all.
    pub(crate) fn graph(&self, kept: Option<&[bool]>) -> Result<Graph> {
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
        let mut between: Map<(Slot, Slot), u32> = Map::default();
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
            let mut parent: Option<Slot> = None;
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
                        graph.nodes[info as usize].add(weight, tags.as_ref(), Side::Cum);
                    }
                    if let Some(parent) = parent.filter(|&parent| parent != info) {
                        let call = Call { residual, inline: at + 1 != frames.len() };
                        graph.connect(&mut between, parent, info, weight, call, index);
                    }
                    parent = Some(info);
                    residual = false;
                }
            }
            if let Some(leaf) = parent.filter(|_| !residual) {
                graph.nodes[leaf as usize].add(weight, tags.as_ref(), Side::Flat);
            }
        });
        budget.check(self.expanded_frames)?;
        self.finish(&mut graph);
        Ok(graph)
    }

    /// The graph with one node per path from a root.
    pub(crate) fn tree(&self) -> Result<Graph> {
        let mut graph = Graph { nodes: Vec::new(), edges: Vec::new(), shown: Vec::new() };
        // The edge into each node but a root; nodes and edges are made together.
        let mut children: Map<(Option<Slot>, NodeId), (Slot, Option<u32>)> = Map::default();
        let mut budget = Budget::new(self.expanded_frames);
        self.profile.each_sample(self.want(), &mut |sample| {
            let weight = self.values.weight(sample.values);
            if weight == Weight::default() || budget.is_spent() {
                return;
            }
            let tags = self.with_tags.then(|| self.tags(sample.labels));
            let mut parent: Option<Slot> = None;
            for location in sample.stack.iter().rev() {
                let frames = self.nodes.of(*location);
                budget.take(frames.len() as u64 - 1);
                for (at, &info) in frames.iter().enumerate().rev() {
                    let inline = at + 1 != frames.len();
                    let (slot, edge) =
                        *children.entry((parent, info)).or_insert_with(|| graph.add(info, parent, inline));
                    graph.nodes[slot as usize].add(weight, tags.as_ref(), Side::Cum);
                    if let Some(edge) = edge {
                        let edge = &mut graph.edges[edge as usize];
                        edge.weight.add(weight);
                        edge.inline &= inline;
                    }
                    parent = Some(slot);
                }
            }
            if let Some(leaf) = parent {
                graph.nodes[leaf as usize].add(weight, tags.as_ref(), Side::Flat);
            }
        });
        budget.check(self.expanded_frames)?;
        self.finish(&mut graph);
        Ok(graph)
    }

    /// What a pass over the samples needs; samples that weigh nothing may come empty.
    pub(crate) fn want(&self) -> Want {
        Want { stacks: true, labels: self.with_tags, only_with: self.values.only_column() }
    }

    fn tags(&self, labels: &[Label]) -> SampleTags {
        SampleTags::new(self.profile.source(), labels, &self.tags)
    }

    pub(crate) fn finish(&self, graph: &mut Graph) {
        let negative = |node: &Node| node.flat.sum < 0 || node.flat.sum == 0 && node.cum.sum < 0;
        graph.shown = (0..graph.nodes.len() as Slot)
            .filter(|&slot| {
                let node = &graph.nodes[slot as usize];
                (node.flat.sum != 0 || node.cum.sum != 0) && !(self.drop_negative && negative(node))
            })
            .collect();
    }
}

/// Frames that inlining may still add.
pub(crate) struct Budget(u64);

impl Budget {
    pub(crate) fn new(max: u64) -> Self {
        Self(max)
    }

    #[inline]
    pub(crate) fn take(&mut self, frames: u64) {
        self.0 = self.0.saturating_sub(frames);
    }

    #[inline]
    pub(crate) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    pub(crate) fn check(&self, max: u64) -> Result<()> {
        if self.is_spent() {
            let detail = format!("inlined calls make more than {max} frames (Options::expanded_frames)");
            return Err(Error::new(ErrorKind::Limit).detail(detail));
        }
        Ok(())
    }
}
