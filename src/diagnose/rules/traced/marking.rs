//! How long the collector marks, and how often.

use crate::trace::analysis::Context;
use crate::trace::{Event, EventKind, RangeName};

/// The collections so far.
#[derive(Debug, Default)]
pub(super) struct Marking {
    began: Option<i64>,
    marked: i64,
    /// How many have begun.
    pub(super) cycles: u64,
}

impl Marking {
    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) if range.name == RangeName::GcMark => self.begin(event.time),
            EventKind::RangeActive(range) if range.name == RangeName::GcMark => self.begin(cx.start()),
            EventKind::RangeEnd { name: RangeName::GcMark, .. } => {
                if let Some(since) = self.began.take() {
                    self.marked = self.marked.saturating_add(event.time.saturating_sub(since));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, since: i64) {
        if self.began.is_none() {
            self.began = Some(since);
            self.cycles += 1;
        }
    }

    /// The time spent marking so far, in nanoseconds.
    pub(super) fn time(&self, cx: &Context<'_>) -> i64 {
        let open = self.began.map_or(0, |since| cx.now().saturating_sub(since));
        self.marked.saturating_add(open)
    }

    /// The part of the trace's time spent marking, from 0 to 1.
    pub(super) fn share(&self, cx: &Context<'_>) -> f64 {
        self.time(cx) as f64 / cx.elapsed().max(1) as f64
    }
}
