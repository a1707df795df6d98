//! What each goroutine really did with its time: sums over its spans.

use super::totals::Totals;
use crate::trace::analysis::engine::{Context, GoIndex, Span};
use crate::trace::{Event, EventKind, GoState, ProcId, Range, RangeName, Resource};

/// A range under way.
#[derive(Clone, Copy, Debug)]
struct Active {
    name: RangeName,
    goroutine: GoIndex,
    /// The proc, for a range of a proc.
    proc: ProcId,
    begin: i64,
    /// The goroutine's running time when it began.
    exec: i64,
}

/// Totals by goroutine.
#[derive(Debug, Default)]
pub(super) struct Correct {
    totals: Vec<Totals>,
    /// Ranges under way: at most one per name for each goroutine or proc that runs, and for goroutines that
    /// wait inside one.
    active: Vec<Active>,
}

impl Correct {
    pub(super) fn span(&mut self, span: &Span) {
        let index = span.goroutine.index();
        if index >= self.totals.len() {
            self.totals.resize_with(index + 1, Totals::default);
        }
        if let Some(totals) = self.totals.get_mut(index) {
            totals.add(span);
        }
    }

    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::RangeBegin(range) => self.begin(event, range, event.time, cx),
            EventKind::RangeActive(range) if cx.sync_count() < 2 => {
                self.begin(event, range, cx.sync_time(), cx);
            }
            EventKind::RangeEnd { name, .. } => self.end(event, name, cx),
            _ => {}
        }
    }

    fn begin(&mut self, event: &Event, range: Range, begin: i64, cx: &Context<'_>) {
        let (goroutine, proc) = match range.scope {
            Resource::Goroutine(id) => (cx.index_of(id), ProcId::NONE),
            Resource::Proc(proc) => (cx.index_of(event.goroutine), proc),
            _ => return,
        };
        let Some(goroutine) = goroutine else { return };
        let exec = if begin < event.time { 0 } else { self.exec(goroutine, cx) };
        // A range that begins twice lost its end in a damaged part of the trace.
        self.active
            .retain(|active| (active.name, active.goroutine, active.proc) != (range.name, goroutine, proc));
        self.active.push(Active { name: range.name, goroutine, proc, begin, exec });
    }

    fn end(&mut self, event: &Event, name: RangeName, cx: &Context<'_>) {
        let Some(goroutine) = cx.index_of(event.goroutine) else { return };
        let is_it = |active: &Active| match name {
            RangeName::Sweep => active.name == name && active.proc == event.proc,
            RangeName::StopTheWorld(_) => {
                matches!(active.name, RangeName::StopTheWorld(_)) && active.goroutine == goroutine
            }
            _ => active.name == name && active.goroutine == goroutine,
        };
        let Some(index) = self.active.iter().rposition(is_it) else { return };
        let active = self.active.swap_remove(index);
        // A range of a proc belongs to a goroutine only if it held the proc all the time.
        if active.goroutine == goroutine {
            let on_cpu = self.exec(goroutine, cx).saturating_sub(active.exec);
            if let Some(totals) = self.totals_mut(goroutine) {
                totals.add_range(active.name, event.time.saturating_sub(active.begin), on_cpu);
            }
        }
    }

    fn totals_mut(&mut self, goroutine: GoIndex) -> Option<&mut Totals> {
        if goroutine.index() >= self.totals.len() {
            self.totals.resize_with(goroutine.index() + 1, Totals::default);
        }
        self.totals.get_mut(goroutine.index())
    }

    /// A goroutine's running time until now.
    fn exec(&self, goroutine: GoIndex, cx: &Context<'_>) -> i64 {
        let go = cx.goroutine(goroutine);
        let open = if go.state == GoState::Running { cx.now().saturating_sub(go.since) } else { 0 };
        self.totals.get(goroutine.index()).map_or(0, |totals| totals.exec).saturating_add(open)
    }

    /// The totals until now, of a goroutine that runs.
    pub(super) fn snapshot(&self, goroutine: GoIndex, cx: &Context<'_>, out: &mut Totals) {
        match self.totals.get(goroutine.index()) {
            Some(totals) => out.set(totals),
            None => out.set(&Totals::default()),
        }
        out.exec = self.exec(goroutine, cx);
        let go = cx.goroutine(goroutine);
        out.total = go.lifetime(cx.now());
        for active in
            self.active.iter().filter(|active| active.goroutine == goroutine && active.proc.is_none())
        {
            out.add_range(
                active.name,
                cx.now().saturating_sub(active.begin),
                out.exec.saturating_sub(active.exec),
            );
        }
    }

    /// Ends what is under way at the end of the trace, after all spans.
    pub(super) fn finish(mut self, cx: &Context<'_>) -> Vec<Totals> {
        self.totals.resize_with(cx.goroutines().len(), Totals::default);
        for active in std::mem::take(&mut self.active) {
            if let Some(totals) =
                self.totals.get_mut(active.goroutine.index()).filter(|_| active.proc.is_none())
            {
                let on_cpu = totals.exec.saturating_sub(active.exec);
                totals.add_range(active.name, cx.now().saturating_sub(active.begin), on_cpu);
            }
        }
        for (totals, go) in self.totals.iter_mut().zip(cx.goroutines()) {
            totals.total = go.lifetime(cx.now());
        }
        self.totals
    }
}
