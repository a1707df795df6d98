//! `netpoll-starved`: only sysmon polls the network, because every P is always busy.
//!
//! Sysmon polls if nobody has for 10 ms (`runtime/proc.go`, `sysmon`). Its thread is the one that never runs
//! a goroutine; it makes goroutines runnable without a P, which distinguishes it from an idle thread that
//! polls.

use super::detector::{Detector, Found, evidence, is_of_program};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::FuncName;
use crate::table::{Map, Set, SortRows};
use crate::trace::analysis::{Analysis, Cause, Context, Histogram, Span};
use crate::trace::{Event, GoState, GoTransition, StringId, ThreadId};

const RULE: Rule = Rule {
    id: "netpoll-starved",
    title: "network events are noticed late",
    advice: "All Ps are busy, so only sysmon polls the network, every 10 ms: bound the CPU-bound goroutines \
             to fewer than GOMAXPROCS, or give the network service a process of its own.",
    basis: "3 wake-ups from sysmon, and 10 % of all. Each means that nobody polled for at least 10 ms; a \
            trace does not hold when the data really arrived.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Goroutines that waited for the network and were made runnable by sysmon's thread, which polls \
               only if nobody else has done so for 10 ms.",
        costs: "Every such read, write or accept is up to 10 ms late, and then the goroutine still waits for \
                a P.",
        silent: "Fewer than 3 such wake-ups, or less than 10 % of all wake-ups from the network; a trace \
                 without network waits.",
        example: &[
            "for range runtime.GOMAXPROCS(0) {",
            "    go crunch() // every P computes; no P is left to poll",
            "}",
            "http.ListenAndServe(addr, nil)",
        ],
    },
};

/// How many threads are known to be workers without a look into the set.
const RECENT: usize = 64;

#[derive(Debug)]
pub(super) struct NetpollStarved {
    least_share: f64,
    /// Threads that ran goroutines: none of them is sysmon's.
    workers: Set<ThreadId>,
    /// The latest of them, by proc.
    recent: [ThreadId; RECENT],
    /// Wake-ups without a P, by thread: how many, and of which goroutines.
    without_p: Map<ThreadId, Map<StringId, u64>>,
    all: u64,
    /// Time from a wake-up without a P to running.
    after: Histogram,
}

impl Detector for NetpollStarved {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least_share: thresholds.netpoll,
            workers: Set::default(),
            recent: [ThreadId::NONE; RECENT],
            without_p: Map::default(),
            all: 0,
            after: Histogram::default(),
        }
    }
}

impl Analysis for NetpollStarved {
    type Output = Found;

    fn transition(&mut self, event: &Event, transition: &GoTransition, _: &Context<'_>) {
        if transition.to == GoState::Running {
            let known = &mut self.recent[event.proc.raw() as usize % RECENT];
            if *known != event.thread {
                *known = event.thread;
                self.workers.insert(event.thread);
            }
        }
    }

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        if span.class.is_io() && is_of_program(span, cx) {
            self.woken(span, cx);
        }
    }

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        if span.cause == Cause::NoProc && is_of_program(span, cx) {
            self.after.add(span.duration());
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let by_sysmon = self.without_p.iter().filter(|(thread, _)| !self.workers.contains(*thread));
        let mut groups: Vec<_> = by_sysmon.flat_map(|(_, names)| names.iter()).collect();
        groups.sort_rows_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
        let late: u64 = groups.iter().map(|(_, count)| **count).sum();
        let share = late as f64 / self.all.max(1) as f64;
        if late < 3 || share < self.least_share {
            return Found::default();
        }
        let summary = format!(
            "sysmon found {} of {} goroutines that waited for the network ready, 10 ms or more late",
            Amount::count(late),
            Amount::count(self.all)
        );
        let name = |name: StringId| FuncName::parse(cx.string(name)).key().into_owned();
        let lines =
            groups.iter().take(5).map(|(id, count)| format!("{count} × goroutines of {}", name(**id)));
        let evidence =
            evidence(format!("{} of the poller's wake-ups came from sysmon", Amount::share(share)))
                .figure("by_sysmon", Amount::count(late))
                .figure("wake_ups", Amount::count(self.all))
                .figure("then_runnable_p50", Amount::nanos(self.after.quantile(0.5)))
                .figure("then_runnable_max", Amount::nanos(self.after.max()))
                .lines(lines.collect::<Vec<_>>());
        let subject =
            groups.first().map_or(Subject::program(), |(id, _)| Subject::function(name(**id), None));
        // Goroutines that use the CPU themselves are late by their own doing.
        let (mut own, mut all) = (0i64, 0i64);
        for goroutine in cx.goroutines() {
            let ran = goroutine.time_run(cx.now());
            let is_late = groups.iter().any(|(name, _)| **name == goroutine.name);
            own = own.saturating_add(if is_late { ran } else { 0 });
            all = all.saturating_add(ran);
        }
        let severity = if own.saturating_mul(2) >= all { Severity::Info } else { Severity::Warning };
        let finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence);
        Found::findings([finding.sure(Confidence::Likely)])
    }
}

impl NetpollStarved {
    /// Takes a wait for the network that the poller may have ended.
    fn woken(&mut self, span: &Span, cx: &Context<'_>) {
        if span.is_open_end || !span.ender.goroutine.is_none() {
            return;
        }
        self.all += 1;
        if span.ender.proc.is_none() && span.ender.to == GoState::Runnable {
            let by_name = self.without_p.entry(span.ender.thread).or_default();
            *by_name.entry(cx.goroutine(span.goroutine).name).or_default() += 1;
        }
    }
}
