//! How groups change from snapshot to snapshot.

use super::snapshot::{Group, Snapshot};
use crate::symbol::FuncKey;
use crate::table::Map;

/// A group in each of several snapshots.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Growth {
    /// The group, as it is in the last snapshot that has it.
    pub group: Group,
    /// How many goroutines it has in each snapshot.
    pub counts: Vec<u64>,
}

impl Growth {
    /// Last count less the first.
    pub fn change(&self) -> i64 {
        let first = self.counts.first().copied().unwrap_or(0);
        let last = self.counts.last().copied().unwrap_or(0);
        i64::try_from(i128::from(last) - i128::from(first)).unwrap_or(i64::MAX)
    }

    /// How many steps go up, and how many down.
    pub fn steps(&self) -> (usize, usize) {
        let steps = self.counts.iter().zip(self.counts.iter().skip(1));
        steps.fold((0, 0), |(up, down), (a, b)| (up + usize::from(b > a), down + usize::from(b < a)))
    }

    /// How many goroutines one snapshot adds to the one before, on average.
    pub fn mean_step(&self) -> f64 {
        self.change() as f64 / (self.counts.len().saturating_sub(1).max(1)) as f64
    }
}

/// Follows every group through `snapshots`, given in the order of time. The fastest growing come first.
///
/// Groups are the same if stack, wait class and labels are; state and creator do not count, because profiles
/// lack them.
pub fn growth(snapshots: &[Snapshot]) -> Vec<Growth> {
    let mut rows: Vec<Growth> = Vec::new();
    let mut by_key: Map<Vec<Vec<u8>>, usize> = Map::default();
    for (at, snapshot) in snapshots.iter().enumerate() {
        for group in snapshot.groups() {
            let next = rows.len();
            let row = *by_key.entry(key(group)).or_insert(next);
            if row == next {
                rows.push(Growth { group: group.clone(), counts: vec![0; snapshots.len()] });
            }
            let Some(row) = rows.get_mut(row) else { continue };
            let count = row.counts.get(at).map_or(0, |count| count.saturating_add(group.count));
            if let Some(slot) = row.counts.get_mut(at) {
                *slot = count;
            }
            row.group = Group { count, ..group.clone() };
        }
    }
    rows.sort_by_key(|row| (std::cmp::Reverse(row.change()), std::cmp::Reverse(row.group.count)));
    rows
}

fn key(group: &Group) -> Vec<Vec<u8>> {
    let class = group.class.name().as_bytes().to_vec();
    let labels = group.labels.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
    let funcs = group.stack.iter().map(|frame| FuncKey::as_bytes(&frame.func).to_vec());
    std::iter::once(class).chain(funcs).chain([Vec::new()]).chain(labels).collect()
}
