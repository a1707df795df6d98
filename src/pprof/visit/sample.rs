//! A sample as the file gives it.

use crate::error::Result;
use crate::pprof::decode::fields::{Scan, Value, next_field};
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::label;
use crate::pprof::decode::schema::sample;
use crate::pprof::types::Label;
use crate::wire::Cursor;

/// A sample, decoded only as far as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    message: Cursor<'a>,
}

impl<'a> Sample<'a> {
    #[inline(always)]
    pub(super) fn new(message: Cursor<'a>) -> Self {
        Self { message }
    }

    /// The id of the location on top of the stack, and value `column`: `None` where it is missing. Reads no
    /// further than it must.
    ///
    /// # Errors
    /// What is wrong with the wire up to there.
    #[inline]
    pub fn leaf_and_value(&self, column: usize) -> Result<(Option<u64>, Option<i64>)> {
        Ok(self.read(column)?)
    }

    /// The id of the location on top of the stack.
    ///
    /// # Errors
    /// What is wrong with the wire up to there.
    #[inline]
    pub fn leaf(&self) -> Result<Option<u64>> {
        self.location_ids().next().transpose()
    }

    /// Value `column`.
    ///
    /// # Errors
    /// What is wrong with the wire up to there.
    #[inline]
    pub fn value(&self, column: usize) -> Result<Option<i64>> {
        let mut values = self.values();
        for _ in 0..column {
            values.next().transpose()?;
        }
        Ok(values.next().transpose()?.map(|value| value as i64))
    }

    /// The ids of the stack's locations, leaf first.
    pub fn location_ids(&self) -> Numbers<'a> {
        Numbers::new(self.message, sample::LOCATION_ID, sample::LOCATION_IDS)
    }

    /// The values, as unsigned numbers of the same 64 bits.
    pub fn values(&self) -> Numbers<'a> {
        Numbers::new(self.message, sample::VALUE, sample::VALUES)
    }

    /// The labels.
    pub fn labels(&self) -> Labels<'a> {
        Labels { message: self.message }
    }

    #[inline(always)]
    pub(super) fn read(&self, column: usize) -> Scan<(Option<u64>, Option<i64>)> {
        let mut message = self.message;
        let (mut leaf, mut wanted, mut values) = (None, None, 0);
        while let Some(field) = next_field(&mut message, sample::LAST)? {
            match field.key {
                sample::LOCATION_IDS if leaf.is_none() => {
                    let mut packed = field.bytes();
                    if !packed.is_empty() {
                        leaf = Some(packed.varint()?);
                    }
                }
                sample::LOCATION_ID if leaf.is_none() => leaf = Some(field.varint()),
                sample::VALUES => {
                    let mut packed = field.bytes();
                    while !packed.is_empty() && values <= column {
                        let value = packed.varint()?;
                        if values == column {
                            wanted = Some(value as i64);
                        }
                        values += 1;
                    }
                }
                sample::VALUE => {
                    if values == column {
                        wanted = Some(field.varint() as i64);
                    }
                    values += 1;
                }
                sample::LOCATION_IDS | sample::LOCATION_ID | sample::LABEL => {}
                _ => field.unknown(sample::LAST)?,
            }
            if leaf.is_some() && wanted.is_some() {
                break;
            }
        }
        Ok((leaf, wanted))
    }
}

/// The numbers of a repeated field, packed or not. After an error it gives nothing more.
#[derive(Clone, Debug)]
pub struct Numbers<'a> {
    message: Cursor<'a>,
    packed: Cursor<'a>,
    key: u64,
    packed_key: u64,
}

impl<'a> Numbers<'a> {
    fn new(message: Cursor<'a>, key: u64, packed_key: u64) -> Self {
        Self { message, packed: Cursor::new(&[]), key, packed_key }
    }

    #[inline]
    fn read(&mut self) -> Scan<Option<u64>> {
        loop {
            if !self.packed.is_empty() {
                return self.packed.varint().map(Some);
            }
            let Some(field) = next_field(&mut self.message, sample::LAST)? else { return Ok(None) };
            match field.value {
                Value::Varint(value) if field.key == self.key => return Ok(Some(value)),
                Value::Len(packed) if field.key == self.packed_key => self.packed = packed,
                _ => {}
            }
        }
    }
}

impl Iterator for Numbers<'_> {
    type Item = Result<u64>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let number = self.read();
        if number.is_err() {
            self.packed = Cursor::new(&[]);
            self.message = self.packed;
        }
        number.map_err(Into::into).transpose()
    }
}

/// The labels of a sample. After an error it gives nothing more.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    message: Cursor<'a>,
}

impl Labels<'_> {
    fn read(&mut self) -> Scan<Option<Label>> {
        while let Some(field) = next_field(&mut self.message, sample::LAST)? {
            if field.key == sample::LABEL {
                return label::read(field.bytes(), &Strict::UNCHECKED).map(Some);
            }
        }
        Ok(None)
    }
}

impl Iterator for Labels<'_> {
    type Item = Result<Label>;

    fn next(&mut self) -> Option<Self::Item> {
        let label = self.read();
        if label.is_err() {
            self.message = Cursor::new(&[]);
        }
        label.map_err(Into::into).transpose()
    }
}
