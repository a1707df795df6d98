//! Which frames of a tree are drawn, and where.

use std::cmp::Reverse;

use super::tree::{ROOT, Tree};
use crate::table::Map;

/// A frame with its place in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Index of the tree's node.
    pub(super) node: u32,
    /// The row, from the root down.
    pub(super) depth: u32,
    /// The left edge, in percent of the picture's width.
    pub(super) x: f64,
    /// In percent of the picture's width.
    pub(super) width: f64,
}

/// What a picture may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget<F> {
    pub(super) frames: usize,
    pub(super) bytes: u64,
    /// How many bytes the frame of a node takes, given its share of the whole.
    pub(super) cost: F,
}

/// The frames that are drawn, each before those that it calls, wide ones before narrow ones.
///
/// They are the widest ones that the budget allows: as a frame is at least as wide as what it calls, they
/// make a tree.
pub(super) fn lay_out(tree: &Tree, budget: &Budget<impl Fn(u32, f64) -> u64>) -> Vec<Frame> {
    let whole = tree.total().after;
    let share = |value: i128| value as f64 / whole as f64;
    let mut drawn = widest(tree, budget, share);
    let rank = |&id: &u32| {
        let node = &tree.nodes[id as usize];
        (node.parent, Reverse(node.total.after), &tree.names[node.name as usize], id)
    };
    drawn.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)));
    let mut children: Map<u32, &[u32]> = Map::default();
    for siblings in drawn.chunk_by(|a, b| tree.nodes[*a as usize].parent == tree.nodes[*b as usize].parent) {
        children.insert(tree.nodes[siblings[0] as usize].parent, siblings);
    }
    let mut frames = Vec::with_capacity(drawn.len() + 1);
    // Offsets are exact, so that what is deep inside does not drift.
    let mut open = vec![(ROOT, 0i128)];
    while let Some((id, offset)) = open.pop() {
        let node = &tree.nodes[id as usize];
        let (x, width) = (share(offset) * 100.0, share(node.total.after) * 100.0);
        frames.push(Frame { node: id, depth: node.depth, x, width });
        let first = open.len();
        let mut next = offset;
        for &child in children.get(&id).copied().unwrap_or_default() {
            open.push((child, next));
            next += tree.nodes[child as usize].total.after;
        }
        open[first..].reverse();
    }
    frames
}

/// The widest nodes but the root, within the budget.
fn widest(tree: &Tree, budget: &Budget<impl Fn(u32, f64) -> u64>, share: impl Fn(i128) -> f64) -> Vec<u32> {
    let mut nodes: Vec<u32> =
        (1..tree.nodes.len() as u32).filter(|&id| tree.nodes[id as usize].total.after > 0).collect();
    // A parent's index is below its child's, and its value not below: it comes first.
    nodes.sort_unstable_by_key(|&id| (Reverse(tree.nodes[id as usize].total.after), id));
    let mut bytes = 0u64;
    let affordable = nodes.iter().take(budget.frames).take_while(|&&id| {
        bytes += (budget.cost)(id, share(tree.nodes[id as usize].total.after));
        bytes <= budget.bytes
    });
    let len = affordable.count();
    nodes.truncate(len);
    nodes
}
