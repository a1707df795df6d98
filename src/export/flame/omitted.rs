//! What a picture leaves out.

use std::fmt;

use super::layout::Frame;
use super::tree::Tree;

/// What a flame graph leaves out, because it has no width or the picture's limits are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Omitted {
    /// Frames that are not drawn, because there are wider ones enough.
    pub narrow_frames: usize,
    /// The share of the whole that the widest of these has, from 0 to 1.
    pub narrow_share: f64,
    /// Samples of which only the outer frames are drawn.
    pub shortened_samples: u64,
    /// Stacks whose value is below 0.
    pub negative_stacks: u64,
    /// Frames that only the earlier profile has.
    pub vanished_frames: usize,
}

impl Omitted {
    pub(super) fn new(tree: &Tree, drawn: &[Frame]) -> Self {
        let total = tree.total().after;
        let mut is_drawn = vec![false; tree.nodes.len()];
        for frame in drawn {
            is_drawn[frame.node as usize] = true;
        }
        let mut omitted =
            Self { shortened_samples: tree.shortened, negative_stacks: tree.negative, ..Self::default() };
        for (node, _) in tree.nodes.iter().zip(is_drawn).filter(|(_, is_drawn)| !is_drawn) {
            if node.total.after > 0 {
                omitted.narrow_frames += 1;
                omitted.narrow_share = omitted.narrow_share.max(node.total.after as f64 / total as f64);
            } else if node.total.before > 0 {
                omitted.vanished_frames += 1;
            }
        }
        omitted
    }

    /// Nothing is left out.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A sentence for people; empty where nothing is left out.
impl fmt::Display for Omitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.narrow_frames > 0 {
            let share = self.narrow_share * 100.0;
            parts.push(format!("{} frames of at most {share:.2}% each", self.narrow_frames));
        }
        if self.shortened_samples > 0 {
            parts.push(format!("the innermost frames of {} samples", self.shortened_samples));
        }
        if self.negative_stacks > 0 {
            parts.push(format!("{} stacks of negative value", self.negative_stacks));
        }
        if self.vanished_frames > 0 {
            parts.push(format!("{} frames that only the earlier profile has", self.vanished_frames));
        }
        if parts.is_empty() {
            return Ok(());
        }
        write!(f, "Not drawn: {}.", parts.join("; "))
    }
}
