//! What salvaging a damaged trace left out.

use crate::error::ErrorKind;
use std::ops::Range;

/// What a [`Reader`](super::Reader) with [`Options::salvage`](super::Options::salvage) has left out so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// Parts of the input with missing events, in order, not overlapping.
    pub ranges: Vec<Range<u64>>,
    /// Generations with missing events.
    pub generations: u64,
    /// Batches with missing events, as far as batches could be recognised.
    pub batches: u64,
    /// Regions that ended although another one of their goroutine was the innermost; of them nothing is
    /// missing.
    pub regions: u64,
    /// What was wrong first, and at which byte.
    pub first: Option<(ErrorKind, u64)>,
}

impl Loss {
    /// Whether nothing was left out.
    pub fn is_none(&self) -> bool {
        self.first.is_none()
    }

    /// Bytes of these parts.
    pub fn bytes(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// Adds a damaged part, found because of `kind` at byte `at`.
    pub(crate) fn add(&mut self, range: Range<u64>, kind: ErrorKind, offset: u64) {
        self.first.get_or_insert((kind, offset));
        match self.ranges.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => self.ranges.push(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_touch_are_one() {
        let mut loss = Loss::default();
        assert!(loss.is_none());
        loss.add(10..20, ErrorKind::Truncated, 15);
        loss.add(20..30, ErrorKind::UnknownEvent, 21);
        loss.add(50..60, ErrorKind::UnknownEvent, 50);
        assert_eq!((loss.ranges.len(), loss.bytes(), loss.first), (2, 30, Some((ErrorKind::Truncated, 15))));
    }
}
