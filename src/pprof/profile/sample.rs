//! The samples of a profile, as its users see them.

use std::iter::FusedIterator;
use std::ops::Range;

use super::Profile;
use super::columns::Labels;
use crate::pprof::types::LocationId;

/// One sample of a [`Profile`].
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    profile: &'a Profile,
    index: usize,
}

impl<'a> Sample<'a> {
    /// The sample's index in the profile.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The values, one for each sample type.
    #[inline]
    pub fn values(&self) -> &'a [i64] {
        let types = self.profile.tables.sample_types.len();
        self.profile.columns.values.get(self.index * types..(self.index + 1) * types).unwrap_or_default()
    }

    /// The stack, leaf first.
    #[inline]
    pub fn locations(&self) -> &'a [LocationId] {
        self.profile.columns.stack(self.index)
    }

    /// The labels, in the order of the file.
    #[inline]
    pub fn labels(&self) -> Labels<'a> {
        self.profile.columns.labels(self.index)
    }
}

/// The samples of a [`Profile`], in the order of the file.
#[derive(Clone, Debug)]
pub struct Samples<'a> {
    profile: &'a Profile,
    rest: Range<usize>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(profile: &'a Profile) -> Self {
        Self { profile, rest: 0..profile.columns.len() }
    }
}

impl<'a> Iterator for Samples<'a> {
    type Item = Sample<'a>;

    #[inline]
    fn next(&mut self) -> Option<Sample<'a>> {
        self.rest.next().map(|index| Sample { profile: self.profile, index })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<Sample<'a>> {
        self.rest.nth(n).map(|index| Sample { profile: self.profile, index })
    }
}

impl DoubleEndedIterator for Samples<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rest.next_back().map(|index| Sample { profile: self.profile, index })
    }
}

impl ExactSizeIterator for Samples<'_> {}
impl FusedIterator for Samples<'_> {}

impl Profile {
    /// The samples, in the order of the file.
    pub fn samples(&self) -> Samples<'_> {
        Samples::new(self)
    }

    /// Sample `index`.
    ///
    /// # Panics
    /// When there is no such sample.
    pub fn sample(&self, index: usize) -> Sample<'_> {
        assert!(index < self.columns.len(), "sample {index} of {}", self.columns.len());
        Sample { profile: self, index }
    }
}
