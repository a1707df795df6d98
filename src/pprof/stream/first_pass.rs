//! The first pass over a stream: keeps what is small, and measures the samples.

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pprof::decode::fields::{Field, Scan, Value, next_field};
use crate::pprof::decode::ids::Ids;
use crate::pprof::decode::sample::{Fields, each_field};
use crate::pprof::decode::schema::{label, profile};
use crate::pprof::decode::tables::Decoded;
use crate::pprof::visit::Push;
use crate::wire::{Cursor, Inflate, push_varint};

/// Most bytes of tables and strings that a stream keeps; a profile with more is for
/// [`View`](crate::pprof::View).
const MAX_TABLES: usize = 16 << 20;

/// The smallest and the largest of some numbers; `None` without any.
#[derive(Clone, Copy, Debug, Default)]
struct Range(Option<(u64, u64)>);

impl Range {
    #[inline(always)]
    fn add(&mut self, number: u64) {
        let (low, high) = self.0.unwrap_or((number, number));
        self.0 = Some((low.min(number), high.max(number)));
    }

    fn is_within(self, low: u64, high: u64) -> bool {
        self.0.is_none_or(|(least, most)| low <= least && most <= high)
    }
}

/// What the first pass finds: everything but samples, and what is true of all samples.
#[derive(Debug, Default)]
pub(super) struct FirstPass {
    /// The message without its samples.
    pub(super) message: Vec<u8>,
    samples: u64,
    /// For each column the sum of its absolute values.
    pub(super) totals: Vec<i128>,
    /// The location ids of all stacks.
    stacks: Range,
    /// Locations of all stacks.
    depth: u64,
    /// The string indices of all labels.
    strings: Range,
    /// How many values samples have.
    values: Range,
}

impl FirstPass {
    /// Reads `head` and the `chunks` that follow it to their end.
    ///
    /// `None` where something is wrong with the profile, or too large for a stream.
    ///
    /// # Errors
    /// `Limit`, and what is wrong with gzip.
    pub(super) fn read(head: &[u8], chunks: &mut Inflate<'_>, limits: &Limits) -> Result<Option<Self>> {
        let mut first = Self::default();
        let mut push = Push::new();
        if push.feed_fields(head, &mut |field| first.field(field, limits)).is_err() {
            return Ok(None);
        }
        while let Some(chunk) = chunks.next_chunk()? {
            if push.feed_fields(chunk, &mut |field| first.field(field, limits)).is_err() {
                return Ok(None);
            }
        }
        Ok(push.finish().is_ok().then_some(first))
    }

    /// Whether every reference of the samples leads somewhere in what was `decoded`, and all is within
    /// `limits`.
    pub(super) fn is_sound(&self, decoded: &Decoded, limits: &Limits) -> bool {
        let Decoded { tables, location_ids, strings } = decoded;
        let types = tables.sample_types.len() as u64;
        let lines = (0..tables.locations.len()).map(|row| tables.lines(row).len()).max().unwrap_or(0);
        let Ids::CountUp(locations) = *location_ids else { return false };
        self.stacks.is_within(1, locations.into())
            && self.samples <= limits.samples
            && self.depth.saturating_mul(lines as u64) <= limits.frames
            && types > 0
            && self.values.is_within(types, types)
            && self.strings.is_within(0, (strings.len() as u64).saturating_sub(1))
    }

    #[inline]
    fn field(&mut self, field: Field<'_>, limits: &Limits) -> Result<()> {
        if field.key == profile::SAMPLE {
            self.samples += 1;
            let sample = field.bytes();
            let len = sample.rest().len() as u64;
            if len > limits.stack_depth || len > limits.labels {
                return Err(Error::new(ErrorKind::Limit));
            }
            let mut fields = Measure { first: self, values: 0 };
            each_field(sample, &mut fields)?;
            let values = fields.values;
            self.values.add(values as u64);
            return Ok(());
        }
        push_varint(&mut self.message, field.key);
        match field.value {
            Value::Varint(value) => push_varint(&mut self.message, value),
            Value::Len(bytes) => {
                push_varint(&mut self.message, bytes.rest().len() as u64);
                self.message.extend_from_slice(bytes.rest());
            }
        }
        if self.message.len() > MAX_TABLES { Err(Error::new(ErrorKind::Limit)) } else { Ok(()) }
    }
}

/// Measures one sample.
struct Measure<'f> {
    first: &'f mut FirstPass,
    values: usize,
}

impl<'a> Fields<'a> for Measure<'_> {
    #[inline(always)]
    fn locations(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        while !packed.is_empty() {
            let id = packed.varint()?;
            self.first.stacks.add(id);
            self.first.depth += 1;
        }
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, _: u64) -> Scan<()> {
        self.first.stacks.add(id);
        self.first.depth += 1;
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, value: i64) {
        let Some(total) = self.first.totals.get_mut(self.values) else {
            self.first.totals.push(i128::from(value).abs());
            self.values += 1;
            return;
        };
        *total += i128::from(value).abs();
        self.values += 1;
    }

    #[inline(always)]
    fn label(&mut self, mut message: Cursor<'a>) -> Scan<()> {
        while let Some(field) = next_field(&mut message, label::LAST)? {
            match field.key {
                label::KEY | label::STR | label::NUM_UNIT => self.first.strings.add(field.varint()),
                label::NUM => {}
                _ => field.unknown(label::LAST)?,
            }
        }
        Ok(())
    }
}
