//! How busy the procs are, and whether work waits while some are idle.

use super::engine::{Analysis, Context, ProcActivity, ProcSpan};
use super::stats::{grow, total};
use crate::table::SortRows;
use crate::trace::{Event, GoState, GoTransition, ProcId};

/// Sums up what procs do; returns a [`ProcReport`].
#[derive(Debug, Default)]
pub struct ProcUtilization {
    procs: Vec<ProcTimes>,
    last: Option<Moment>,
    work_while_idle: i64,
    proc_time: i64,
    changes: Vec<(i64, usize)>,
}

/// The state since the last event.
#[derive(Clone, Copy, Debug)]
struct Moment {
    time: i64,
    /// A goroutine is runnable although a proc is idle.
    wastes: bool,
    gomaxprocs: usize,
}

/// What the procs did.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcReport {
    /// By proc.
    pub procs: Vec<ProcTimes>,
    /// `GOMAXPROCS`: when it was first recorded, and each change.
    pub gomaxprocs: Vec<(i64, usize)>,
    /// `GOMAXPROCS` × time, in nanoseconds.
    pub proc_time: i64,
    /// How long at least one goroutine was runnable while at least one proc was idle: work that no proc took.
    pub work_while_idle: i64,
}

/// What one proc did with its time, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcTimes {
    /// Its id.
    pub proc: ProcId,
    /// Running goroutines.
    pub running: i64,
    /// Held by goroutines in system calls.
    pub syscall: i64,
    /// Held by a thread without a goroutine: scheduling, polling, looking for work.
    pub scheduling: i64,
    /// Held by no thread.
    pub idle: i64,
    /// How often it went idle.
    pub idles: u64,
}

impl ProcReport {
    /// The share of all proc time in which goroutines ran, from 0 to 1.
    pub fn utilization(&self) -> f64 {
        let running = total(self.procs.iter().map(|proc| proc.running));
        if self.proc_time > 0 { running as f64 / self.proc_time as f64 } else { 0.0 }
    }
}

impl Moment {
    #[inline(always)]
    fn now(cx: &Context<'_>) -> Self {
        Self {
            time: cx.now(),
            wastes: cx.count(GoState::Runnable) > 0 && cx.idle_procs() > 0,
            gomaxprocs: cx.gomaxprocs(),
        }
    }

    /// Whether it differs in its time only.
    #[inline(always)]
    fn is_like(&self, other: &Self) -> bool {
        (self.wastes, self.gomaxprocs) == (other.wastes, other.gomaxprocs)
    }
}

impl ProcUtilization {
    /// Adds the time since the last change.
    fn advance(&mut self, cx: &Context<'_>) {
        let now = Moment::now(cx);
        if let Some(last) = self.last {
            let passed = now.time.saturating_sub(last.time);
            if last.wastes {
                grow(&mut self.work_while_idle, passed);
            }
            let procs = i64::try_from(last.gomaxprocs).unwrap_or(i64::MAX);
            self.proc_time = self.proc_time.saturating_add(passed.saturating_mul(procs));
        }
        let is_known = cx.is_gomaxprocs_known();
        if is_known && self.changes.last().is_none_or(|change| change.1 != now.gomaxprocs) {
            self.changes.push((now.time, now.gomaxprocs));
        }
        self.last = Some(now);
    }
}

impl Analysis for ProcUtilization {
    type Output = ProcReport;

    #[inline(always)]
    fn transition(&mut self, _: &Event, _: &GoTransition, cx: &Context<'_>) {
        let is_same = |last: &Moment| last.is_like(&Moment::now(cx));
        if !self.last.as_ref().is_some_and(is_same) {
            self.advance(cx);
        }
    }

    fn other(&mut self, _: &Event, cx: &Context<'_>) {
        self.advance(cx);
    }

    fn proc_span(&mut self, span: &ProcSpan, _: &Context<'_>) {
        let index = self.procs.iter().position(|proc| proc.proc == span.proc).unwrap_or_else(|| {
            let (running, syscall, scheduling, idle, idles) = (0, 0, 0, 0, 0);
            self.procs.push(ProcTimes { proc: span.proc, running, syscall, scheduling, idle, idles });
            self.procs.len() - 1
        });
        let proc = &mut self.procs[index];
        match span.activity {
            ProcActivity::Running(_) => grow(&mut proc.running, span.duration()),
            ProcActivity::Syscall(_) => grow(&mut proc.syscall, span.duration()),
            ProcActivity::Scheduling => grow(&mut proc.scheduling, span.duration()),
            ProcActivity::Idle => {
                grow(&mut proc.idle, span.duration());
                proc.idles += 1;
            }
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> ProcReport {
        if self.last.is_some() {
            self.advance(cx);
        }
        self.procs.sort_rows_by_key(|proc| proc.proc);
        let Self { procs, work_while_idle, proc_time, changes, .. } = self;
        ProcReport { procs, gomaxprocs: changes, proc_time, work_while_idle }
    }
}
