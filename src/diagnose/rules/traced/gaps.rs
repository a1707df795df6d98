//! Gaps between events while goroutines ran: moments at which the whole process stood still.

use crate::trace::analysis::Context;
use crate::trace::{Event, EventKind, GoState, RangeName};

/// A stretch without any event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub(super) start: i64,
    pub(super) end: i64,
    /// Every P had a goroutine running.
    pub(super) all_busy: bool,
}

/// The gaps so far, in the order of time.
#[derive(Debug)]
pub(super) struct Gaps {
    /// From how many nanoseconds on a gap counts.
    least: i64,
    last: Option<i64>,
    running: usize,
    idle: usize,
    /// Stops of the world under way: they are another rule's.
    stopped: usize,
    all: Vec<Gap>,
}

impl Gaps {
    pub(super) fn new(least: i64) -> Self {
        Self { least, last: None, running: 0, idle: 0, stopped: 0, all: Vec::new() }
    }

    /// Moves on to the time of the event at hand. A span that this event ends may hold a gap that it ends,
    /// too: call it before looking at the span.
    pub(super) fn advance(&mut self, now: i64) {
        let Some(last) = self.last.replace(now) else { return };
        if now.saturating_sub(last) >= self.least && self.running > 0 && self.stopped == 0 {
            self.all.push(Gap { start: last, end: now, all_busy: self.idle == 0 });
        }
    }

    /// Takes an event, whose time is the end of a gap and the beginning of the next.
    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        self.advance(event.time);
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                self.stopped += usize::from(matches!(range.name, RangeName::StopTheWorld(_)));
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                self.stopped = self.stopped.saturating_sub(1);
            }
            _ => {}
        }
        self.running = cx.count(GoState::Running);
        self.idle = cx.idle_procs();
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Gap] {
        &self.all
    }

    /// How much of the time from `start` to `end` falls into gaps, in nanoseconds.
    pub(super) fn overlap(&self, start: i64, end: i64) -> i64 {
        let first = self.all.partition_point(|gap| gap.end <= start);
        let within = self.all.iter().skip(first).take_while(|gap| gap.start < end);
        within.map(|gap| gap.end.min(end).saturating_sub(gap.start.max(start))).fold(0, i64::saturating_add)
    }
}
