//! `syscall-long`: system calls so long that the P had to be taken away.

use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, things};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Context, Span};

pub(super) const RULE: Rule = Rule {
    id: "syscall-long",
    title: "system calls that block",
    advice: "Use what the runtime can poll (net, os.Pipe, SetDeadline) instead of blocking reads, or bound how many \
             goroutines are in such calls at once: each holds a thread.",
    basis: "10 ms, the limit after which sysmon takes the P even if no other goroutine wants it (earlier if one does).",
};

#[derive(Debug, Default)]
pub(super) struct Syscalls {
    long: Waits,
    /// Time of the long ones without a P.
    without_p: i64,
    /// How many had runnable goroutines beside them when they ended.
    contended: u64,
    /// When the long ones began and ended, for how many there were at once.
    edges: Vec<(i64, bool)>,
}

/// Edges that are kept; a trace with more has its answer long before.
const EDGES: usize = 1 << 16;

impl Syscalls {
    pub(super) fn span(&mut self, span: &Span, cx: &Context<'_>, thresholds: &Thresholds) {
        let Some(lost) = span.proc_lost else { return };
        let whole_trace = span.is_open_start && span.is_open_end;
        let long = i128::from(span.duration()) >= thresholds.syscall.as_nanos() as i128;
        // The signal handler's goroutine sits in what looks like a system call as long as the program runs.
        if !long || whole_trace || frames::calls(cx, span.stack, "os/signal.signal_recv") {
            return;
        }
        self.long.add(span);
        self.without_p = self.without_p.saturating_add(span.end.saturating_sub(lost));
        self.contended += u64::from(cx.count(crate::trace::GoState::Runnable) > 1);
        if self.edges.len() < EDGES {
            self.edges.extend([(span.start, true), (span.end, false)]);
        }
    }

    /// The most long calls at once.
    fn at_once(&self) -> usize {
        let mut edges = self.edges.clone();
        edges.sort_unstable();
        let (mut now, mut most) = (0usize, 0);
        for (_, begins) in edges {
            now = if begins { now + 1 } else { now.saturating_sub(1) };
            most = most.max(now);
        }
        most
    }

    pub(super) fn finish(&self, cx: &Context<'_>, moments: &mut Vec<Moment>) -> Option<Finding> {
        let (stack, _) = self.long.worst()?;
        moments.extend(self.long.moments(cx, RULE.id));
        let at_once = self.at_once();
        let summary = format!(
            "{} blocked for {} together, the longest {}; up to {at_once} at once",
            things(self.long.count(), "system call"),
            Amount::nanos(self.long.sum()),
            Amount::nanos(self.long.max()),
        );
        let evidence = self
            .long
            .evidence(cx, "system call", "system calls")
            .figure("without_p", Amount::nanos(self.without_p))
            .figure("at_once", Amount::count(at_once))
            .figure("others_runnable", Amount::count(self.contended));
        let severity = if at_once >= cx.gomaxprocs() { Severity::Warning } else { Severity::Info };
        let share = self.long.sum() as f64 / cx.elapsed().max(1) as f64;
        Some(Finding::new(&RULE, severity, frames::subject(cx, stack), summary).share(share).proof(evidence))
    }
}
