//! The collector's mark phase begins, is under way, and ends.

use super::{Effect, Key, Step};
use crate::trace::event::{EventKind, Range, RangeName, Resource, StackId};
use crate::trace::v2::order::step::UNBALANCED;
use crate::trace::v2::order::world::Gc;
use crate::wire::Cursor;

const MARK: Range = Range { name: RangeName::GcMark, scope: Resource::None };

impl Effect<'_> {
    pub(super) fn gc_active(&mut self, input: &mut Cursor<'_>) -> Step {
        let seq = input.varint()?;
        self.world.assume_gc(true, seq);
        if self.world.is_initial() {
            if self.world.gc.running.is_some() {
                return Err(UNBALANCED);
            }
        } else {
            if self.world.gc.next() != Some(seq) {
                return self.wait(Key::Gc(seq));
            }
            if self.world.gc.running != Some(true) {
                return Err(UNBALANCED);
            }
            self.require_user()?;
        }
        self.world.gc = Gc { running: Some(true), seq };
        self.put(StackId::NONE, EventKind::RangeActive(MARK))
    }

    pub(super) fn gc_begin(&mut self, input: &mut Cursor<'_>) -> Step {
        let seq = input.varint()?;
        let stack = self.stack(input)?;
        self.world.assume_gc(false, seq);
        if let Some(running) = self.world.gc.running {
            if self.world.gc.next() != Some(seq) {
                return self.wait(Key::Gc(seq));
            }
            if running {
                return Err(UNBALANCED);
            }
            self.require_user()?;
        }
        self.world.gc = Gc { running: Some(true), seq };
        self.put(stack, EventKind::RangeBegin(MARK))
    }

    pub(super) fn gc_end(&mut self, input: &mut Cursor<'_>) -> Step {
        let seq = input.varint()?;
        if self.world.gc.next() != Some(seq) {
            return self.wait(Key::Gc(seq));
        }
        if self.world.gc.running != Some(true) {
            return Err(UNBALANCED);
        }
        self.require_user()?;
        self.world.gc = Gc { running: Some(false), seq };
        self.put(StackId::NONE, EventKind::RangeEnd { name: RangeName::GcMark, swept: 0, reclaimed: 0 })
    }
}
