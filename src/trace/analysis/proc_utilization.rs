//! How busy the procs are, and whether work waits while some are idle.

use super::engine::{Analysis, Context, ProcActivity, ProcSpan};
use super::stats::{grow, total};
use crate::table::SortRows;
use crate::trace::{Event, GoState, ProcId};

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
    runnable: usize,
    idle: usize,
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

impl Analysis for ProcUtilization {
    type Output = ProcReport;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        let now = Moment {
            time: event.time,
            runnable: cx.count(GoState::Runnable),
            idle: cx.idle_procs(),
            gomaxprocs: cx.gomaxprocs(),
        };
        if let Some(last) = self.last {
            let passed = now.time.saturating_sub(last.time);
            if last.runnable > 0 && last.idle > 0 {
                grow(&mut self.work_while_idle, passed);
            }
            let procs = i64::try_from(last.gomaxprocs).unwrap_or(i64::MAX);
            self.proc_time = self.proc_time.saturating_add(passed.saturating_mul(procs));
        }
        let is_told = cx.is_gomaxprocs_known();
        if is_told && self.changes.last().is_none_or(|change| change.1 != now.gomaxprocs) {
            self.changes.push((now.time, now.gomaxprocs));
        }
        self.last = Some(now);
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

    fn finish(mut self, _: &Context<'_>) -> ProcReport {
        self.procs.sort_rows_by_key(|proc| proc.proc);
        let Self { procs, work_while_idle, proc_time, changes, .. } = self;
        ProcReport { procs, gomaxprocs: changes, proc_time, work_while_idle }
    }
}
