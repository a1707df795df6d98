//! Profiles that are inflated anew for every pass, and never held as a whole.
//!
//! gzip → chunks → first pass: tables kept, samples measured → passes over the samples, each of which
//! inflates again.
//!
//! For reports about profiles of hundreds of megabytes in a few megabytes of memory: inflating costs less
//! than writing what was inflated to memory that must first be mapped.

mod first_pass;

use std::borrow::Cow;

use super::decode::budget::{self, Purpose};
use super::decode::fields::field_bytes;
use super::decode::packed::Resolver;
use super::decode::schema::profile;
use super::decode::tables::{self, Decoded, Tables};
use super::source::gather::Gather;
use super::source::{Sample, SampleSource, Source, Want, inflate};
use super::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};
use super::visit::Push;
use crate::error::Result;
use crate::limits::Limits;
use crate::wire::Inflate;
use first_pass::FirstPass;

/// A gzipped profile whose tables are in memory, and whose samples are inflated anew for every pass.
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
/// if let Some(stream) = Stream::parse(&file)? {
///     let top = Report::new(&stream, &Options::default())?.top()?;
///     assert_eq!(top.total(), 7);
/// }
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct Stream<'a> {
    input: Cow<'a, [u8]>,
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
    /// `None` where a profile has to be read as a whole: when it is not gzipped, its location ids do not
    /// count up from 1, its tables are larger than 16 MiB, or a field is longer than a chunk; and where
    /// anything is wrong with it, so that a reader that sees the whole can say what.
    /// [`AnyProfile`](super::AnyProfile) does that.
    ///
    /// # Errors
    /// `Limit`, and what is wrong with gzip.
    ///
    /// # Cost
    /// Inflates once; memory is that of the tables and two chunks.
    pub fn parse(input: &'a [u8]) -> Result<Option<Self>> {
        Self::parse_with(input, &Limits::DEFAULT)
    }

    /// As [`parse`](Self::parse), within `limits`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(input: &'a [u8], limits: &Limits) -> Result<Option<Self>> {
        if !inflate::is_gzip(input) {
            return Ok(None);
        }
        let first = FirstPass::read(&[], &mut Inflate::new(input, limits), limits)?;
        Ok(first.and_then(|first| Self::new(input.into(), first, limits)))
    }

    /// As [`parse_with`](Self::parse_with), where `head` has been inflated and `chunks` gives what follows.
    pub(crate) fn resume(
        input: &'a [u8],
        head: &[u8],
        mut chunks: Inflate<'_>,
        limits: &Limits,
    ) -> Result<Option<Self>> {
        let first = FirstPass::read(head, &mut chunks, limits)?;
        Ok(first.and_then(|first| Self::new(input.into(), first, limits)))
    }

    fn new(input: Cow<'a, [u8]>, first: FirstPass, limits: &Limits) -> Option<Self> {
        let outline = budget::outline(&first.message, limits, Purpose::View).ok()?;
        let decoded = tables::decode(&first.message, &outline).ok()?;
        if !first.is_sound(&decoded, limits) {
            return None;
        }
        let Decoded { tables, location_ids, strings } = decoded;
        let FirstPass { message, totals, .. } = first;
        let locations = Resolver::new(location_ids);
        Some(Self { input, limits: *limits, message, strings, tables, locations, totals })
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    pub fn string(&self, id: StringId) -> &[u8] {
        field_bytes(&self.message, self.strings[id.index()] as usize).rest()
    }

    /// The same stream, with input of its own.
    pub(crate) fn into_owned(self) -> Stream<'static> {
        let Self { input, limits, message, strings, tables, locations, totals } = self;
        Stream { input: input.into_owned().into(), limits, message, strings, tables, locations, totals }
    }
}

impl SampleSource for Stream<'_> {
    fn erased(&self) -> &dyn SampleSource {
        self
    }

    #[inline]
    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn string_count(&self) -> usize {
        self.strings.len()
    }

    fn string(&self, id: StringId) -> &[u8] {
        Self::string(self, id)
    }

    fn known_total(&self, column: usize) -> Option<i128> {
        Some(self.totals.get(column).copied().unwrap_or(0))
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut gather = Gather::new(&self.locations, self.strings.len(), want);
        let mut chunks = Inflate::new(&self.input, &self.limits);
        let mut push = Push::new();
        // The same bytes were read to their end before: nothing is wrong with them.
        while let Ok(Some(chunk)) = chunks.next_chunk() {
            let fed = push.feed_fields(chunk, &mut |field| {
                if field.key == profile::SAMPLE {
                    each(gather.sample(field.bytes()));
                }
                Ok(())
            });
            if fed.is_err() {
                return;
            }
        }
    }
}

impl Source for Stream<'_> {}

super::source::accessors::accessors!(Stream<'_>);
