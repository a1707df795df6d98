//! `idle-with-work`, `busy-threads`, `gomaxprocs`: Ps and threads that do not fit the work.

use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::Context;
use crate::trace::{Event, EventKind, GoState, Metric};

pub(super) const IDLE_WORK: Rule = Rule {
    id: "idle-with-work",
    title: "a P is idle while goroutines could run",
    advice: "Threads are woken late: look at the machine's load and at wake-up latency (cpuidle, a slow hypervisor); \
             very short goroutines make it worse.",
    basis: "5 % of the time with a runnable goroutine and an idle P, and 20 ms. A P is never given work in zero time, \
            so that a little of it is everywhere.",
};

pub(super) const THREADS: Rule = Rule {
    id: "busy-threads",
    title: "many threads are in system calls",
    advice: "Bound how many goroutines are in blocking system calls or in C at once: each holds a thread.",
    basis: "100 goroutines in system calls without a P at once. The runtime gives up at 10,000 threads.",
};

pub(super) const GOMAXPROCS: Rule = Rule {
    id: "gomaxprocs",
    title: "GOMAXPROCS does not fit",
    advice: "Give the program more than one P if the machine or its CPU quota has more, and leave GOMAXPROCS alone \
             otherwise: Go 1.25 and later follow the quota by themselves.",
    basis: "One P, and goroutines queue for it in 50 % of the time; or GOMAXPROCS changed twice or more.",
};

#[derive(Debug, Default)]
pub(super) struct Procs {
    last: i64,
    /// With the state that holds since `last`.
    runnable: bool,
    idle: bool,
    gomaxprocs: u64,
    changes: Vec<u64>,
    idle_with_work: i64,
    queued_for_one: i64,
    most_in_syscall: usize,
}

impl Procs {
    pub(super) fn event(&mut self, event: &Event, cx: &Context<'_>) {
        let time = event.time.saturating_sub(self.last);
        if self.last != 0 && self.runnable {
            if self.idle {
                self.idle_with_work = self.idle_with_work.saturating_add(time);
            }
            if self.gomaxprocs == 1 {
                self.queued_for_one = self.queued_for_one.saturating_add(time);
            }
        }
        self.last = event.time;
        match event.kind {
            EventKind::Metric { metric: Metric::Gomaxprocs, value } if value != self.gomaxprocs => {
                if self.gomaxprocs != 0 {
                    self.changes.push(value);
                }
                self.gomaxprocs = value;
            }
            EventKind::GoTransition(_) => self.runnable = cx.count(GoState::Runnable) > 0,
            EventKind::ProcTransition(_) => self.idle = cx.idle_procs() > 0,
            _ => {}
        }
        // Those with a P are at most as many as there are Ps.
        let without_p = cx.count(GoState::Syscall).saturating_sub(cx.gomaxprocs());
        self.most_in_syscall = self.most_in_syscall.max(without_p);
    }

    pub(super) fn finish(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut out = Vec::new();
        let elapsed = cx.elapsed().max(1) as f64;
        let share = self.idle_with_work as f64 / elapsed;
        if share >= thresholds.idle_work && self.idle_with_work >= 20_000_000 {
            let summary =
                format!("in {} of the time a goroutine could run and a P was idle", Amount::share(share));
            let evidence = super::evidence(format!("{} with both", Amount::nanos(self.idle_with_work)))
                .figure("time", Amount::nanos(self.idle_with_work))
                .figure("share", Amount::share(share));
            let finding = Finding::new(&IDLE_WORK, Severity::Info, Subject::program(), summary);
            out.push(finding.share(share).proof(evidence).sure(Confidence::Likely));
        }
        if self.most_in_syscall as u64 > thresholds.busy_threads {
            let count = Amount::count(self.most_in_syscall);
            let summary = format!("{count} or more goroutines were in system calls without a P at once");
            let evidence = super::evidence(summary.clone()).figure("at_once", count);
            out.push(Finding::new(&THREADS, Severity::Warning, Subject::program(), summary).proof(evidence));
        }
        let queued = self.queued_for_one as f64 / elapsed;
        if self.gomaxprocs == 1 && queued >= 0.5 {
            let summary = format!(
                "GOMAXPROCS is 1, and goroutines queued for it in {} of the time",
                Amount::share(queued)
            );
            let evidence = super::evidence("one P, and a queue").figure("queued", Amount::share(queued));
            let finding = Finding::new(&GOMAXPROCS, Severity::Info, Subject::program(), summary);
            out.push(finding.share(queued).proof(evidence));
        } else if self.changes.len() >= 2 {
            let values: Vec<_> = self.changes.iter().take(8).map(ToString::to_string).collect();
            let summary =
                format!("GOMAXPROCS changed {} times: to {}", self.changes.len(), values.join(", "));
            let evidence = super::evidence("each change stops the world")
                .figure("changes", Amount::count(self.changes.len()));
            out.push(Finding::new(&GOMAXPROCS, Severity::Info, Subject::program(), summary).proof(evidence));
        }
        out
    }
}
