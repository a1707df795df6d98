//! One generation, ready to be ordered: its tables resolved, its batches found.

use super::clock::{Clock, Sync};
use super::names::Names;
use super::samples::{self, Sample};
use super::scan::{BatchRef, Layout};
use super::wire::{Batch, Version};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::{ClockSnapshot, ThreadId};
use crate::trace::options::Damage;
use crate::trace::tables::{ExperimentBatches, Tables};

/// The bytes in which the batches of a generation are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'p> {
    pub(crate) bytes: &'p [u8],
    /// The offset of the first.
    pub(crate) base: u64,
    /// The offset where the generation ends.
    pub(crate) end: u64,
}

/// One generation. Memory is reused from one to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generation {
    pub(crate) layout: Layout,
    pub(crate) names: Names,
    pub(crate) clock: Clock,
    pub(crate) snapshot: Option<ClockSnapshot>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) experiments: Vec<ExperimentBatches>,
    /// Nanoseconds of the earliest batch.
    pub(crate) start: i64,
}

impl Generation {
    /// Reads the tables of the generation whose batches the layout holds. If damage is skipped, keeps what
    /// can be read, with the clock of the generation before if it has none of its own.
    ///
    /// # Errors
    /// Those of clocks, names and samples.
    pub(crate) fn read_tables(
        &mut self,
        Part { bytes, base, end }: Part<'_>,
        version: Version,
        damage: Damage,
        tables: &mut Tables,
    ) -> Result<(), Fault> {
        let mut sync = Sync::default();
        for batch in &self.layout.syncs {
            let read = sync.add(&open(bytes, base, batch), version);
            if damage == Damage::Refuse {
                read?;
            }
        }
        (self.clock, self.snapshot) = match sync.finish(version, end) {
            Err(_) if damage == Damage::Skip && sync.clock().or(self.clock.known()).is_some() => {
                (sync.clock().unwrap_or(self.clock), None)
            }
            read => read?,
        };
        self.start =
            self.clock.nanoseconds(self.layout.min_time).ok_or(Fault::new(ErrorKind::TimeOverflow, end))?;
        self.names.read(bytes, base, &self.layout, damage, tables)?;
        let read = samples::read(
            bytes,
            base,
            &self.layout.samples,
            self.clock,
            &self.names.stacks,
            &mut self.samples,
        );
        if damage == Damage::Refuse {
            read?;
        }
        self.experiments.clear();
        for &(experiment, batch) in &self.layout.experiments {
            let bytes = (batch.end - batch.start) as u64;
            match self.experiments.iter_mut().find(|known| known.experiment == experiment) {
                Some(known) => {
                    known.batches += 1;
                    known.bytes += bytes;
                }
                None => self.experiments.push(ExperimentBatches { experiment, batches: 1, bytes }),
            }
        }
        Ok(())
    }
}

/// A batch of the generation with `bytes`.
fn open<'a>(bytes: &'a [u8], base: u64, batch: &BatchRef) -> Batch<'a> {
    Batch {
        experiment: 0,
        generation: 0,
        thread: ThreadId(batch.thread),
        time: batch.time,
        offset: base + batch.start as u64,
        data: bytes.get(batch.start..batch.end).unwrap_or_default(),
    }
}
