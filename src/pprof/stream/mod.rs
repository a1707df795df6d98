//! Profiles that are read as often as they are looked at, and never held as a whole.
//!
//! gzip → chunks → first pass: tables kept, samples measured → passes over the samples, each of which inflates again.
//!
//! For reports about profiles of hundreds of megabytes in a few megabytes of memory: inflating costs less than
//! writing what was inflated to memory that is not there yet.

use super::decode::budget::{self, Purpose};
use super::decode::fields::{Part, Scan, Value, next_part};
use super::decode::ids::Ids;
use super::decode::packed::Resolver;
use super::decode::sample::{Fields, each_field};
use super::decode::schema::{label, profile};
use super::decode::tables::{self, Decoded, Tables};
use super::profile::encode::push_varint;
use super::source::gather::Gather;
use super::source::{Sample, Want};
use super::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};
use super::view::field_bytes;
use super::visit::Push;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::wire::{Cursor, Inflate};

/// Most bytes of tables and strings that a stream keeps; a profile with more is for [`View`](super::View).
const MAX_TABLES: usize = 16 << 20;

/// A gzipped profile whose tables are in memory, and whose samples are inflated whenever they are looked at.
///
/// ```
/// use godiag::pprof::{Stream, report::{Options, Report}};
/// # use godiag::pprof::{Builder, ValueType};
/// # let mut builder = Builder::new();
/// # let (cpu, ns) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
/// # builder.sample_type(ValueType::new(cpu, ns));
/// # let location = builder.location(None, 0x400, false, &[]);
/// # builder.sample(&[location], &[7], &[]);
/// # let mut file = Vec::new();
/// # builder.finish()?.write_gz(&mut file)?;
/// if let Some(stream) = Stream::open(&file)? {
///     let top = Report::of_stream(&stream, &Options::default())?.top()?;
///     assert_eq!(top.total(), 7);
/// }
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct Stream<'a> {
    input: &'a [u8],
    limits: Limits,
    /// The message without its samples.
    message: Vec<u8>,
    /// For each string, the offset of its field.
    strings: Vec<u32>,
    tables: Tables,
    locations: Resolver,
    /// For each column the sum of its absolute values.
    totals: Vec<i128>,
}

impl<'a> Stream<'a> {
    /// Reads the tables of the gzipped profile `input`, and checks its samples.
    ///
    /// `None` where a profile has to be read as a whole: when it is not gzipped, its location ids do not count up
    /// from 1, its tables are larger than 16 MiB, or a field is longer than a chunk; and where anything is wrong
    /// with it, so that a reader that sees the whole can say what.
    ///
    /// # Errors
    /// `Limit`, and what is wrong with gzip.
    ///
    /// # Cost
    /// Inflates once; memory is that of the tables and two chunks.
    pub fn open(input: &'a [u8]) -> Result<Option<Self>> {
        Self::open_with(input, &Limits::DEFAULT)
    }

    /// As [`open`](Self::open), within `limits`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(input: &'a [u8], limits: &Limits) -> Result<Option<Self>> {
        if !input.starts_with(&crate::wire::GZIP_MAGIC) {
            return Ok(None);
        }
        let mut first = First::default();
        let mut chunks = Inflate::new(input, limits);
        let mut push = Push::new();
        while let Some(chunk) = chunks.next_chunk()? {
            if push.feed_parts(chunk, &mut |part| first.part(part, limits)).is_err() {
                return Ok(None);
            }
        }
        if push.finish().is_err() {
            return Ok(None);
        }
        let First { message, samples, totals, stacks, depth, strings, values } = first;
        let Ok(outline) = budget::outline(&message, limits, Purpose::View) else { return Ok(None) };
        let Ok(Decoded { tables, location_ids, strings: offsets }) = tables::decode(&message, &outline)
        else {
            return Ok(None);
        };
        let types = tables.sample_types.len() as u64;
        let is_sound = match location_ids {
            Ids::CountUp(count) => stacks.is_within(1, count.into()),
            _ => false,
        };
        let lines = (0..tables.locations.len()).map(|row| tables.lines(row).len()).max().unwrap_or(0);
        if !is_sound
            || samples > limits.samples
            || depth.saturating_mul(lines as u64) > limits.frames
            || types == 0
            || !values.is_within(types, types)
            || !strings.is_within(0, (offsets.len() as u64).saturating_sub(1))
        {
            return Ok(None);
        }
        let locations = Resolver::new(location_ids);
        Ok(Some(Self { input, limits: *limits, message, strings: offsets, tables, locations, totals }))
    }

    /// How many strings there are, entry 0, the empty one, included.
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    pub fn string(&self, id: StringId) -> &[u8] {
        field_bytes(&self.message, self.strings[id.index()] as usize).rest()
    }

    pub(crate) fn known_total(&self, column: usize) -> Option<i128> {
        Some(self.totals.get(column).copied().unwrap_or(0))
    }

    /// Calls `each` with every sample, with what `want` asks for.
    pub(crate) fn gather(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut gather = Gather::new(&self.locations, self.strings.len(), want);
        let mut chunks = Inflate::new(self.input, &self.limits);
        let mut push = Push::new();
        // The same bytes were read to their end before: nothing is wrong with them.
        while let Ok(Some(chunk)) = chunks.next_chunk() {
            let fed = push.feed_parts(chunk, &mut |part| {
                if part.key == profile::SAMPLE {
                    each(gather.sample(part.bytes()));
                }
                Ok(())
            });
            if fed.is_err() {
                return;
            }
        }
    }
}

super::source::accessors::accessors!(Stream<'_>);

/// The smallest and the largest of some numbers; nothing where there were none.
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

/// What the first pass finds.
#[derive(Debug, Default)]
struct First {
    message: Vec<u8>,
    samples: u64,
    totals: Vec<i128>,
    /// The location ids of all stacks.
    stacks: Range,
    /// Locations of all stacks.
    depth: u64,
    /// The string indices of all labels.
    strings: Range,
    /// How many values samples have.
    values: Range,
}

impl First {
    #[inline]
    fn part(&mut self, part: Part<'_>, limits: &Limits) -> Result<()> {
        if part.key == profile::SAMPLE {
            self.samples += 1;
            let sample = part.bytes();
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
        push_varint(&mut self.message, part.key);
        match part.value {
            Value::Varint(value) => push_varint(&mut self.message, value),
            Value::Len(bytes) => {
                push_varint(&mut self.message, bytes.rest().len() as u64);
                self.message.extend_from_slice(bytes.rest());
            }
        }
        if self.message.len() > MAX_TABLES { Err(Error::new(ErrorKind::Limit)) } else { Ok(()) }
    }
}

/// Looks at one sample.
struct Measure<'f> {
    first: &'f mut First,
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
        while let Some(part) = next_part(&mut message, label::LAST)? {
            match part.key {
                label::KEY | label::STR | label::NUM_UNIT => self.first.strings.add(part.varint()),
                label::NUM => {}
                _ => part.unknown(label::LAST)?,
            }
        }
        Ok(())
    }
}
