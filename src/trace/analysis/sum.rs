//! Sums of times. A damaged trace may tell of any times, so they end at the greatest number.

/// Adds a time to a sum.
#[inline(always)]
pub(super) fn grow(sum: &mut i64, time: i64) {
    *sum = sum.saturating_add(time);
}

/// Adds up times.
pub(super) fn total(times: impl IntoIterator<Item = i64>) -> i64 {
    times.into_iter().fold(0, i64::saturating_add)
}
