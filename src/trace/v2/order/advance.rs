//! The next event of one thread takes effect, if it can.

use super::Order;
use super::events::{CommonEffect, Effect};
use super::slot::ThreadSlot;
use super::step::{Step, Stop};
use super::world::Thread;
use crate::error::{ErrorKind, Fault};
use crate::trace::v2::wire::{Window, code};
use crate::wire::Cursor;

impl Order {
    /// Lets the next event of a thread take effect, if it can, and reads the head of the event after it.
    #[inline(always)]
    pub(super) fn advance(&mut self, slot: ThreadSlot, bytes: &[u8]) -> Step {
        let Self { world, generation, output, streams } = self;
        let Some(thread) = world.threads.get_mut(slot) else { return Err(Stop::Waits) };
        let rest = bytes.get(thread.pos..thread.end).unwrap_or_default();
        let mut input = Window::new(rest, &mut streams.spare);
        let mut effect = CommonEffect {
            thread,
            slot,
            goroutines: &mut world.goroutines,
            procs: &mut world.procs,
            names: &generation.names,
            output,
            blocked: &mut streams.progress.blocked,
            round: world.round,
        };
        effect.set_place();
        match effect.thread.code {
            code::GO_START => effect.go_start(&mut input),
            code::GO_UNBLOCK => effect.go_unblock(&mut input),
            code::GO_BLOCK | code::GO_STOP => effect.go_stop(&mut input),
            code::GO_SYSCALL_BEGIN => effect.syscall_begin(&mut input),
            code::GO_SYSCALL_END => effect.syscall_end(),
            code::GO_CREATE | code::GO_CREATE_BLOCKED => effect.go_create(&mut input),
            code::GO_DESTROY => effect.go_destroy(),
            _ => return self.advance_uncommon(slot, bytes),
        }?;
        let thread = effect.thread;
        if input.is_empty() {
            streams.progress.exhausted = true;
            streams.progress.until = i64::MIN;
        } else if let Err(Stop::Refused(kind)) = thread.read_head(&mut input, &generation.clock) {
            self.defer(kind, slot);
        }
        Ok(())
    }

    /// The same for the rarer tenth of all events.
    #[inline(never)]
    fn advance_uncommon(&mut self, slot: ThreadSlot, bytes: &[u8]) -> Step {
        let Self { world, generation, output, streams } = self;
        let Some(&mut Thread { code, pos, end, .. }) = world.threads.get_mut(slot) else {
            return Err(Stop::Waits);
        };
        let mut input = Cursor::new(bytes.get(pos..end).unwrap_or_default());
        let blocked = &mut streams.progress.blocked;
        Effect { world, names: &generation.names, output, blocked, slot }.apply(code, &mut input)?;
        if output.has_next() {
            streams.progress.until = i64::MIN;
        }
        let Some(thread) = world.threads.get_mut(slot) else { return Err(Stop::Waits) };
        thread.pos = end - input.rest().len();
        if input.is_empty() {
            streams.progress.exhausted = true;
            streams.progress.until = i64::MIN;
        } else {
            let mut input = Window::new(input.rest(), &mut streams.spare);
            if let Err(Stop::Refused(kind)) = thread.read_head(&mut input, &generation.clock) {
                self.defer(kind, slot);
            }
        }
        Ok(())
    }

    /// Remembers the fault of the event after the one that took effect.
    #[cold]
    fn defer(&mut self, kind: ErrorKind, slot: ThreadSlot) {
        let pos = self.world.threads.get_mut(slot).map_or(0, |thread| thread.pos as u64);
        self.streams.progress.deferred = Some(Fault::new(kind, pos));
        self.streams.progress.until = i64::MIN;
    }
}
