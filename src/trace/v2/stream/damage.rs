//! What is left of a damaged generation, and where reading resumes.

use std::borrow::Cow;

use super::{Phase, Stream};
use crate::error::{ErrorKind, Fault, Result};
use crate::trace::loss::Loss;
use crate::trace::options::Damage;
use crate::trace::tables::Tables;
use crate::trace::v2::resync::{batch_at, resync};
use crate::trace::v2::scan::End;

/// More bytes than the batches that `resync` needs to judge an offset.
const LAST_BATCHES: u64 = 5 * (64 << 10);

impl Stream<'_> {
    /// The current generation cannot continue.
    #[cold]
    pub(super) fn stop(&mut self, fault: Fault, loss: &mut Loss) {
        if self.order.is_assumed() {
            self.phase = Phase::Done;
            return;
        }
        if self.options.damage == Damage::Refuse {
            self.phase = Phase::Failed(fault);
            return;
        }
        self.count_misused_regions(loss);
        loss.add(self.start..self.next, fault.kind, fault.at);
        loss.batches += self.order.unread_batches();
        if !self.damaged {
            loss.generations += 1;
        }
        self.damaged = true;
        self.phase = Phase::Between;
    }

    /// Counts regions of the generation that ended out of order; nothing else is lost by them.
    pub(super) fn count_misused_regions(&mut self, loss: &mut Loss) {
        let count = self.order.take_misused_regions();
        if count > 0 {
            loss.regions += count;
            loss.first.get_or_insert((ErrorKind::BadRange, self.start));
        }
    }

    /// Begins a generation with only a part of its data; false if nothing is left of it.
    #[cold]
    pub(super) fn begin_damaged(&mut self, tables: &mut Cow<'_, Tables>, loss: &mut Loss) -> bool {
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

    /// Skips unreadable bytes, up to where the next generation begins. Keeps the current generation's tables
    /// after the damage but no more of its events, because some before them are missing.
    #[cold]
    pub(super) fn skip_damage(&mut self) -> Result<()> {
        let number = self.order.generation.layout.number;
        let mut from = self.next + 1;
        loop {
            let base = self.source.base();
            let bytes = self.source.bytes();
            let since = self.order.generation.layout.min_time;
            let Some(position) = resync(bytes, (from - base) as usize, number, since) else {
                self.next = base + bytes.len() as u64;
                if self.source.read_more()? {
                    // Batches near the end of the bytes could not be judged yet.
                    from = from.max(self.next.saturating_sub(LAST_BATCHES));
                    continue;
                }
                return Ok(());
            };
            self.next = base + position as u64;
            let here = bytes.get(position..).and_then(batch_at).map_or(0, |batch| batch.generation);
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
}
