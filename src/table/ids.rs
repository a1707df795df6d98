//! A table by id, for ids that are small and dense in real files, and arbitrary in others.

use super::Map;

/// Values by id: an array for small ids, a hash table for the rest. Never larger than a few times the input.
#[derive(Debug)]
pub(crate) struct Ids<T> {
    dense: Vec<T>,
    sparse: Map<u64, T>,
    /// Ids below this are in the array.
    bound: u64,
    none: T,
}

impl<T: Copy> Ids<T> {
    /// A table whose array has at most `bound` entries; `none` is the value of what was never set.
    pub(crate) fn new(bound: usize, none: T) -> Self {
        Self { dense: Vec::new(), sparse: Map::default(), bound: bound as u64, none }
    }

    /// The value of `id`.
    #[inline(always)]
    pub(crate) fn get(&self, id: u64) -> T {
        if id < self.dense.len() as u64 {
            return self.dense.get(id as usize).copied().unwrap_or(self.none);
        }
        self.get_sparse(id)
    }

    #[inline(never)]
    fn get_sparse(&self, id: u64) -> T {
        if id < self.bound { self.none } else { self.sparse.get(&id).copied().unwrap_or(self.none) }
    }

    /// Sets the value of `id`.
    pub(crate) fn set(&mut self, id: u64, value: T) {
        if id >= self.bound {
            self.sparse.insert(id, value);
            return;
        }
        let index = id as usize;
        if index >= self.dense.len() {
            self.dense.resize(index + 1, self.none);
        }
        if let Some(entry) = self.dense.get_mut(index) {
            *entry = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_huge_ids_are_kept_apart() {
        let mut ids = Ids::new(8, 0u32);
        for id in [0, 7, 8, u64::MAX] {
            assert_eq!(ids.get(id), 0);
            ids.set(id, (id % 100) as u32 + 1);
        }
        assert_eq!([0, 7, 8, u64::MAX, 3, 9].map(|id| ids.get(id)), [1, 8, 9, 16, 0, 0]);
        assert!(ids.dense.len() <= 8);
    }
}
