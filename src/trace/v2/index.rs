//! Where the generations of a trace are, to read one of many.

use super::clock::Sync;
use super::scan::{End, Layout, scan};
use super::stream::Stream;
use super::wire::{Batch, Batches, Version};
use crate::error::{Error, ErrorKind, Result};
use crate::trace::event::{ClockSnapshot, ThreadId};
use crate::trace::header::HEADER_LEN;
use crate::trace::options::Options;
use crate::trace::source::Source;
use crate::wire::Cursor;

/// One generation: about a second of the program's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerationInfo {
    /// Its number; a trace need not begin with 1.
    pub number: u64,
    /// Offset of its first byte.
    pub offset: u64,
    /// Its bytes.
    pub len: u64,
    /// Its batches.
    pub batches: u64,
    /// Time of its earliest batch, in nanoseconds.
    pub start: i64,
    /// Time of its latest batch, in nanoseconds. Its last events are later.
    pub last_batch: i64,
    /// The clocks, from format 1.25 on.
    pub clock: Option<ClockSnapshot>,
}

/// The generations of a trace of Go 1.22 or later.
///
/// # Cost
/// One header per batch: about 0.4 ms for a trace of 303 MB in memory (`benches/README.md`).
#[derive(Clone, Debug)]
pub struct Index<'a> {
    input: &'a [u8],
    version: Version,
    generations: Vec<GenerationInfo>,
}

impl<'a> Index<'a> {
    /// Finds the generations of `input`.
    ///
    /// # Errors
    /// Those of [`Batches::new`], and the first batch or clock that cannot be read. Events and tables are
    /// not read.
    pub fn parse(input: &'a [u8]) -> Result<Self> {
        let version = Batches::new(input)?.version();
        let mut generations = Vec::new();
        let mut layout = Layout::default();
        let mut cursor = Cursor::at(input.get(HEADER_LEN..).unwrap_or_default(), HEADER_LEN as u64);
        loop {
            let offset = cursor.offset();
            let after = generations.last().map_or(0, |last: &GenerationInfo| last.number);
            layout.clear();
            let end = scan(&mut cursor, 0, version, after, &mut layout);
            let marked = version >= Version::Go1_26;
            match end {
                End::Complete => {}
                End::OutOfBytes(None) if layout.number == 0 || (marked && layout.events.is_empty()) => break,
                End::OutOfBytes(None) if !marked => {}
                End::OutOfBytes(None) => return Err(Error::new(ErrorKind::Truncated).at(cursor.offset())),
                End::OutOfBytes(Some(fault)) | End::Damaged(fault) => return Err(fault.into()),
            }
            generations.push(describe(input, version, offset, cursor.offset(), &layout)?);
        }
        Ok(Self { input, version, generations })
    }

    /// The format version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The generations, in file order.
    pub fn generations(&self) -> &[GenerationInfo] {
        &self.generations
    }

    /// How many events the streams of a generation hold, without ordering them; `None` if there is no such
    /// generation.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownEvent`] and those of varints.
    pub fn count_events(&self, generation: usize) -> Result<Option<u64>> {
        let Some(part) = self.part(generation) else { return Ok(None) };
        let mut input = Cursor::at(part.0, part.1);
        let mut count = 0;
        while let Some(item) = super::wire::next_item(&mut input)? {
            let super::wire::Item::Batch(batch) = item else { continue };
            let mut events = batch.events();
            while events.next_event()?.is_some() {
                count += 1;
            }
        }
        Ok(Some(count))
    }

    /// The stream of one generation, as if the trace began with it; `None` if there is no such generation.
    pub(crate) fn stream(&self, generation: usize, options: Options) -> Option<Stream<'a>> {
        let info = self.generations.get(generation)?;
        let input = self.input.get(..(info.offset + info.len) as usize)?;
        Some(Stream::new(Source::Slice(input), self.version, options, info.offset))
    }

    /// The bytes of a generation, and their offset.
    fn part(&self, generation: usize) -> Option<(&'a [u8], u64)> {
        let info = self.generations.get(generation)?;
        let part = self.input.get(info.offset as usize..(info.offset + info.len) as usize)?;
        Some((part, info.offset))
    }
}

fn describe(
    input: &[u8],
    version: Version,
    offset: u64,
    end: u64,
    layout: &Layout,
) -> Result<GenerationInfo> {
    let mut sync = Sync::default();
    for batch in &layout.syncs {
        let data = input.get(batch.start..batch.end).unwrap_or_default();
        let (thread, time) = (ThreadId(batch.thread), batch.time);
        let batch = Batch {
            experiment: 0,
            generation: layout.number,
            thread,
            time,
            offset: batch.start as u64,
            data,
        };
        sync.add(&batch, version)?;
    }
    let (clock, snapshot) = sync.finish(version, end)?;
    let nanoseconds = |units| clock.nanoseconds(units).ok_or(Error::new(ErrorKind::TimeOverflow).at(offset));
    let last = layout.events.iter().map(|batch| batch.time).max().unwrap_or(layout.min_time);
    Ok(GenerationInfo {
        number: layout.number,
        offset,
        len: end - offset,
        batches: layout.batches() as u64,
        start: nanoseconds(layout.min_time)?,
        last_batch: nanoseconds(last)?,
        clock: snapshot,
    })
}
