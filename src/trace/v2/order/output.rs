//! The events of one step: usually one, at most three.

use super::world::SchedContext;
use crate::trace::event::{Event, EventKind, GoId, ProcId, StackId, ThreadId};

/// The current event, and those that follow it immediately.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) event: Event,
    /// The current event's time as recorded.
    pub(crate) recorded: i64,
    last: i64,
    next: [Event; 2],
    waiting: usize,
}

impl Default for Output {
    fn default() -> Self {
        Self { event: Event::NOWHERE, recorded: 0, last: 0, next: [Event::NOWHERE; 2], waiting: 0 }
    }
}

impl Output {
    /// Makes an event the current one; its time is after that of the event before.
    #[inline(always)]
    pub(super) fn put(&mut self, context: SchedContext, stack: StackId, kind: EventKind) {
        self.recorded = context.time;
        self.last = if context.time > self.last { context.time } else { self.last.saturating_add(1) };
        self.event = Event {
            time: self.last,
            thread: context.thread,
            goroutine: context.goroutine,
            proc: context.proc,
            stack,
            kind,
        };
    }

    /// Sets the time of the current event, which comes after that of the event before.
    #[inline(always)]
    pub(super) fn stamp(&mut self, time: i64) {
        self.recorded = time;
        self.last = if time > self.last { time } else { self.last.saturating_add(1) };
        self.event.time = self.last;
    }

    /// Makes an event of the trace itself the current one; it has no context.
    pub(crate) fn put_sync(&mut self, time: i64, kind: EventKind) {
        let nowhere =
            SchedContext { thread: ThreadId::NONE, goroutine: GoId::NONE, proc: ProcId::NONE, time };
        self.put(nowhere, StackId::NONE, kind);
    }

    /// Adds an event that follows the current one.
    pub(super) fn follow(&mut self, context: SchedContext, kind: EventKind) {
        if let Some(next) = self.next.get_mut(self.waiting) {
            *next = Event {
                time: context.time,
                thread: context.thread,
                goroutine: context.goroutine,
                proc: context.proc,
                stack: StackId::NONE,
                kind,
            };
            self.waiting += 1;
        }
    }

    /// Whether an event follows.
    #[inline(always)]
    pub(super) fn has_next(&self) -> bool {
        self.waiting != 0
    }

    /// Makes the next of the events that follow the current one.
    pub(super) fn advance(&mut self) {
        let [first, second] = self.next;
        self.next = [second; 2];
        self.waiting = self.waiting.saturating_sub(1);
        let Event { thread, goroutine, proc, time, stack, kind } = first;
        self.put(SchedContext { thread, goroutine, proc, time }, stack, kind);
    }

    /// Drops the events that follow.
    pub(super) fn drop_following(&mut self) {
        self.waiting = 0;
    }

    /// The events that follow.
    pub(super) fn following(&self) -> &[Event] {
        self.next.get(..self.waiting).unwrap_or_default()
    }

    /// The event before happened at `last`.
    pub(super) fn continue_after(&mut self, last: i64) {
        self.last = last;
    }

    /// The time of the last event.
    pub(crate) fn last_time(&self) -> i64 {
        self.last
    }
}
