//! Finds the batches of the next generation, without looking into them.

use super::wire::{Batch, Content, Item, Version, code, next_item};
use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

/// Where a batch is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchRef {
    pub(crate) thread: i64,
    pub(crate) time: u64,
    /// Its data, as positions in the bytes of the generation.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// How a scan ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// A generation is complete, and the next one begins where the scan stopped.
    Complete,
    /// The bytes end, inside an item if there is a fault. More may come.
    OutOfBytes(Option<Fault>),
    /// The bytes here cannot be read.
    Damaged(Fault),
}

/// Where the batches of one generation are. Memory is reused from one generation to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Its number; 0 before the first batch.
    pub(crate) number: u64,
    /// The smallest time of a batch, in clock units.
    pub(crate) min_time: u64,
    /// Batches of events, in file order.
    pub(crate) events: Vec<BatchRef>,
    /// Batches of strings, stacks, CPU samples and clocks.
    pub(crate) strings: Vec<BatchRef>,
    pub(crate) stacks: Vec<BatchRef>,
    pub(crate) samples: Vec<BatchRef>,
    pub(crate) syncs: Vec<BatchRef>,
    /// Batches of experiments: which, and where.
    pub(crate) experiments: Vec<(u8, BatchRef)>,
}

impl Layout {
    pub(crate) fn clear(&mut self) {
        self.number = 0;
        self.min_time = 0;
        for list in
            [&mut self.events, &mut self.strings, &mut self.stacks, &mut self.samples, &mut self.syncs]
        {
            list.clear();
        }
        self.experiments.clear();
    }

    /// How many batches there are.
    pub(crate) fn batches(&self) -> usize {
        self.events.len() + self.tables() + self.experiments.len()
    }

    fn tables(&self) -> usize {
        self.strings.len() + self.stacks.len() + self.samples.len() + self.syncs.len()
    }

    fn add(&mut self, batch: &Batch<'_>, version: Version, base: u64) {
        let start = (batch.offset - base) as usize;
        let place =
            BatchRef { thread: batch.thread.0, time: batch.time, start, end: start + batch.data.len() };
        if self.min_time == 0 || batch.time < self.min_time {
            self.min_time = batch.time;
        }
        let newer = version >= Version::Go1_25;
        match batch.content() {
            Content::Strings => self.strings.push(place),
            Content::Stacks => self.stacks.push(place),
            Content::CpuSamples => self.samples.push(place),
            Content::Sync if (batch.first() == code::SYNC) == newer => self.syncs.push(place),
            Content::Experiment => self.experiments.push((batch.experiment, place)),
            Content::Events | Content::Sync => self.events.push(place),
        }
    }
}

/// Collects batches into a layout, from `input` up to the end of the generation, and leaves `input` after the
/// last whole item that belongs to it. `base` is the offset of the generation's bytes, `after` the number of
/// the generation before it, or 0. Called again with more bytes, it continues.
///
/// # Cost
/// One header per batch: data is skipped.
pub(crate) fn scan(
    input: &mut Cursor<'_>,
    base: u64,
    version: Version,
    after: u64,
    into: &mut Layout,
) -> End {
    let marked = version >= Version::Go1_26;
    loop {
        let before = *input;
        let offset = before.offset();
        let item = match next_item(input) {
            Ok(Some(item)) => item,
            Ok(None) => return End::OutOfBytes(None),
            Err(fault) => {
                *input = before;
                let short = fault.kind == ErrorKind::Truncated;
                return if short { End::OutOfBytes(Some(fault)) } else { End::Damaged(fault) };
            }
        };
        let fault = match item {
            Item::EndOfGeneration if !marked => ErrorKind::UnknownEvent,
            Item::EndOfGeneration if into.number == 0 => ErrorKind::EmptyGeneration,
            Item::EndOfGeneration => return End::Complete,
            // The mark written as a batch, which Go accepts.
            Item::Batch(batch) if marked && batch.first() == code::END_OF_GENERATION => return End::Complete,
            Item::Batch(batch) if batch.generation == 0 => ErrorKind::BadGeneration,
            Item::Batch(batch) if into.number == 0 => {
                if after != 0 && batch.generation != after.wrapping_add(1) {
                    ErrorKind::BadGeneration
                } else {
                    into.number = batch.generation;
                    into.add(&batch, version, base);
                    continue;
                }
            }
            Item::Batch(batch) if batch.generation == into.number => {
                into.add(&batch, version, base);
                continue;
            }
            Item::Batch(batch) if !marked && batch.generation == into.number.wrapping_add(1) => {
                *input = before;
                return End::Complete;
            }
            Item::Batch(_) => ErrorKind::BadGeneration,
        };
        *input = before;
        return End::Damaged(Fault::new(fault, offset));
    }
}
