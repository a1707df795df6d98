//! `idle-with-work`: a P is idle although a goroutine could run.

use super::detector::{Detector, Found, evidence};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind, GoState, GoTransition};

const RULE: Rule = Rule {
    id: "idle-with-work",
    title: "a P is idle while goroutines could run",
    advice: "Threads are woken late: look at the machine's load and at wake-up latency (cpuidle, a slow \
             hypervisor). Very short goroutines make it worse.",
    basis: "5 % of the time with a runnable goroutine and an idle P, and 20 ms. Giving a P work always takes \
            some time, so that a little of it is everywhere.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The time in which at least one goroutine was runnable and at least one P was idle.",
        costs: "Goroutines wait although there is CPU for them, mostly for a thread that the system wakes \
                late.",
        silent: "Less than 5 % of the time or 20 ms in all. It does not say that the program is at fault: it \
                 is likely the machine.",
        example: &["taskset -c 0 ./server // GOMAXPROCS was 8 when it started: 8 Ps share one core"],
    },
};

#[derive(Debug)]
pub(super) struct IdleWithWork {
    least_share: f64,
    runnable: bool,
    idle: bool,
    /// Since when both are.
    since: Option<i64>,
    time: i64,
}

impl Detector for IdleWithWork {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least_share: thresholds.idle_work, runnable: false, idle: false, since: None, time: 0 }
    }
}

impl IdleWithWork {
    fn change(&mut self, runnable: bool, idle: bool, now: i64) {
        (self.runnable, self.idle) = (runnable, idle);
        if let Some(since) = self.since.take() {
            self.time = self.time.saturating_add(now.saturating_sub(since));
        }
        self.since = (runnable && idle).then_some(now);
    }
}

impl Analysis for IdleWithWork {
    type Output = Found;

    fn transition(&mut self, _: &Event, _: &GoTransition, cx: &Context<'_>) {
        let runnable = cx.count(GoState::Runnable) > 0;
        if runnable != self.runnable {
            self.change(runnable, self.idle, cx.now());
        }
    }

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        if matches!(event.kind, EventKind::ProcTransition(_)) {
            self.change(self.runnable, cx.idle_procs() > 0, cx.now());
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> Found {
        self.change(false, false, cx.now());
        let share = self.time as f64 / cx.elapsed().max(1) as f64;
        if share < self.least_share || self.time < 20_000_000 {
            return Found::default();
        }
        let summary =
            format!("for {} of the time a goroutine could run and a P was idle", Amount::share(share));
        let evidence = evidence(format!("{} with both", Amount::nanos(self.time)))
            .figure("time", Amount::nanos(self.time))
            .figure("share", Amount::share(share));
        let finding = Finding::new(&RULE, Severity::Info, Subject::program(), summary);
        Found::findings([finding.share(share).proof(evidence).sure(Confidence::Likely)])
    }
}
