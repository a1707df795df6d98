//! The garbage collector's mark phase, one for the whole program.

use super::waiting::Key;
use super::{Advance, Order};
use crate::error::{ErrorKind, Fault};
use crate::trace::event::EventKind;
use crate::trace::event::StackId;
use crate::trace::event::{Range, RangeName, Resource};
use crate::wire::Cursor;

/// The state of the mark phase.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gc {
    running: Option<bool>,
    seq: u64,
}

impl Gc {
    /// The next sequence number. Go lets it wrap; a program would have to collect 2^64 times.
    pub(super) fn next(&self) -> Option<u64> {
        self.seq.checked_add(1)
    }

    /// Whether it is as was assumed. A mark phase may begin where none was told of.
    pub(super) fn was(&self, assumed: Option<(bool, u64)>) -> bool {
        match assumed {
            None => true,
            Some((false, _)) if self.running.is_none() => true,
            Some((running, seq)) => self.running == Some(running) && self.seq == seq,
        }
    }
}

const MARK: Range = Range { name: RangeName::GcMark, scope: Resource::None };

impl Order {
    /// Assumes, where nothing is known, that the phase was such that `seq` is next.
    fn assume_gc(&mut self, running: bool, seq: u64) {
        let Some(assumed) = &mut self.assumed else { return };
        if self.gc.running.is_none() && seq > 0 {
            assumed.gc = Some((running, seq - 1));
            self.gc = Gc { running: Some(running), seq: seq - 1 };
        }
    }

    pub(super) fn gc_active(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let seq = input.varint()?;
        let fault = Fault::new(ErrorKind::BadRange, input.offset());
        self.assume_gc(true, seq);
        if self.is_initial() {
            if self.gc.running.is_some() {
                return Err(fault);
            }
        } else {
            if self.gc.next() != Some(seq) {
                return self.wait(Key::Gc(seq));
            }
            if self.gc.running != Some(true) {
                return Err(fault);
            }
            self.user(at, input)?;
        }
        self.gc = Gc { running: Some(true), seq };
        self.put(at, StackId::NONE, EventKind::RangeActive(MARK));
        Ok(true)
    }

    pub(super) fn gc_begin(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let seq = input.varint()?;
        let stack = self.stack(input)?;
        self.assume_gc(false, seq);
        if let Some(running) = self.gc.running {
            if self.gc.next() != Some(seq) {
                return self.wait(Key::Gc(seq));
            }
            if running {
                return Err(Fault::new(ErrorKind::BadRange, input.offset()));
            }
            self.user(at, input)?;
        }
        self.gc = Gc { running: Some(true), seq };
        self.put(at, stack, EventKind::RangeBegin(MARK));
        Ok(true)
    }

    pub(super) fn gc_end(&mut self, at: u32, input: &mut Cursor<'_>) -> Advance {
        let seq = input.varint()?;
        if self.gc.next() != Some(seq) {
            return self.wait(Key::Gc(seq));
        }
        if self.gc.running != Some(true) {
            return Err(Fault::new(ErrorKind::BadRange, input.offset()));
        }
        self.user(at, input)?;
        self.gc = Gc { running: Some(false), seq };
        self.put(at, StackId::NONE, EventKind::RangeEnd { name: RangeName::GcMark, swept: 0, reclaimed: 0 });
        Ok(true)
    }
}
