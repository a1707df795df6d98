//! `netpoll-starved`: the network is polled only by sysmon, because no P ever has time to.
//!
//! Sysmon polls if nobody has for 10 ms (`runtime/proc.go`, `sysmon`). Its thread is the one that never runs a
//! goroutine, and that it has no P when it makes a goroutine runnable tells it from an idle thread that polls.

use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncName;
use crate::table::{Map, Set};
use crate::trace::analysis::{Cause, Context, Histogram, Span};
use crate::trace::{GoState, StringId, ThreadId};

pub(super) const RULE: Rule = Rule {
    id: "netpoll-starved",
    title: "network events are found late",
    advice: "All Ps are busy, so that only sysmon looks at the network, every 10 ms: bound the CPU-bound goroutines to \
             fewer than GOMAXPROCS, or give the network service a process of its own.",
    basis: "3 wake-ups and 10 % of all come from sysmon. Each means that nobody polled for at least 10 ms; when the \
            data really arrived is not in a trace.",
};

#[derive(Debug, Default)]
pub(super) struct Netpoll {
    /// Threads that ran goroutines: none of them is sysmon's.
    workers: Set<ThreadId>,
    last_worker: Option<ThreadId>,
    /// Wake-ups without a P, by thread: how many, and of which goroutines.
    without_p: Map<ThreadId, Map<StringId, u64>>,
    all: u64,
    /// Time from a wake-up without a P to running.
    after: Histogram,
}

impl Netpoll {
    /// Takes the thread of a running goroutine.
    pub(super) fn runs_on(&mut self, thread: ThreadId) {
        if self.last_worker != Some(thread) {
            self.last_worker = Some(thread);
            self.workers.insert(thread);
        }
    }

    /// Takes a wait that has ended.
    pub(super) fn waited(&mut self, span: &Span, cx: &Context<'_>) {
        if !span.class.is_io() || span.is_open_end || !span.ender.goroutine.is_none() {
            return;
        }
        self.all += 1;
        if span.ender.proc.is_none() && span.ender.to == GoState::Runnable {
            let by_name = self.without_p.entry(span.ender.thread).or_default();
            *by_name.entry(cx.goroutine(span.goroutine).name).or_default() += 1;
        }
    }

    /// Takes the wait for a P that follows.
    pub(super) fn runnable(&mut self, span: &Span) {
        if span.cause == Cause::NoProc {
            self.after.add(span.duration());
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Option<Finding> {
        let by_sysmon = self.without_p.iter().filter(|(thread, _)| !self.workers.contains(*thread));
        let mut groups: Vec<_> = by_sysmon.flat_map(|(_, names)| names.iter()).collect();
        groups.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
        let late: u64 = groups.iter().map(|(_, count)| **count).sum();
        let share = late as f64 / self.all.max(1) as f64;
        if late < 3 || share < thresholds.netpoll {
            return None;
        }
        let summary = format!(
            "{} of {} goroutines that waited for the network were found ready by sysmon, 10 ms or more late",
            Amount::count(late),
            Amount::count(self.all)
        );
        let name = |name: StringId| FuncName::parse(cx.string(name)).key().into_owned();
        let lines =
            groups.iter().take(5).map(|(id, count)| format!("{count} × goroutines of {}", name(**id)));
        let evidence =
            super::evidence(format!("{} of the poller's wake-ups came from sysmon", Amount::share(share)))
                .figure("by_sysmon", Amount::count(late))
                .figure("wake_ups", Amount::count(self.all))
                .figure("then_runnable_p50", Amount::nanos(self.after.quantile(0.5)))
                .figure("then_runnable_max", Amount::nanos(self.after.max()))
                .lines(lines.collect::<Vec<_>>());
        let subject =
            groups.first().map_or(Subject::program(), |(id, _)| Subject::function(name(**id), None));
        let finding = Finding::new(&RULE, Severity::Warning, subject, summary).share(share).proof(evidence);
        Some(finding.sure(Confidence::Likely))
    }
}
