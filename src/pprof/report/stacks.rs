//! Stacks by name with their values added up: what flame graphs are drawn from.

use super::{Kind, Report};
use crate::intern::Map;
use crate::pprof::source::Want;

/// Stacks of names, root first, in byte order of the names; values are those of the report's column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stacks {
    /// The name of each frame, as the profile has it.
    pub(crate) names: Vec<Vec<u8>>,
    /// Indices of names, root first, and the value.
    pub(crate) rows: Vec<(Vec<u32>, i128)>,
}

impl Report<'_> {
    /// The stacks that the filters leave, at the report's granularity; samples of one stack are added up.
    pub(crate) fn stacks(&self) -> Stacks {
        let nodes = self.nodes(Kind::Untrimmed);
        let mut sums: Map<Vec<u32>, i128> = Map::default();
        let mut stack = Vec::new();
        self.profile.each_sample(Want::STACKS, &mut |sample| {
            let value = self.values.weight(sample.values).value();
            if value == 0 || sample.stack.is_empty() {
                return;
            }
            stack.clear();
            stack.extend(sample.stack.iter().rev().flat_map(|&location| nodes.of(location).iter().rev()));
            match sums.get_mut(&stack) {
                Some(sum) => *sum += value,
                None => drop(sums.insert(stack.clone(), value)),
            }
        });
        let names: Vec<Vec<u8>> =
            (0..nodes.infos.len() as u32).map(|node| nodes.name(node).into_owned()).collect();
        let mut rows: Vec<(Vec<u32>, i128)> = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
        rows.sort_by(|a, b| {
            let texts =
                |row: &(Vec<u32>, i128)| row.0.iter().map(|&node| &names[node as usize]).collect::<Vec<_>>();
            texts(a).cmp(&texts(b))
        });
        Stacks { names, rows }
    }
}
