//! Finds how much of the procs the collector leaves to the program.

use super::utilization::{Utilization, UtilizationPoint};
use crate::compat::Compat;
use crate::trace::analysis::engine::{Analysis, Context, GoIndex};
use crate::trace::{Event, EventKind, GoTransition, Metric, ProcId, Range, RangeName};

/// Finds how much of the procs the collector leaves to the program; returns a [`Utilization`].
///
/// # Cost
/// Memory is proportional to the changes of the utilization: to the collector's events.
#[derive(Debug)]
#[doc(alias = "MutatorUtilizationV2")]
#[doc(alias = "MutatorUtil")]
pub struct MutatorUtilization {
    compat: Compat,
    has_stw: bool,
    has_background: bool,
    has_assist: bool,
    has_sweep: bool,
    per_proc: bool,
    series: Vec<Vec<UtilizationPoint>>,
    procs: Vec<Proc>,
    /// `GOMAXPROCS` by time.
    proc_counts: Vec<(i64, usize)>,
    /// How many procs work for the collector.
    busy: usize,
    stopped: u32,
    is_changed: bool,
    /// By goroutine: what it does for the collector.
    roles: Vec<Role>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Proc {
    /// How much work for the collector runs on it.
    gc: i64,
    series: usize,
}

/// What a goroutine does for the collector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Role {
    is_assisting: bool,
    is_worker: bool,
}

impl Default for MutatorUtilization {
    fn default() -> Self {
        Self::new(Compat::Correct)
    }
}

impl MutatorUtilization {
    /// The analysis with the figures of `compat`: all procs together, all work of the collector.
    pub fn new(compat: Compat) -> Self {
        Self {
            compat,
            has_stw: true,
            has_background: true,
            has_assist: true,
            has_sweep: true,
            per_proc: false,
            series: Vec::new(),
            procs: Vec::new(),
            proc_counts: Vec::new(),
            busy: 0,
            stopped: 0,
            is_changed: false,
            roles: Vec::new(),
        }
    }

    /// Sets whether stops of the world count.
    #[must_use]
    pub fn with_stw(mut self, has_stw: bool) -> Self {
        self.has_stw = has_stw;
        self
    }

    /// Sets whether mark workers count, except those on idle procs.
    #[must_use]
    pub fn with_background(mut self, has_background: bool) -> Self {
        self.has_background = has_background;
        self
    }

    /// Sets whether mark assists count.
    #[must_use]
    pub fn with_assist(mut self, has_assist: bool) -> Self {
        self.has_assist = has_assist;
        self
    }

    /// Sets whether sweeping counts.
    #[must_use]
    pub fn with_sweep(mut self, has_sweep: bool) -> Self {
        self.has_sweep = has_sweep;
        self
    }

    /// Sets whether each proc has a function of its own. Workers on procs set aside for them do not count
    /// then.
    #[must_use]
    pub fn with_per_proc(mut self, per_proc: bool) -> Self {
        self.per_proc = per_proc;
        self
    }

    fn gomaxprocs(&mut self, count: usize, time: i64) {
        // No machine has more procs, and the functions of more would take too much memory.
        let count = count.min(1 << 16);
        for proc in self.procs.drain(count.min(self.procs.len())..) {
            self.busy -= usize::from(proc.gc > 0);
            if self.per_proc {
                add_point(&mut self.series[proc.series], UtilizationPoint { time, utilization: 0.0 });
            }
        }
        while self.procs.len() < count {
            if self.per_proc || self.series.is_empty() {
                self.series.push(vec![UtilizationPoint { time, utilization: 1.0 }]);
            }
            let series = if self.per_proc { self.series.len() - 1 } else { 0 };
            self.procs.push(Proc { gc: 0, series });
        }
        if self.proc_counts.last().is_none_or(|last| last.1 != count) {
            self.proc_counts.push((time, count));
        }
        self.is_changed = true;
    }

    /// Changes how much work for the collector runs on a proc.
    fn work(&mut self, proc: ProcId, change: i64) {
        let index = usize::try_from(proc.raw()).ok();
        let Some(proc) = index.and_then(|index| self.procs.get_mut(index)) else { return };
        let was_busy = proc.gc > 0;
        proc.gc += change;
        self.busy += usize::from(proc.gc > 0);
        self.busy -= usize::from(was_busy);
        self.is_changed = true;
    }

    fn role(&mut self, goroutine: GoIndex) -> &mut Role {
        if goroutine.index() >= self.roles.len() {
            self.roles.resize(goroutine.index() + 1, Role::default());
        }
        &mut self.roles[goroutine.index()]
    }

    fn counts_stop(&self, name: RangeName, cx: &Context<'_>) -> bool {
        match name {
            RangeName::StopTheWorld(kind) if self.has_stw => {
                let is_gc = || memchr::memmem::find(cx.string(kind), b"GC").is_some();
                self.compat == Compat::Correct || is_gc()
            }
            _ => false,
        }
    }

    fn range_begins(&mut self, event: &Event, range: Range, cx: &Context<'_>) {
        match range.name {
            name if self.counts_stop(name, cx) => {
                self.stopped += 1;
                self.is_changed = true;
            }
            RangeName::Sweep if self.has_sweep => self.work(event.proc, 1),
            RangeName::MarkAssist if self.has_assist => {
                self.work(event.proc, 1);
                if let Some(goroutine) = cx.index_of(event.goroutine) {
                    self.role(goroutine).is_assisting = true;
                }
            }
            _ => {}
        }
    }

    fn range_ends(&mut self, event: &Event, name: RangeName, cx: &Context<'_>) {
        match name {
            name if self.counts_stop(name, cx) => {
                self.stopped = self.stopped.saturating_sub(1);
                self.is_changed = true;
            }
            RangeName::Sweep if self.has_sweep => self.work(event.proc, -1),
            RangeName::MarkAssist if self.has_assist => {
                self.work(event.proc, -1);
                if let Some(role) =
                    cx.index_of(event.goroutine).and_then(|goroutine| self.roles.get_mut(goroutine.index()))
                {
                    role.is_assisting = false;
                }
            }
            _ => {}
        }
    }

    /// A range turns out to have been under way since the start of the trace, which the points so far lack.
    fn range_is_active(&mut self, event: &Event, range: Range, cx: &Context<'_>) {
        if cx.sync_count() > 1 {
            return;
        }
        let runs = || {
            cx.index_of(event.goroutine).is_some_and(|goroutine| cx.goroutine(goroutine).state.is_executing())
        };
        let counts = match range.name {
            RangeName::MarkAssist => self.has_assist && runs(),
            RangeName::Sweep => self.has_sweep,
            _ => false,
        };
        if counts && !self.per_proc {
            let mut count = 0;
            for point in self.series.first_mut().into_iter().flatten() {
                while self.proc_counts.get(count + 1).is_some_and(|next| next.0 < point.time) {
                    count += 1;
                }
                let procs = self.proc_counts.get(count).map_or(1, |count| count.1);
                point.utilization = (point.utilization - 1.0 / procs as f64).max(0.0);
            }
        }
        self.range_begins(event, range, cx);
    }

    fn changes(&mut self, event: &Event, transition: GoTransition, cx: &Context<'_>) {
        let Some(goroutine) = cx.subject() else { return };
        let role = self.roles.get_mut(goroutine.index());
        let Some(role) = role.filter(|role| role.is_assisting || role.is_worker) else { return };
        let (was, is) = (transition.from.is_executing(), transition.to.is_executing());
        if was && !is && self.compat == Compat::Correct {
            // The label of its next run shows whether it is a worker again.
            role.is_worker = false;
        }
        match (was, is) {
            (false, true) => self.work(event.proc, 1),
            (true, false) => self.work(event.proc, -1),
            _ => {}
        }
    }

    fn label(&mut self, event: &Event, label: &[u8], cx: &Context<'_>) {
        let is_worker = label.starts_with(b"GC ") && label != b"GC (idle)";
        if !self.has_background || !is_worker || self.per_proc && label == b"GC (dedicated)" {
            return;
        }
        let Some(goroutine) = cx.index_of(event.goroutine) else { return };
        let compat = self.compat;
        let role = self.role(goroutine);
        if compat == Compat::Correct && (role.is_worker || role.is_assisting) {
            return;
        }
        role.is_worker = true;
        self.work(event.proc, 1);
    }

    /// Records the utilization from now on.
    fn record(&mut self, time: i64) {
        self.is_changed = false;
        if self.per_proc {
            for proc in &self.procs {
                let utilization = if self.stopped > 0 || proc.gc > 0 { 0.0 } else { 1.0 };
                let recorded =
                    add_point(&mut self.series[proc.series], UtilizationPoint { time, utilization });
                self.is_changed |= !recorded;
            }
            return;
        }
        let count = self.procs.len();
        let busy = if self.stopped > 0 { count } else { self.busy };
        if let Some(series) = self.series.first_mut() {
            let utilization = 1.0 - busy as f64 / count as f64;
            self.is_changed = !add_point(series, UtilizationPoint { time, utilization });
        }
    }
}

/// Adds a point if it changes something; false if the previous one, at the same time, stays because it is
/// lower.
fn add_point(points: &mut Vec<UtilizationPoint>, new: UtilizationPoint) -> bool {
    match points.last_mut() {
        Some(last) if last.utilization == new.utilization => true,
        Some(last) if last.time == new.time => {
            let is_lower = new.utilization < last.utilization;
            if is_lower {
                *last = new;
            }
            is_lower
        }
        _ => {
            points.push(new);
            true
        }
    }
}

impl Analysis for MutatorUtilization {
    type Output = Utilization;

    #[inline(always)]
    fn transition(&mut self, event: &Event, _: &GoTransition, cx: &Context<'_>) {
        let role = cx.subject().and_then(|goroutine| self.roles.get(goroutine.index()));
        if self.is_changed || role.is_some_and(|role| role.is_assisting || role.is_worker) {
            self.event(event, cx);
        }
    }

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        if let EventKind::Metric { metric: Metric::Gomaxprocs, value } = event.kind {
            self.gomaxprocs(usize::try_from(value).unwrap_or(usize::MAX), event.time);
        }
        if self.procs.is_empty() {
            return;
        }
        match event.kind {
            EventKind::RangeBegin(range) => self.range_begins(event, range, cx),
            EventKind::RangeActive(range) => self.range_is_active(event, range, cx),
            EventKind::RangeEnd { name, .. } => self.range_ends(event, name, cx),
            EventKind::GoTransition(transition) => self.changes(event, transition, cx),
            EventKind::Label(label) => self.label(event, cx.string(label), cx),
            _ => {}
        }
        if self.is_changed {
            self.record(event.time);
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> Utilization {
        for proc in &self.procs {
            add_point(&mut self.series[proc.series], UtilizationPoint { time: cx.now(), utilization: 0.0 });
        }
        Utilization { compat: self.compat, series: self.series }
    }
}
