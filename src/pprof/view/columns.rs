//! What a sample of a view holds, decoded where it lies: its values, its stack, its labels.
//!
//! All of it was checked once, so what cannot be read any more is left out instead of being an error.

use std::iter::FusedIterator;

use super::View;
use crate::pprof::decode::fields::{Field, Value, next_field};
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::label;
use crate::pprof::decode::schema::sample;
use crate::pprof::types::{Label, LocationId};
use crate::wire::Cursor;

#[inline(always)]
fn next<'a>(fields: &mut Cursor<'a>) -> Option<Field<'a>> {
    next_field(fields, sample::LAST).ok().flatten()
}

/// The numbers of a repeated field, packed or not.
#[derive(Clone, Debug)]
pub(super) struct Numbers<'a> {
    fields: Cursor<'a>,
    packed: Cursor<'a>,
    key: u64,
    packed_key: u64,
}

impl<'a> Numbers<'a> {
    pub(super) fn new(fields: Cursor<'a>, key: u64, packed_key: u64) -> Self {
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

/// The values of a [`Sample`](super::Sample).
#[derive(Clone, Debug)]
pub struct Values<'a>(pub(super) Numbers<'a>);

impl Iterator for Values<'_> {
    type Item = i64;

    #[inline]
    fn next(&mut self) -> Option<i64> {
        self.0.next().map(|value| value as i64)
    }
}

impl FusedIterator for Values<'_> {}

/// The stack of a [`Sample`](super::Sample).
#[derive(Clone, Debug)]
pub struct Locations<'v, 'a> {
    pub(super) view: &'v View<'a>,
    pub(super) ids: Numbers<'a>,
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

/// The labels of a [`Sample`](super::Sample).
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    pub(super) fields: Cursor<'a>,
    pub(super) judge: Strict,
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
