//! The tree of calls: what a flame graph shows, added up exactly.

use crate::pprof::report::{Conversion, Report};
use crate::table::Map;

/// The most nodes of a tree, about 200 MB; the inner frames of further stacks are left out.
const MAX_NODES: usize = 1 << 21;

/// The node that stands for all stacks.
pub(super) const ROOT: u32 = 0;

/// A value in the earlier and in the later profile. A picture of one profile has only the later one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) before: i128,
    pub(super) after: i128,
}

/// Which value of a [`Pair`] a report gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side<'a> {
    /// The earlier profile, whose values become those of the later profile's unit.
    Before(Conversion<'a>),
    After,
}

/// A function called from one place of the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Index in the tree's names.
    pub(super) name: u32,
    pub(super) parent: u32,
    /// Frames from the root, which has 0.
    pub(super) depth: u32,
    /// The value of stacks that end here.
    pub(super) own: Pair,
    /// The value of all stacks that pass here.
    pub(super) total: Pair,
}

/// All stacks of a report, or of two.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) names: Vec<Vec<u8>>,
    /// A parent comes before its children.
    pub(super) nodes: Vec<Node>,
    ids: Map<Vec<u8>, u32>,
    children: Map<(u32, u32), u32>,
    max_depth: usize,
    /// Samples read.
    pub(super) samples: u64,
    /// Samples of which the innermost frames are left out, because they are too deep or the tree is full.
    pub(super) shortened: u64,
    /// Stacks of the later profile whose value is below 0, which have no width.
    pub(super) negative: u64,
}

impl Tree {
    /// A tree without stacks, which keeps `max_depth` frames of each.
    pub(super) fn new(max_depth: usize) -> Self {
        let mut tree = Self {
            names: Vec::new(),
            nodes: Vec::new(),
            ids: Map::default(),
            children: Map::default(),
            max_depth,
            samples: 0,
            shortened: 0,
            negative: 0,
        };
        let name = tree.intern(b"all".to_vec());
        tree.nodes.push(Node { name, parent: ROOT, depth: 0, own: Pair::default(), total: Pair::default() });
        tree
    }

    /// Adds all stacks of a report.
    pub(super) fn add(&mut self, report: &Report<'_>, side: Side<'_>) {
        let frames = report.stack_frames();
        let names: Vec<u32> = frames.names().into_iter().map(|name| self.intern(name)).collect();
        report.each_stack(&frames, &mut |stack, value| {
            self.samples += 1;
            let (mut node, mut kept) = (ROOT, 0);
            let mut is_whole = true;
            for frame in stack {
                let name = names.get(frame as usize).copied().filter(|_| kept < self.max_depth);
                let Some(child) = name.and_then(|name| self.child(node, name)) else {
                    is_whole = false;
                    break;
                };
                (node, kept) = (child, kept + 1);
            }
            self.shortened += u64::from(!is_whole);
            let own = &mut self.nodes[node as usize].own;
            match side {
                Side::Before(_) => own.before += value,
                Side::After => own.after += value,
            }
        });
        if let Side::Before(conversion) = side {
            for node in &mut self.nodes {
                node.own.before = conversion.apply(node.own.before);
            }
        }
    }

    /// Adds up the values from the leaves to the root. Stacks below 0 count for nothing.
    pub(super) fn sum(&mut self) {
        for index in (0..self.nodes.len()).rev() {
            let node = &mut self.nodes[index];
            self.negative += u64::from(node.own.after < 0);
            node.own = Pair { before: node.own.before.max(0), after: node.own.after.max(0) };
            node.total.before += node.own.before;
            node.total.after += node.own.after;
            let (parent, total) = (node.parent, node.total);
            if index != ROOT as usize {
                let parent = &mut self.nodes[parent as usize].total;
                parent.before += total.before;
                parent.after += total.after;
            }
        }
    }

    /// The values of all stacks.
    pub(super) fn total(&self) -> Pair {
        self.nodes.first().map_or(Pair::default(), |root| root.total)
    }

    fn intern(&mut self, name: Vec<u8>) -> u32 {
        if let Some(&id) = self.ids.get(&name) {
            return id;
        }
        let id = self.names.len() as u32;
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// The function `name` called from `parent`; none when the tree is full.
    fn child(&mut self, parent: u32, name: u32) -> Option<u32> {
        if let Some(&child) = self.children.get(&(parent, name)) {
            return Some(child);
        }
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let child = self.nodes.len() as u32;
        let depth = self.nodes[parent as usize].depth + 1;
        self.nodes.push(Node { name, parent, depth, own: Pair::default(), total: Pair::default() });
        self.children.insert((parent, name), child);
        Some(child)
    }
}
