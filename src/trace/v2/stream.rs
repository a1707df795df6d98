//! Reads a trace generation by generation: finds one, orders it, and goes on to the next.

use super::generation::Part;
use super::order::Order;
use super::resync::{batch_at, resync};
use super::scan::{End, scan};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::trace::event::{Event, EventKind};
use crate::trace::header::Version;
use crate::trace::loss::Loss;
use crate::trace::options::{Damage, Options};
use crate::trace::source::Source;
use crate::trace::tables::{ExperimentBatches, Tables};
use crate::wire::Cursor;
use std::borrow::Cow;

/// More bytes than the batches take by which `resync` judges an offset.
const LAST_BATCHES: u64 = 5 * (64 << 10);

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
    /// Nothing.
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
    /// Offset of what has not been scanned.
    next: u64,
    /// Where the current generation begins.
    start: u64,
    /// The number of the generation before; 0 at the start.
    after: u64,
    syncs: u32,
    /// The current generation is damaged: the next must not build upon it.
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
            damaged: false,
            until: None,
        }
    }

    /// Reads from some generation on, with the state of an order. If the order holds a generation with its
    /// tables, reads nothing but that one, unless it is damaged.
    pub(crate) fn resume(
        source: Source<'a>,
        version: Version,
        options: Options,
        order: Order,
        Start { next, start, after, syncs }: Start,
    ) -> Self {
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
                    return Err(self.error(fault));
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
        if self.order.is_assumed() {
            self.phase = Phase::Done;
            return;
        }
        if self.options.damage == Damage::Refuse {
            self.phase = Phase::Failed(fault);
            return;
        }
        loss.add(self.start..self.next, fault.kind, fault.at);
        loss.batches += self.order.unread_batches();
        if !self.damaged {
            loss.generations += 1;
        }
        self.damaged = true;
        self.phase = Phase::Between;
    }

    /// Finds the next generation and gives its sync event, or the one at the end, or the one before an error.
    fn begin(&mut self, tables: &mut Cow<'_, Tables>, loss: &mut Loss) -> Result<bool> {
        if std::mem::take(&mut self.damaged) {
            self.order.forget();
            self.after = 0;
        }
        self.source.forget_before(self.next);
        self.start = self.next;
        self.order.generation.layout.clear();
        let end = self.scan()?;
        let number = self.order.generation.layout.number;
        let marked = self.version >= Version::Go1_26;
        let salvages = self.options.damage == Damage::Skip;
        self.syncs += 1;
        let fault = match end {
            End::Complete => None,
            End::OutOfBytes(None) if self.is_clean_end() => {
                if salvages && self.syncs == 1 && !marked {
                    loss.add(self.next..self.next, ErrorKind::NoFrequency, self.next);
                }
                self.order.generation.experiments.clear();
                let end = EventKind::Sync { n: self.syncs, clock: None };
                self.order.output.put_sync(self.order.output.last_time(), end);
                self.phase = Phase::Done;
                return Ok(true);
            }
            End::OutOfBytes(None) if number == 0 => Some(Fault::new(ErrorKind::NoFrequency, self.next)),
            End::OutOfBytes(None) if marked => Some(Fault::new(ErrorKind::Truncated, self.next)),
            End::OutOfBytes(None) => None,
            End::OutOfBytes(Some(fault)) | End::Damaged(fault) => {
                // Before format 1.26 a generation ends where the next one begins, so an unreadable successor
                // is reported only after this generation.
                let whole = !marked && number != 0 && fault.kind != ErrorKind::BadGeneration;
                (salvages || !whole).then_some(fault)
            }
        };
        let fault = match fault {
            None => match self.begin_order(Damage::Refuse, tables) {
                Ok(()) => {
                    self.after = number;
                    self.phase = Phase::Inside;
                    return Ok(true);
                }
                // The batches are whole, only their contents are not.
                Err(fault) if salvages => {
                    loss.add(self.start..self.next, fault.kind, fault.at);
                    return Ok(self.begin_damaged(tables, loss));
                }
                Err(fault) => fault,
            },
            Some(fault) if salvages => {
                let from = self.next;
                self.skip_damage()?;
                loss.add(from..self.next, fault.kind, fault.at);
                return Ok(self.begin_damaged(tables, loss));
            }
            Some(fault) => fault,
        };
        self.order.generation.experiments.clear();
        let end = EventKind::Sync { n: self.syncs, clock: None };
        self.order.output.put_sync(self.order.output.last_time(), end);
        self.phase = Phase::Failed(fault);
        Ok(true)
    }

    /// Begins to order the generation whose batches have been found.
    fn begin_order(
        &mut self,
        damage: Damage,
        tables: &mut Cow<'_, Tables>,
    ) -> std::result::Result<(), Fault> {
        let part = Part { bytes: self.source.bytes(), base: self.source.base(), end: self.next };
        self.order.begin(part, self.version, self.syncs, damage, tables.to_mut())
    }

    /// Begins a generation of which only a part is left; false if nothing is.
    #[cold]
    fn begin_damaged(&mut self, tables: &mut Cow<'_, Tables>, loss: &mut Loss) -> bool {
        loss.generations += 1;
        self.damaged = true;
        let begun =
            self.order.generation.layout.number != 0 && self.begin_order(Damage::Skip, tables).is_ok();
        if begun {
            self.phase = Phase::Inside;
        } else {
            loss.batches += self.order.generation.layout.batches() as u64;
            self.syncs -= 1;
        }
        begun
    }

    /// Skips what cannot be read, up to where the next generation begins. Of the current one it keeps the
    /// tables after the damage, but no more events: something is missing before them.
    #[cold]
    fn skip_damage(&mut self) -> Result<()> {
        let number = self.order.generation.layout.number;
        let mut from = self.next + 1;
        loop {
            let base = self.source.base();
            let bytes = self.source.bytes();
            let since = self.order.generation.layout.min_time;
            let Some(at) = resync(bytes, (from - base) as usize, number, since) else {
                self.next = base + bytes.len() as u64;
                if self.source.read_more()? {
                    // What begins in the last few batches could not be judged yet.
                    from = from.max(self.next.saturating_sub(LAST_BATCHES));
                    continue;
                }
                return Ok(());
            };
            self.next = base + at as u64;
            let here = bytes.get(at..).and_then(batch_at).map_or(0, |batch| batch.generation);
            if here != number {
                return Ok(());
            }
            let (events, start) =
                (self.order.generation.layout.events.len(), self.order.generation.layout.min_time);
            let end = self.scan()?;
            self.order.generation.layout.events.truncate(events);
            self.order.generation.layout.min_time = start;
            match end {
                End::Complete => return Ok(()),
                End::OutOfBytes(_) => {
                    self.next = self.source.base() + self.source.bytes().len() as u64;
                    return Ok(());
                }
                End::Damaged(_) => {
                    let rest = self.source.bytes().get((self.next - self.source.base()) as usize..);
                    if rest.and_then(batch_at).is_some_and(|batch| batch.generation > number) {
                        return Ok(());
                    }
                    from = self.next + 1;
                }
            }
        }
    }

    /// Whether the end of the input is one where a trace may end. A crashing program may leave tables of a
    /// generation that never got events.
    fn is_clean_end(&self) -> bool {
        let layout = &self.order.generation.layout;
        let marked = self.version >= Version::Go1_26;
        (marked && layout.events.is_empty())
            || (layout.number == 0 && (self.after != 0 || self.options.damage == Damage::Skip))
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
    fn error(&mut self, fault: Fault) -> Error {
        let path = match self.order.generation.layout.number {
            0 if self.after == 0 => "the first generation".to_owned(),
            0 => format!("what follows generation {}", self.after),
            number => format!("generation {number}{}", self.order.culprit().unwrap_or_default()),
        };
        Error::from(fault).path(path)
    }
}
