//! A table by stack and something small beside it.

use std::hash::Hash;

use crate::intern::Map;
use crate::trace::StackId;

/// No entry yet.
const NONE: u32 = u32::MAX;

/// Values by stack and key. Handles of stacks are dense, and nearly every stack comes with one key only: the first
/// key of each is found without hashing.
#[derive(Debug)]
pub(super) struct StackTable<K, V> {
    /// By stack: the first entry's position.
    first: Vec<u32>,
    others: Map<(StackId, K), u32>,
    entries: Vec<(StackId, K, V)>,
}

impl<K, V> Default for StackTable<K, V> {
    fn default() -> Self {
        Self { first: Vec::new(), others: Map::default(), entries: Vec::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Default> StackTable<K, V> {
    /// The value for a stack and key, made if it is not there. `stacks` is how many stacks there are.
    #[inline]
    pub(super) fn at(&mut self, stack: StackId, key: K, stacks: usize) -> &mut V {
        let slot = stack.index().min(stacks);
        if slot >= self.first.len() {
            self.first.resize(slot + 1, NONE);
        }
        let first = self.first[slot];
        let known = self.entries.get(first as usize).is_some_and(|entry| (entry.0, entry.1) == (stack, key));
        let at = if known { first } else { self.find(slot, stack, key) };
        &mut self.entries[at as usize].2
    }

    #[cold]
    fn find(&mut self, slot: usize, stack: StackId, key: K) -> u32 {
        let next = u32::try_from(self.entries.len()).unwrap_or(NONE);
        let at = if self.first[slot] == NONE {
            self.first[slot] = next;
            next
        } else {
            *self.others.entry((stack, key)).or_insert(next)
        };
        if at == next {
            self.entries.push((stack, key, V::default()));
        }
        at
    }

    /// All entries, in order of their making.
    pub(super) fn into_entries(self) -> Vec<(StackId, K, V)> {
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_one_value() {
        let mut table = StackTable::<u8, u32>::default();
        for (stack, key) in [(3, 1), (3, 2), (0, 1), (3, 1), (3, 2), (9, 1), (9, 1)] {
            *table.at(StackId(stack), key, 4) += 1;
        }
        let mut entries: Vec<_> =
            table.into_entries().into_iter().map(|(id, key, n)| (id.index(), key, n)).collect();
        entries.sort_unstable();
        assert_eq!(entries, [(0, 1, 1), (3, 1, 2), (3, 2, 2), (9, 1, 2)]);
    }
}
