//! A seeded open-addressing index from keys kept elsewhere to `u32` positions.

use std::hash::BuildHasher;

/// Positions found by the hash of their key; the owner of the keys compares them. The seed is random, so an
/// input cannot choose keys that collide.
#[derive(Clone, Debug)]
pub(crate) struct PositionIndex {
    /// Hash in the upper half, position + 1 in the lower; 0 is free. Empty or a power of two long.
    slots: Vec<u64>,
    used: usize,
    seed: foldhash::fast::RandomState,
    /// For numbers, which need two rounds to spread well whatever the seed.
    numbers: [u64; 2],
}

impl Default for PositionIndex {
    fn default() -> Self {
        let seed = foldhash::fast::RandomState::default();
        let numbers = [seed.hash_one(0u8), seed.hash_one(1u8) | 1];
        Self { slots: Vec::new(), used: 0, seed, numbers }
    }
}

impl PositionIndex {
    /// The hash of `key` in this index.
    #[inline(always)]
    pub(crate) fn hash(&self, key: impl std::hash::Hash) -> u32 {
        (self.seed.hash_one(key) >> 32) as u32
    }

    /// The hash of the number `key` in this index.
    #[inline(always)]
    pub(crate) fn hash_number(&self, key: i64) -> u32 {
        let [first, second] = self.numbers;
        let mixed = (key as u64 ^ first).wrapping_mul(second);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as u32
    }

    /// The position under `hash` for which `is_it` holds.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut bucket = hash as usize & mask;
        loop {
            let slot = *self.slots.get(bucket)?;
            if slot == 0 {
                return None;
            }
            if (slot >> 32) as u32 == hash && is_it(slot as u32 - 1) {
                return Some(slot as u32 - 1);
            }
            bucket = (bucket + 1) & mask;
        }
    }

    /// Removes all.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(0);
        self.used = 0;
    }

    /// Adds a position whose key is not there yet.
    pub(crate) fn insert(&mut self, hash: u32, position: u32) {
        if (self.used + 1) * 2 > self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![0; (old.len() * 2).max(16)];
            for slot in old.into_iter().filter(|&slot| slot != 0) {
                self.put(slot);
            }
        }
        self.put(u64::from(hash) << 32 | u64::from(position + 1));
        self.used += 1;
    }

    fn put(&mut self, new: u64) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut bucket = (new >> 32) as usize & mask;
        while let Some(slot) = self.slots.get_mut(bucket) {
            if *slot == 0 {
                *slot = new;
                return;
            }
            bucket = (bucket + 1) & mask;
        }
    }

    /// Removes `position`, which was added under `hash`. The entries after it in its run move up, so that no
    /// tombstone remains.
    pub(crate) fn remove(&mut self, hash: u32, position: u32) {
        let mask = self.slots.len().wrapping_sub(1);
        let gone = u64::from(hash) << 32 | u64::from(position + 1);
        let mut hole = hash as usize & mask;
        loop {
            match self.slots.get(hole) {
                None | Some(0) => return,
                Some(&slot) if slot == gone => break,
                Some(_) => hole = (hole + 1) & mask,
            }
        }
        let mut next = hole;
        loop {
            next = (next + 1) & mask;
            let slot = self.slots.get(next).copied().unwrap_or(0);
            if slot == 0 {
                break;
            }
            let home = (slot >> 32) as usize & mask;
            if next.wrapping_sub(home) & mask >= next.wrapping_sub(hole) & mask {
                if let Some(place) = self.slots.get_mut(hole) {
                    *place = slot;
                }
                hole = next;
            }
        }
        if let Some(place) = self.slots.get_mut(hole) {
            *place = 0;
        }
        self.used -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_map(steps: Vec<(bool, u8)>) {
            let mut index = PositionIndex::default();
            let mut truth = std::collections::BTreeSet::new();
            for (add, key) in steps {
                let hash = index.hash_number(i64::from(key / 3));
                let found = index.find(hash, |position| position == u32::from(key));
                prop_assert_eq!(found.is_some(), truth.contains(&key));
                match (add, found) {
                    (true, None) => { index.insert(hash, u32::from(key)); truth.insert(key); }
                    (false, Some(position)) => { index.remove(hash, position); truth.remove(&key); }
                    _ => {}
                }
            }
            for key in 0..=255u8 {
                let found = index.find(index.hash_number(i64::from(key / 3)), |position| position == u32::from(key));
                prop_assert_eq!(found.is_some(), truth.contains(&key));
            }
        }
    }
}
