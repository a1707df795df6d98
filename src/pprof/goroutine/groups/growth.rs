//! How groups change from snapshot to snapshot.

use super::key::{Key, Keys};
use super::snapshot::{Group, Snapshot};
use crate::table::{Map, SortRows};

/// A group in each of several snapshots.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Growth {
    /// The same for the same group in any number of files and in any run: 16 hexadecimal digits.
    pub id: String,
    /// The group, as it is in the last snapshot that has it.
    pub group: Group,
    /// How many goroutines it has in each snapshot.
    pub counts: Vec<u64>,
    /// Which of each snapshot's groups it is, as indices of [`Snapshot::groups`].
    #[cfg_attr(feature = "serde", serde(skip))]
    pub members: Vec<Vec<usize>>,
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
/// Groups are the same if their stacks are, what they wait for, and what they were grouped by. What the form
/// of one snapshot does not say (debug=1 has no states, profiles have no creators) fits anything that another
/// one says.
pub fn growth(snapshots: &[Snapshot]) -> Vec<Growth> {
    let keys = Keys::of(snapshots);
    let mut rows: Vec<Growth> = Vec::new();
    let mut by_key: Map<Key, usize> = Map::default();
    for (at, snapshot) in snapshots.iter().enumerate() {
        for (index, group) in snapshot.groups().iter().enumerate() {
            let next = rows.len();
            let key = keys.key(snapshot, group);
            let id = key.id();
            let row = *by_key.entry(key).or_insert(next);
            if row == next {
                let (counts, members) = (vec![0; snapshots.len()], vec![Vec::new(); snapshots.len()]);
                rows.push(Growth { id, group: group.clone(), counts, members });
            }
            let Some(row) = rows.get_mut(row) else { continue };
            let (Some(count), Some(members)) = (row.counts.get_mut(at), row.members.get_mut(at)) else {
                continue;
            };
            if members.is_empty() {
                row.group.follow(group);
            } else {
                row.group.add(group);
            }
            *count = count.saturating_add(group.count);
            members.push(index);
        }
    }
    rows.sort_rows_by_key(|row| (std::cmp::Reverse(row.change()), std::cmp::Reverse(row.group.count)));
    rows
}
