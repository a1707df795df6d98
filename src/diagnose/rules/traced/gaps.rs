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
    /// Stops of the world under way: they are another rule's.
    stopped: usize,
    all: Vec<Gap>,
}

impl Gaps {
    pub(super) fn new(least: i64) -> Self {
        Self { least, stopped: 0, all: Vec::new() }
    }

    /// From how many nanoseconds on a gap counts.
    pub(super) fn least(&self) -> i64 {
        self.least
    }

    /// Takes a time without any event, from now to `end`.
    pub(super) fn pause(&mut self, end: i64, cx: &Context<'_>) {
        let start = cx.now();
        if end.saturating_sub(start) >= self.least && cx.count(GoState::Running) > 0 && self.stopped == 0 {
            self.all.push(Gap { start, end, all_busy: cx.idle_procs() == 0 });
        }
    }

    /// Takes an event that may stop or start the world.
    pub(super) fn range(&mut self, event: &Event) {
        match event.kind {
            EventKind::RangeBegin(range) | EventKind::RangeActive(range) => {
                self.stopped += usize::from(matches!(range.name, RangeName::StopTheWorld(_)));
            }
            EventKind::RangeEnd { name: RangeName::StopTheWorld(_), .. } => {
                self.stopped = self.stopped.saturating_sub(1);
            }
            _ => {}
        }
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
