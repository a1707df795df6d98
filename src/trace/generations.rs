//! One generation after the other: finds it, orders it, and goes on to the next.

use super::event::{Event, EventKind};
use super::loss::Loss;
use super::options::Options;
use super::order::Order;
use super::source::Source;
use super::tables::Tables;
use super::v2::{End, scan};
use super::wire::Version;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::wire::Cursor;

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A generation, or the end.
    Between,
    /// An event of the current generation.
    Inside,
    /// This error, after the sync that Go gives before it.
    Failed(Fault),
    /// Nothing.
    Done,
}

/// Reads a trace of Go 1.22 or later.
#[derive(Debug)]
pub(crate) struct Generations<'a> {
    source: Source<'a>,
    version: Version,
    options: Options,
    phase: Phase,
    order: Order,
    /// Offset of what has not been scanned.
    next: u64,
    /// Where the current generation begins.
    start: u64,
    /// The number of the generation before; 0 at the start.
    after: u64,
    syncs: u32,
}

impl<'a> Generations<'a> {
    /// Reads from the first byte after the header, at offset `at`.
    pub(crate) fn new(source: Source<'a>, version: Version, options: Options, at: u64) -> Self {
        Self {
            source,
            version,
            options,
            phase: Phase::Between,
            order: Order::default(),
            next: at,
            start: at,
            after: 0,
            syncs: 0,
        }
    }

    /// The next event.
    #[inline(always)]
    pub(crate) fn next_event(&mut self, tables: &mut Tables, loss: &mut Loss) -> Result<Option<&Event>> {
        // The order has a thread that may go on only inside a generation.
        if self.order.go_on(self.source.bytes()) {
            return Ok(Some(&self.order.output.event));
        }
        self.next_phase(tables, loss)
    }

    #[inline(never)]
    fn next_phase(&mut self, tables: &mut Tables, loss: &mut Loss) -> Result<Option<&Event>> {
        loop {
            let given = match self.phase {
                Phase::Done => return Ok(None),
                Phase::Failed(fault) => {
                    self.phase = Phase::Done;
                    return Err(self.error(fault));
                }
                Phase::Between => self.begin(tables, loss).inspect_err(|_| self.phase = Phase::Done)?,
                Phase::Inside => match self.order.next(self.source.bytes(), self.source.base()) {
                    Ok(given) => {
                        if !given {
                            self.phase = Phase::Between;
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

    /// The current generation cannot go on.
    #[cold]
    fn stop(&mut self, fault: Fault, loss: &mut Loss) {
        if self.options.salvages() {
            loss.add(self.start..self.next, fault.kind, fault.at);
            loss.generations += 1;
            loss.batches += self.order.unread_batches();
            self.order.forget();
            self.phase = Phase::Between;
        } else {
            self.phase = Phase::Failed(fault);
        }
    }

    /// Finds the next generation and gives its sync event, or the one at the end, or the one before an error.
    fn begin(&mut self, tables: &mut Tables, loss: &mut Loss) -> Result<bool> {
        self.source.forget_before(self.next);
        self.start = self.next;
        self.order.generation.layout.clear();
        let end = self.scan()?;
        let number = self.order.generation.layout.number;
        let marked = self.version >= Version::Go1_26;
        self.syncs += 1;
        let fault = match end {
            End::Complete => None,
            // A crashing program may leave tables of a generation that never got events: that is a clean end.
            End::OutOfBytes(None)
                if (marked && self.order.generation.layout.events.is_empty())
                    || (number == 0 && self.after != 0) =>
            {
                tables.experiments.clear();
                let end = EventKind::Sync { n: self.syncs, clock: None };
                self.order.output.put_sync(self.order.output.last_time(), end);
                self.phase = Phase::Done;
                return Ok(true);
            }
            End::OutOfBytes(None) if number == 0 => Some(Fault::new(ErrorKind::NoFrequency, self.next)),
            End::OutOfBytes(None) if marked => Some(Fault::new(ErrorKind::Truncated, self.next)),
            End::OutOfBytes(None) => None,
            End::OutOfBytes(Some(fault)) | End::Damaged(fault) => {
                // Before 1.26 it shows only by what follows that a generation is whole: what cannot be read there
                // is told after it.
                let whole = !marked && number != 0 && fault.kind != ErrorKind::BadGeneration;
                (!whole).then_some(fault)
            }
        };
        let bytes = self.source.bytes();
        let base = self.source.base();
        let begun = match fault {
            Some(fault) => Err(fault),
            None => self.order.begin(bytes, base, self.next, self.version, self.syncs, tables),
        };
        match begun {
            Ok(()) => {
                self.after = number;
                self.phase = Phase::Inside;
            }
            Err(fault) => {
                tables.experiments.clear();
                let end = EventKind::Sync { n: self.syncs, clock: None };
                self.order.output.put_sync(self.order.output.last_time(), end);
                self.phase = Phase::Failed(fault);
            }
        }
        let _ = loss;
        Ok(true)
    }

    /// Collects the batches of the next generation, reading on while it is not whole.
    fn scan(&mut self) -> Result<End> {
        loop {
            let base = self.source.base();
            let rest = self.source.bytes().get((self.next - base) as usize..).unwrap_or_default();
            let mut input = Cursor::at(rest, self.next);
            let end = scan(&mut input, base, self.version, self.after, &mut self.order.generation.layout);
            self.next = input.offset();
            if !matches!(end, End::OutOfBytes(_)) || !self.source.read_more()? {
                return Ok(end);
            }
        }
    }

    #[cold]
    fn error(&self, fault: Fault) -> Error {
        let number = self.order.generation.layout.number;
        Error::from(fault).path(format!("generation {number}"))
    }
}
