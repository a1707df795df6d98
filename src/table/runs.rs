//! Rows of different lengths, one after the other, in one column.

/// Where a run ends: 32 bits where the format bounds the column, `usize` where only memory does.
pub(crate) trait End: Copy {
    fn new(offset: usize) -> Self;
    fn offset(self) -> usize;
}

impl End for u32 {
    #[inline(always)]
    fn new(offset: usize) -> Self {
        offset as u32
    }

    #[inline(always)]
    fn offset(self) -> usize {
        self as usize
    }
}

impl End for usize {
    #[inline(always)]
    fn new(offset: usize) -> Self {
        offset
    }

    #[inline(always)]
    fn offset(self) -> usize {
        self
    }
}

/// Runs of items by index: two allocations for any number of runs.
#[derive(Clone, Debug)]
pub(crate) struct Runs<T, E = u32> {
    items: Vec<T>,
    ends: Vec<E>,
}

impl<T, E> Default for Runs<T, E> {
    fn default() -> Self {
        Self { items: Vec::new(), ends: Vec::new() }
    }
}

impl<T: Copy, E: End> Runs<T, E> {
    pub(crate) fn with_capacity(runs: usize, items: usize) -> Self {
        Self { items: Vec::with_capacity(items), ends: Vec::with_capacity(runs) }
    }

    /// Appends a run; returns its index.
    pub(crate) fn push(&mut self, run: &[T]) -> usize {
        let index = self.ends.len();
        self.items.extend_from_slice(run);
        self.ends.push(E::new(self.items.len()));
        index
    }

    /// How many runs there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Run `index`; `None` if there is none.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&[T]> {
        run(&self.items, &self.ends, index)
    }
}

/// Run `index` of `items`, whose runs end at `ends`; `None` if there is none. For columns that cannot be
/// [`Runs`], because their ends are pushed elsewhere.
#[inline]
pub(crate) fn run<'a, T, E: End>(items: &'a [T], ends: &[E], index: usize) -> Option<&'a [T]> {
    let end = ends.get(index)?.offset();
    let start = index.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| end.offset());
    items.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back() {
        let mut runs: Runs<u8> = Runs::with_capacity(3, 5);
        assert_eq!([&b"ab"[..], b"", b"cde"].map(|run| runs.push(run)), [0, 1, 2]);
        assert_eq!(
            (0..4).map(|index| runs.get(index)).collect::<Vec<_>>(),
            [Some(&b"ab"[..]), Some(b""), Some(b"cde"), None]
        );
        assert_eq!(runs.len(), 3);
    }
}
