//! The samples of a view, decoded where they lie.
//!
//! All of it was checked once, so what cannot be read any more is left out instead of being an error.

use std::iter::FusedIterator;

use super::index::Row;
use super::{Frames, View};
use crate::pprof::decode::fields::{Field, Value, field_bytes, next_field};
use crate::pprof::decode::ids::NONE;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::label;
use crate::pprof::decode::schema::sample;
use crate::pprof::types::{Label, LocationId};
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

#[inline(always)]
fn next<'a>(fields: &mut Cursor<'a>) -> Option<Field<'a>> {
    next_field(fields, sample::LAST).ok().flatten()
}

/// The numbers of a repeated field, packed or not.
#[derive(Clone, Debug)]
struct Numbers<'a> {
    fields: Cursor<'a>,
    packed: Cursor<'a>,
    key: u64,
    packed_key: u64,
}

impl<'a> Numbers<'a> {
    fn new(fields: Cursor<'a>, key: u64, packed_key: u64) -> Self {
        Self { fields, packed: Cursor::new(&[]), key, packed_key }
    }
}

impl Iterator for Numbers<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        loop {
            if !self.packed.is_empty() {
                return self.packed.varint().ok();
            }
            let field = next(&mut self.fields)?;
            match field.value {
                Value::Varint(value) if field.key == self.key => return Some(value),
                Value::Len(packed) if field.key == self.packed_key => self.packed = packed,
                _ => {}
            }
        }
    }
}

/// The values of a [`Sample`].
#[derive(Clone, Debug)]
pub struct Values<'a>(Numbers<'a>);

impl Iterator for Values<'_> {
    type Item = i64;

    #[inline]
    fn next(&mut self) -> Option<i64> {
        self.0.next().map(|value| value as i64)
    }
}

impl FusedIterator for Values<'_> {}

/// The stack of a [`Sample`].
#[derive(Clone, Debug)]
pub struct Locations<'v, 'a> {
    view: &'v View<'a>,
    ids: Numbers<'a>,
}

impl Iterator for Locations<'_, '_> {
    type Item = LocationId;

    #[inline]
    fn next(&mut self) -> Option<LocationId> {
        let id = self.ids.next()?;
        self.view.index.locations.ids().row(id).map(LocationId)
    }
}

impl FusedIterator for Locations<'_, '_> {}

/// The labels of a [`Sample`].
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    fields: Cursor<'a>,
    judge: Strict,
}

impl Iterator for Labels<'_> {
    type Item = Label;

    #[inline]
    fn next(&mut self) -> Option<Label> {
        loop {
            let field = next(&mut self.fields)?;
            if field.key == sample::LABEL {
                return label::read(field.bytes(), &self.judge).ok();
            }
        }
    }
}

impl FusedIterator for Labels<'_> {}

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
