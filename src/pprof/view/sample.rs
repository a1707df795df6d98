//! The samples of a view.

use std::iter::FusedIterator;

use super::columns::{Labels, Locations, Numbers, Values};
use super::index::Row;
use super::{Frames, View};
use crate::pprof::decode::fields::field_bytes;
use crate::pprof::decode::ids::NONE;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::schema::sample;
use crate::pprof::types::LocationId;
use crate::wire::Cursor;

/// One sample of a [`View`].
#[derive(Clone, Copy, Debug)]
pub struct Sample<'v, 'a> {
    view: &'v View<'a>,
    index: usize,
    row: Row,
}

impl<'v, 'a> Sample<'v, 'a> {
    #[inline]
    pub(super) fn new(view: &'v View<'a>, index: usize, row: Row) -> Self {
        Self { view, index, row }
    }

    /// The sample's index in the profile.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The values, one for each sample type.
    #[inline]
    pub fn values(&self) -> Values<'a> {
        Values(Numbers::new(self.fields(), sample::VALUE, sample::VALUES))
    }

    /// The value of [`default_value`](View::default_value), without decoding anything.
    #[inline]
    pub fn default_value(&self) -> i64 {
        self.row.value
    }

    /// Value `column`; `None` where there are fewer.
    #[inline]
    pub fn value(&self, column: usize) -> Option<i64> {
        if column == self.view.index.default_value { Some(self.row.value) } else { self.values().nth(column) }
    }

    /// The location on top of the stack, without decoding anything.
    #[inline]
    pub fn leaf(&self) -> Option<LocationId> {
        (self.row.leaf != NONE).then_some(LocationId(self.row.leaf))
    }

    /// The stack, leaf first.
    #[inline]
    pub fn locations(&self) -> Locations<'v, 'a> {
        Locations {
            view: self.view,
            ids: Numbers::new(self.fields(), sample::LOCATION_ID, sample::LOCATION_IDS),
        }
    }

    /// The calls on the stack, leaf first, those that were inlined among them.
    #[inline]
    pub fn frames(&self) -> Frames<'v, 'a> {
        Frames::new(self.view, self.locations())
    }

    /// The labels, in the order of the file.
    #[inline]
    pub fn labels(&self) -> Labels<'a> {
        Labels { fields: self.fields(), judge: Strict { strings: self.view.index.strings.len() as u64 } }
    }

    /// The fields of the sample's message.
    #[inline]
    fn fields(&self) -> Cursor<'a> {
        field_bytes(self.view.message, self.row.offset as usize)
    }
}

/// The samples of a [`View`], in the order of the file.
#[derive(Clone, Debug)]
pub struct Samples<'v, 'a> {
    view: &'v View<'a>,
    rows: std::iter::Enumerate<std::slice::Iter<'v, Row>>,
}

impl<'v, 'a> Samples<'v, 'a> {
    pub(super) fn new(view: &'v View<'a>) -> Self {
        Self { view, rows: view.index.rows.iter().enumerate() }
    }
}

impl<'v, 'a> Iterator for Samples<'v, 'a> {
    type Item = Sample<'v, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Sample<'v, 'a>> {
        self.rows.next().map(|(index, &row)| Sample::new(self.view, index, row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Samples<'_, '_> {}
impl FusedIterator for Samples<'_, '_> {}
