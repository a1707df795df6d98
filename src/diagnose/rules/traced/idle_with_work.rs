//! `idle-with-work`: a P is idle although a goroutine could run.

use super::detector::{Detector, Found, evidence};
use crate::diagnose::finding::{Amount, Confidence, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind, GoState};

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
    last: i64,
    /// As it has been since `last`.
    runnable: bool,
    idle: bool,
    time: i64,
}

impl Detector for IdleWithWork {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self { least_share: thresholds.idle_work, last: 0, runnable: false, idle: false, time: 0 }
    }
}

impl Analysis for IdleWithWork {
    type Output = Found;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        if self.last != 0 && self.runnable && self.idle {
            self.time = self.time.saturating_add(event.time.saturating_sub(self.last));
        }
        self.last = event.time;
        match event.kind {
            EventKind::GoTransition(_) => self.runnable = cx.count(GoState::Runnable) > 0,
            EventKind::ProcTransition(_) => self.idle = cx.idle_procs() > 0,
            _ => {}
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
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
