//! Sorts whose machinery is compiled once for all kinds of rows.
//!
//! The standard library compiles its sort anew for every type and every comparison: in a hundred places that
//! sort the few rows of a report, it was a quarter of the code of this crate. Here the numbers of the rows are
//! sorted, always by the same copy, and the rows follow. Sorts of many rows of an input keep their own copy.

use std::cmp::Ordering;

/// Stable sorts of the rows of a report.
pub(crate) trait SortRows<T> {
    /// As [`slice::sort_by`].
    fn sort_rows_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// As [`slice::sort_by_key`].
    fn sort_rows_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);
}

impl<T> SortRows<T> for [T] {
    fn sort_rows_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let order = order(self.len(), &|a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        arrange(order, &mut |a, b| self.swap(a, b));
    }

    fn sort_rows_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.sort_rows_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// The numbers of `len` rows in the order in which they belong.
fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Brings each row to its place, by swaps along the cycles of `order`.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        while let Some(from) = order.get_mut(place).map(|from| std::mem::replace(from, place)) {
            if from == start {
                break;
            }
            swap(place, from);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_as_the_standard_library_sorts() {
        let mut seed = 7_u32;
        for len in 0..200 {
            let mut rows: Vec<(u32, usize)> = (0..len)
                .map(|number| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 28, number)
                })
                .collect();
            let mut expected = rows.clone();
            expected.sort_by_key(|row| row.0);
            rows.sort_rows_by_key(|row| row.0);
            assert_eq!(rows, expected);
            expected.sort_by(|a, b| b.cmp(a));
            rows.sort_rows_by(|a, b| b.cmp(a));
            assert_eq!(rows, expected);
        }
    }
}
