//! The longest few of many.

/// Keeps the `keep` longest.
#[derive(Clone, Debug)]
pub(super) struct Worst<T> {
    keep: usize,
    /// Not sorted; `least` is the shortest once it is full.
    items: Vec<(i64, T)>,
    least: i64,
}

impl<T> Worst<T> {
    pub(super) fn new(keep: usize) -> Self {
        Self { keep, items: Vec::new(), least: i64::MIN }
    }

    /// Adds an item of this length, made only if it is kept.
    #[inline]
    pub(super) fn add(&mut self, length: i64, item: impl FnOnce() -> T) {
        if length > self.least {
            self.insert(length, item());
        }
    }

    fn insert(&mut self, length: i64, item: T) {
        if self.items.len() < self.keep {
            self.items.push((length, item));
        } else if let Some(shortest) = self.items.iter_mut().min_by_key(|item| item.0) {
            *shortest = (length, item);
        }
        if self.items.len() >= self.keep {
            self.least = self.items.iter().map(|item| item.0).min().unwrap_or(i64::MAX);
        }
    }

    /// The items, the longest first.
    pub(super) fn into_items(mut self) -> impl Iterator<Item = (i64, T)> {
        self.items.sort_by_key(|item| std::cmp::Reverse(item.0));
        self.items.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_are_kept() {
        let mut worst = Worst::new(3);
        for length in [5, 1, 9, 2, 7, 7, 3] {
            worst.add(length, || length);
        }
        assert_eq!(worst.into_items().map(|item| item.1).collect::<Vec<_>>(), [9, 7, 7]);
        let mut none = Worst::new(0);
        none.add(1, || 1);
        assert_eq!(none.into_items().count(), 0);
    }
}
