//! A table by stack and something small beside it.

use std::hash::Hash;

use crate::table::Map;
use crate::trace::StackId;

/// No entry yet.
const NONE: u32 = u32::MAX;

/// Keys of a stack that are looked for one after the other.
const NEAR: usize = 8;

/// Values by stack and key. Handles of stacks are dense, and a stack comes with few keys: the first ones of
/// each are found without hashing. With `LANES`, each stack has several chains of keys.
#[derive(Debug)]
pub(crate) struct StackTable<K, V, const LANES: usize = 1> {
    /// By stack and lane: the first entry's position.
    first: Vec<u32>,
    /// The entries after the first keys of their stack.
    others: Map<(StackId, K), u32>,
    entries: Vec<Entry<K, V>>,
}

#[derive(Debug)]
struct Entry<K, V> {
    stack: StackId,
    key: K,
    value: V,
    /// The position of the next entry of the same slot.
    next: u32,
}

impl<K, V, const LANES: usize> Default for StackTable<K, V, LANES> {
    fn default() -> Self {
        Self { first: Vec::new(), others: Map::default(), entries: Vec::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Default, const LANES: usize> StackTable<K, V, LANES> {
    /// The value for a stack and key, made if it is not there. `stacks` is how many stacks there are.
    #[inline]
    pub(crate) fn at(&mut self, stack: StackId, key: K, stacks: usize) -> &mut V {
        self.in_lane(0, stack, key, stacks)
    }

    /// The same, where the lane of a key is known: goroutines run, block and become runnable again in turn at
    /// one stack, each under a key of its own. A key always has the same lane.
    #[inline]
    pub(crate) fn in_lane(&mut self, lane: usize, stack: StackId, key: K, stacks: usize) -> &mut V {
        let slot = stack.index().min(stacks) * LANES + lane % LANES;
        if slot >= self.first.len() {
            self.first.resize(slot + 1, NONE);
        }
        let first = self.first[slot];
        match self.entries.get(first as usize) {
            Some(entry) if entry.stack == stack && entry.key == key => {
                &mut self.entries[first as usize].value
            }
            _ => self.after(first, slot, stack, key),
        }
    }

    /// The entry in the chain that begins at `index`.
    #[inline(never)]
    fn after(&mut self, mut index: u32, slot: usize, stack: StackId, key: K) -> &mut V {
        let mut last = NONE;
        for _ in 0..NEAR {
            match self.entries.get(index as usize) {
                Some(entry) if entry.stack == stack && entry.key == key => {
                    return &mut self.entries[index as usize].value;
                }
                Some(entry) => (last, index) = (index, entry.next),
                None => return self.append(slot, last, stack, key),
            }
        }
        self.far(stack, key)
    }

    /// Adds an entry after the `last` of its slot.
    #[cold]
    fn append(&mut self, slot: usize, last: u32, stack: StackId, key: K) -> &mut V {
        let index = self.entries.len();
        let position = u32::try_from(index).unwrap_or(NONE);
        match self.entries.get_mut(last as usize) {
            Some(entry) => entry.next = position,
            None => self.first[slot] = position,
        }
        self.entries.push(Entry { stack, key, value: V::default(), next: NONE });
        &mut self.entries[index].value
    }

    /// An entry after the first ones of its slot.
    #[cold]
    fn far(&mut self, stack: StackId, key: K) -> &mut V {
        let next = self.entries.len();
        let slot = *self.others.entry((stack, key)).or_insert(u32::try_from(next).unwrap_or(NONE)) as usize;
        if slot == next {
            self.entries.push(Entry { stack, key, value: V::default(), next: NONE });
        }
        &mut self.entries[slot].value
    }

    /// All entries, in order of their making.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = (StackId, K, V)> {
        self.entries.into_iter().map(|entry| (entry.stack, entry.key, entry.value))
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
        let mut entries: Vec<_> = table.into_entries().map(|(id, key, n)| (id.index(), key, n)).collect();
        entries.sort_unstable();
        assert_eq!(entries, [(0, 1, 1), (3, 1, 2), (3, 2, 2), (9, 1, 2)]);
    }

    #[test]
    fn more_keys_than_are_near_are_kept_apart() {
        let mut table = StackTable::<u8, u32>::default();
        for key in (0..30).chain(0..30).chain(10..20) {
            *table.at(StackId(5), key, 9) += 1;
        }
        let found: Vec<_> = table.into_entries().map(|(_, key, n)| (key, n)).collect();
        let expected: Vec<_> = (0..30).map(|key| (key, 2 + u32::from((10..20).contains(&key)))).collect();
        assert_eq!(found, expected);
    }
}
