//! The items that a trace of Go 1.22 and later consists of: batches, and marks between generations.
//!
//! ```text
//! batch:  1, generation, thread, time, size, data        experimental batch:  49, experiment, then the same
//! end of a generation (1.26):  52
//! ```

use super::spec::code;
use crate::error::{ErrorKind, Fault};
use crate::trace::event::ThreadId;
use crate::wire::Cursor;

/// Most data bytes of a batch.
const MAX_SIZE: u64 = 64 << 10;

/// One item between the header and the end of a trace.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'a> {
    /// Data of one thread, or a part of a table.
    Batch(Batch<'a>),
    /// The end of a generation.
    EndOfGeneration,
}

/// Data of one thread, or a part of a generation's tables.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The experiment whose data it holds; 0 for ordinary data.
    pub experiment: u8,
    /// The generation it belongs to, from 1.
    pub generation: u64,
    /// The thread that wrote it; `NONE` for tables.
    pub thread: ThreadId,
    /// The time in clock units to which its first event adds.
    pub time: u64,
    /// Offset of `data` in the input.
    pub offset: u64,
    /// What it holds.
    pub data: &'a [u8],
}

impl<'a> Batch<'a> {
    /// The first data byte of an ordinary batch, which shows what it holds; 0 if it is empty.
    pub(crate) fn first(&self) -> u8 {
        if self.experiment == 0 { self.data.first().copied().unwrap_or(0) } else { 0 }
    }

    /// What the batch holds.
    pub fn content(&self) -> Content {
        match self.first() {
            _ if self.experiment != 0 => Content::Experiment,
            code::STRINGS => Content::Strings,
            code::STACKS => Content::Stacks,
            code::CPU_SAMPLES => Content::CpuSamples,
            code::FREQUENCY | code::SYNC => Content::Sync,
            _ => Content::Events,
        }
    }

    /// A cursor over the data.
    pub(crate) fn cursor(&self) -> Cursor<'a> {
        Cursor::at(self.data, self.offset)
    }
}

/// What a batch holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// Events of a thread.
    Events,
    /// Part of the string table.
    Strings,
    /// Part of the stack table.
    Stacks,
    /// Samples of the CPU profile.
    CpuSamples,
    /// The clock frequency and a snapshot of the clocks.
    Sync,
    /// Data of an experiment.
    Experiment,
}

/// Reads the next item; `None` at the end of the input.
///
/// # Errors
/// At the field in question: [`ErrorKind::UnknownEvent`] for a byte that cannot begin an item,
/// [`ErrorKind::BatchTooLarge`], [`ErrorKind::Truncated`], [`ErrorKind::VarintOverflow`].
pub(crate) fn next_item<'a>(input: &mut Cursor<'a>) -> Result<Option<Item<'a>>, Fault> {
    let start = input.offset();
    let Ok(first) = input.byte() else { return Ok(None) };
    let experiment = match first {
        code::EVENT_BATCH => 0,
        code::EXPERIMENTAL_BATCH => input.byte()?,
        code::END_OF_GENERATION => return Ok(Some(Item::EndOfGeneration)),
        _ => return Err(Fault::new(ErrorKind::UnknownEvent, start)),
    };
    let generation = input.varint()?;
    let thread = ThreadId(input.varint()? as i64);
    let time = input.varint()?;
    let start = input.offset();
    let size = input.varint()?;
    if size > MAX_SIZE {
        return Err(Fault::new(ErrorKind::BatchTooLarge, start));
    }
    let offset = input.offset();
    let data = input.take(size).map_err(|_| Fault::new(ErrorKind::Truncated, offset))?;
    Ok(Some(Item::Batch(Batch { experiment, generation, thread, time, offset, data })))
}
