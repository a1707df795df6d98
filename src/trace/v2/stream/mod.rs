//! A trace, read generation by generation: find one, order it, go to the next.

mod begin;
mod damage;

use std::borrow::Cow;

use super::order::Order;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::text::Printable;
use crate::trace::event::Event;
use crate::trace::header::Version;
use crate::trace::loss::Loss;
use crate::trace::options::{Damage, Options};
use crate::trace::source::Source;
use crate::trace::tables::{ExperimentBatches, Tables};

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A generation, or the end.
    Between,
    /// The current generation, whose tables have been read.
    Ready,
    /// An event of the current generation.
    Inside,
    /// This error, after the sync that Go gives before it.
    Failed(Fault),
    /// Nothing more.
    Done,
}

/// Reads a trace of Go 1.22 or later.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    source: Source<'a>,
    version: Version,
    options: Options,
    phase: Phase,
    order: Order,
    /// Offset of the first byte that has not been scanned.
    next: u64,
    /// Where the current generation begins.
    start: u64,
    /// The number of the generation before; 0 at the start.
    after: u64,
    syncs: u32,
    /// The current generation is damaged: the next must not rely on it.
    damaged: bool,
    /// The offset at which to stop, unless the generation turns out to be damaged.
    until: Option<u64>,
}

/// Where in a trace to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// Offset of the first byte that has not been scanned.
    pub(crate) next: u64,
    /// Where the current generation begins; the same as `next` if there is none.
    pub(crate) start: u64,
    /// The number of the generation before `next`; 0 at the start.
    pub(crate) after: u64,
    /// How many generations have begun.
    pub(crate) syncs: u32,
}

impl<'a> Stream<'a> {
    /// Reads from the first byte after the header, at offset `at`.
    pub(crate) fn new(source: Source<'a>, version: Version, options: Options, offset: u64) -> Self {
        let mut order = Order::default();
        order.repair_regions(options.damage == Damage::Skip);
        Self {
            source,
            version,
            options,
            phase: Phase::Between,
            order,
            next: offset,
            start: offset,
            after: 0,
            syncs: 0,
            damaged: false,
            until: None,
        }
    }

    /// Reads from some generation on, with the state of an order. If the order holds a generation with its
    /// tables, reads only that one, unless it is damaged.
    pub(crate) fn resume(
        source: Source<'a>,
        version: Version,
        options: Options,
        mut order: Order,
        Start { next, start, after, syncs }: Start,
    ) -> Self {
        order.repair_regions(options.damage == Damage::Skip);
        let ready = start != next;
        let phase = if ready { Phase::Ready } else { Phase::Between };
        let until = ready.then_some(next);
        Self { source, version, options, phase, order, next, start, after, syncs, damaged: false, until }
    }

    /// The state after the generation that was to be read; `None` if it was not read to its end without
    /// damage.
    pub(crate) fn into_order(self) -> Option<Order> {
        let ended = matches!(self.phase, Phase::Between) && !self.damaged && self.until == Some(self.next);
        ended.then_some(self.order)
    }

    /// Whether an assumption failed because too little was known of tasks.
    pub(crate) fn misses_task(&self) -> bool {
        self.order.misses_task()
    }

    /// The batches of experiments of the current generation.
    pub(crate) fn experiments(&self) -> &[ExperimentBatches] {
        &self.order.generation.experiments
    }

    /// The next event.
    #[inline(always)]
    pub(crate) fn next_event(
        &mut self,
        tables: &mut Cow<'_, Tables>,
        loss: &mut Loss,
    ) -> Result<Option<&Event>> {
        // Only inside a generation does the order have a thread that may go on.
        if self.order.go_on(self.source.bytes()) {
            return Ok(Some(&self.order.output.event));
        }
        self.next_phase(tables, loss)
    }

    #[inline(never)]
    fn next_phase(&mut self, tables: &mut Cow<'_, Tables>, loss: &mut Loss) -> Result<Option<&Event>> {
        loop {
            let given = match self.phase {
                Phase::Done => return Ok(None),
                Phase::Failed(fault) => {
                    self.phase = Phase::Done;
                    return Err(self.error(fault, tables));
                }
                Phase::Ready => {
                    self.order.start(self.source.bytes(), self.syncs);
                    self.phase = Phase::Inside;
                    true
                }
                Phase::Between if self.until == Some(self.next) && !self.damaged => return Ok(None),
                Phase::Between => self.begin(tables, loss).inspect_err(|_| self.phase = Phase::Done)?,
                Phase::Inside => match self.order.next_event(self.source.bytes(), self.source.base()) {
                    Ok(given) => {
                        if !given {
                            self.phase = Phase::Between;
                            self.count_misused_regions(loss);
                        }
                        given
                    }
                    Err(fault) => {
                        self.stop(fault, loss);
                        false
                    }
                },
            };
            if given {
                return Ok(Some(&self.order.output.event));
            }
        }
    }

    #[cold]
    fn error(&mut self, fault: Fault, tables: &Tables) -> Error {
        let region = self.order.misused_region().filter(|_| fault.kind == ErrorKind::BadRange);
        let region = region.map(|(goroutine, name)| {
            format!(" › region {} of goroutine {goroutine}", Printable(tables.string(name)))
        });
        let path = match self.order.generation.layout.number {
            0 if self.after == 0 => "the first generation".to_owned(),
            0 => format!("the part after generation {}", self.after),
            number => format!("generation {number}{}", self.order.culprit().unwrap_or_default()),
        };
        Error::from(fault).path(path + &region.unwrap_or_default())
    }
}
