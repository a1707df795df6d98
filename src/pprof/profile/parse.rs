//! From a protobuf message to columns.

use super::{Columns, Profile, Strings};
use crate::error::{ErrorKind, Fault, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget::{self, Purpose};
use crate::pprof::decode::explain::refuse;
use crate::pprof::decode::fields::Scan;
use crate::pprof::decode::judge::{Judge, Strict};
use crate::pprof::decode::outline::Outline;
use crate::pprof::decode::packed::Resolver;
use crate::pprof::decode::sample::{Fields, each_field, push_counting_up};
use crate::pprof::decode::{label, schema, tables};
use crate::pprof::types::LocationId;
use crate::wire::Cursor;

/// The profile in a `message` that is not compressed.
pub(crate) fn from_message(message: &[u8], limits: &Limits) -> Result<Profile> {
    let outline = budget::outline(message, limits, Purpose::Profile)?;
    decode(message, &outline).map_err(|fault| refuse(message, fault))
}

fn decode(message: &[u8], outline: &Outline) -> Scan<Profile> {
    let decoded = tables::decode(message, outline)?;
    let mut strings =
        Strings::with_capacity(decoded.strings.len(), outline.bytes(schema::profile::STRING) as usize);
    outline.each(message, schema::profile::STRING, |_, bytes| {
        strings.push(bytes.rest());
        Ok(())
    })?;
    let types = decoded.tables.sample_types.len();
    let samples = outline.count(schema::profile::SAMPLE);
    let mut columns = Columns::default();
    columns.stack_ends.reserve_exact(samples);
    columns.values.reserve_exact(samples.saturating_mul(types).min(message.len()));
    let locations = &Resolver::new(decoded.location_ids);
    let judge = &Strict { strings: decoded.strings.len() as u64 };
    let mut bytes = Bytes { done: 0, all: outline.bytes(schema::profile::SAMPLE) };
    outline.each(message, schema::profile::SAMPLE, |offset, sample| {
        if types == 0 {
            return Err(Fault::new(ErrorKind::NoSampleType, offset));
        }
        bytes.make_room(&mut columns.stacks, sample.rest().len());
        columns.sample(message, sample, locations, judge)?;
        if columns.values.len() != columns.stack_ends.len() * types {
            return Err(Fault::new(ErrorKind::ValueCount, offset));
        }
        Ok(())
    })?;
    columns.stacks.shrink_to_fit();
    columns.labels.shrink_to_fit();
    columns.label_ends.shrink_to_fit();
    columns.numbers.shrink_to_fit();
    Ok(Profile::new(strings, decoded.tables, columns))
}

/// How far the samples have been read.
struct Bytes {
    done: u64,
    all: u64,
}

impl Bytes {
    /// Makes room for the stack of a sample of `len` bytes. How much in all is reckoned from what the samples
    /// so far took; never more than one location for each byte that is still to come.
    #[inline(always)]
    fn make_room(&mut self, stacks: &mut Vec<LocationId>, len: usize) {
        if stacks.capacity() - stacks.len() < len {
            self.grow(stacks, len as u64);
        }
        self.done += len as u64;
    }

    #[cold]
    fn grow(&self, stacks: &mut Vec<LocationId>, len: u64) {
        let left = self.all - self.done;
        let rate = 1 + stacks.len() as u64 * 66 / (self.done + 64);
        // In 64ths of a location for each byte; a first guess for the first few samples.
        let wanted = if self.done < 4096 { left / 8 } else { left.saturating_mul(rate) / 64 };
        let step = stacks.len() as u64 / 16;
        stacks.reserve_exact(wanted.max(step).min(left).max(len) as usize);
    }
}

/// Takes the fields of samples into columns.
struct Fill<'c, J> {
    message: &'c [u8],
    columns: &'c mut Columns,
    locations: &'c Resolver,
    judge: &'c J,
}

impl<'a, J: Judge> Fields<'a> for Fill<'_, J> {
    #[inline(always)]
    fn locations(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        if self.locations.is_quickly_good(self.message, packed) {
            push_counting_up(&mut self.columns.stacks, packed);
            return Ok(());
        }
        while !packed.is_empty() {
            let offset = packed.offset();
            let id = packed.varint()?;
            self.location(id, offset)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, offset: u64) -> Scan<()> {
        let row = self.locations.row(id, offset)?;
        self.columns.stacks.push(LocationId(row));
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, value: i64) {
        self.columns.values.push(value);
    }

    #[inline(always)]
    fn label(&mut self, message: Cursor<'a>) -> Scan<()> {
        let label = label::read(message, self.judge)?;
        self.columns.push_label(label);
        Ok(())
    }
}

impl Columns {
    /// Adds a `sample` of `message`. After an error, part of it may have been added.
    #[inline]
    pub(crate) fn sample(
        &mut self,
        message: &[u8],
        sample: Cursor<'_>,
        locations: &Resolver,
        judge: &impl Judge,
    ) -> Scan<()> {
        each_field(sample, &mut Fill { message, columns: self, locations, judge })?;
        self.end_sample();
        Ok(())
    }
}
