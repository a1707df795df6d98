//! Where a generation begins, where the trace ends, and which of the two comes next.

use std::borrow::Cow;

use super::{Phase, Stream};
use crate::error::{ErrorKind, Fault, Result};
use crate::trace::event::EventKind;
use crate::trace::header::Version;
use crate::trace::loss::Loss;
use crate::trace::options::Damage;
use crate::trace::tables::Tables;
use crate::trace::v2::generation::Part;
use crate::trace::v2::scan::{End, scan};
use crate::wire::Cursor;

impl Stream<'_> {
    /// Finds the next generation and gives its sync event, or the one at the end, or the one before an error.
    pub(super) fn begin(&mut self, tables: &mut Cow<'_, Tables>, loss: &mut Loss) -> Result<bool> {
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
                self.put_end();
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
        self.put_end();
        self.phase = Phase::Failed(fault);
        Ok(true)
    }

    /// Gives the sync event after the last generation.
    fn put_end(&mut self) {
        self.order.generation.experiments.clear();
        let end = EventKind::Sync { n: self.syncs, clock: None };
        self.order.output.put_sync(self.order.output.last_time(), end);
    }

    /// Begins to order the generation whose batches have been found.
    pub(super) fn begin_order(
        &mut self,
        damage: Damage,
        tables: &mut Cow<'_, Tables>,
    ) -> std::result::Result<(), Fault> {
        let part = Part { bytes: self.source.bytes(), base: self.source.base(), end: self.next };
        self.order.begin(part, self.version, self.syncs, damage, tables.to_mut())
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
    pub(super) fn scan(&mut self) -> Result<End> {
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
}
