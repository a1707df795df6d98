//! `busy-threads`: many threads are in system calls at once.

use super::detector::{Detector, Found, evidence};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind, GoState, GoTransition, Metric};

const RULE: Rule = Rule {
    id: "busy-threads",
    title: "many threads are in system calls",
    advice: "Bound how many goroutines are in blocking system calls or in C at once: each holds a thread.",
    basis: "100 goroutines in system calls without a P at once. The runtime gives up at 10,000 threads.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The most goroutines that were in system calls, or in C, at the same time, less the number of \
               Ps: so many at least have no P and hold a thread each.",
        costs: "A thread takes a kernel stack, 8 MiB of address space and a place in the kernel's scheduler. \
                At 10,000 the runtime ends the program (debug.SetMaxThreads).",
        silent: "Up to 100 such calls at once; waits for the network, which hold no thread.",
        example: &[
            "for _, name := range names { // 20,000 files on a network disk",
            "    go os.ReadFile(name)",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct BusyThreads {
    least: u64,
    most: usize,
}

impl Detector for BusyThreads {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least: thresholds.busy_threads, most: 0 }
    }
}

impl BusyThreads {
    fn count(&mut self, cx: &Context<'_>) {
        // Those with a P are at most as many as there are Ps.
        self.most = self.most.max(cx.count(GoState::Syscall).saturating_sub(cx.gomaxprocs()));
    }
}

impl Analysis for BusyThreads {
    type Output = Found;

    fn transition(&mut self, _: &Event, transition: &GoTransition, cx: &Context<'_>) {
        if transition.to == GoState::Syscall {
            self.count(cx);
        }
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        if matches!(event.kind, EventKind::Metric { metric: Metric::Gomaxprocs, .. }) {
            self.count(cx);
        }
    }

    fn finish(self, _: &Context<'_>) -> Found {
        if self.most as u64 <= self.least {
            return Found::default();
        }
        let count = Amount::count(self.most);
        let summary = format!("{count} or more goroutines were in system calls without a P at once");
        let evidence = evidence(summary.clone()).figure("at_once", count);
        Found::findings([Finding::new(&RULE, Severity::Warning, Subject::program(), summary).proof(evidence)])
    }
}
