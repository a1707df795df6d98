//! Stacks by name with their values added up: what flame graphs are drawn from.

use super::graph::node::Nodes;
use super::{Kind, Report, Unit, units};
use crate::pprof::source::Want;
use crate::table::Map;

/// Stacks of names, root first, in byte order of the names; values are those of the report's column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stacks {
    /// The name of each frame, as the profile has it.
    pub(crate) names: Vec<Vec<u8>>,
    /// Indices of names, root first, and the value.
    pub(crate) rows: Vec<(Vec<u32>, i128)>,
}

/// The frames that a report's stacks are made of, at its granularity.
pub(crate) struct StackFrames(Nodes);

impl StackFrames {
    /// The name of each frame, as the profile has it; frames that differ in hidden details may share one.
    pub(crate) fn names(&self) -> Vec<Vec<u8>> {
        (0..self.0.infos.len() as u32).map(|node| self.0.name(node).into_owned()).collect()
    }
}

impl Report<'_> {
    /// The frames that [`each_stack`](Self::each_stack) names by their indices.
    pub(crate) fn stack_frames(&self) -> StackFrames {
        StackFrames(self.nodes(Kind::Untrimmed))
    }

    /// Gives `visit` each sample that the filters leave: the indices of its frames, root first, and its
    /// value. A stack may come more than once. Nothing is collected: inlining makes a stack longer than the
    /// profile that holds it.
    pub(crate) fn each_stack(
        &self,
        frames: &StackFrames,
        visit: &mut dyn FnMut(&mut dyn Iterator<Item = u32>, i128),
    ) {
        self.profile.each_sample(Want::STACKS, &mut |sample| {
            let value = self.values.weight(sample.values).value();
            if value != 0 && !sample.stack.is_empty() {
                let locations = sample.stack.iter().rev();
                visit(
                    &mut locations.flat_map(|&location| frames.0.of(location).iter().rev().copied()),
                    value,
                );
            }
        });
    }

    /// The stacks that the filters leave, at the report's granularity; samples of one stack are added up.
    pub(crate) fn stacks(&self) -> Stacks {
        let frames = self.stack_frames();
        let mut sums: Map<Vec<u32>, i128> = Map::default();
        let mut stack = Vec::new();
        self.each_stack(&frames, &mut |frames, value| {
            stack.clear();
            stack.extend(frames);
            match sums.get_mut(&stack) {
                Some(sum) => *sum += value,
                None => drop(sums.insert(stack.clone(), value)),
            }
        });
        let names = frames.names();
        let mut rows: Vec<(Vec<u32>, i128)> = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
        rows.sort_by(|a, b| {
            let texts =
                |row: &(Vec<u32>, i128)| row.0.iter().map(|&node| &names[node as usize]).collect::<Vec<_>>();
            texts(a).cmp(&texts(b))
        });
        Stacks { names, rows }
    }

    /// A value of the report as text, in the unit that its options name, or else the one that fits it best.
    pub(crate) fn value_label(&self, value: i128) -> String {
        let unit = match &self.options.unit {
            Unit::Minimum => units::AUTO,
            unit => unit.as_str(),
        };
        if self.options.divide_by == 1.0 && units::scale(1, &self.value_unit, unit).1.is_empty() {
            // A count, whose digits a float might not hold.
            return value.to_string();
        }
        self.format(value, unit)
    }

    /// Whether values are means, which do not add up.
    pub(crate) fn has_means(&self) -> bool {
        self.values.mean
    }
}
