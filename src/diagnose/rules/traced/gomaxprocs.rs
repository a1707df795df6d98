//! `gomaxprocs`: GOMAXPROCS does not fit the work, or does not stay as it is.

use super::detector::{Detector, Found, evidence};
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context};
use crate::trace::{Event, EventKind, GoState, GoTransition, Metric};

const RULE: Rule = Rule {
    id: "gomaxprocs",
    title: "GOMAXPROCS does not fit",
    advice: "Give the program more than one P if the machine or its CPU quota has more, and leave GOMAXPROCS \
             alone otherwise: Go 1.25 and later follow the quota by themselves.",
    basis: "One P, and goroutines queue for it for 50 % of the time; or GOMAXPROCS changed twice or more.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Every value that GOMAXPROCS has while the trace runs, and for how long goroutines were \
               runnable while it was 1.",
        costs: "With one P nothing runs in parallel, the collector included. Each change stops the world.",
        silent: "More than one P that never changes, whether or not it fits the machine: a trace does not \
                 hold the number of CPUs.",
        example: &["runtime.GOMAXPROCS(1) // left over from a benchmark"],
    },
};

#[derive(Debug, Default)]
pub(super) struct Gomaxprocs {
    runnable: bool,
    value: u64,
    /// Since when goroutines have queued for one P.
    since: Option<i64>,
    changes: Vec<u64>,
    queued_for_one: i64,
}

impl Detector for Gomaxprocs {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(_: &Thresholds) -> Self {
        Self::default()
    }
}

impl Gomaxprocs {
    fn change(&mut self, runnable: bool, value: u64, now: i64) {
        (self.runnable, self.value) = (runnable, value);
        if let Some(since) = self.since.take() {
            self.queued_for_one = self.queued_for_one.saturating_add(now.saturating_sub(since));
        }
        self.since = (runnable && value == 1).then_some(now);
    }
}

impl Analysis for Gomaxprocs {
    type Output = Found;

    fn transition(&mut self, _: &Event, _: &GoTransition, cx: &Context<'_>) {
        let runnable = cx.count(GoState::Runnable) > 0;
        if runnable != self.runnable {
            self.change(runnable, self.value, cx.now());
        }
    }

    fn other(&mut self, event: &Event, _: &Context<'_>) {
        if let EventKind::Metric { metric: Metric::Gomaxprocs, value } = event.kind {
            if value != self.value && self.value != 0 {
                self.changes.push(value);
            }
            self.change(self.runnable, value, event.time);
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> Found {
        self.change(false, self.value, cx.now());
        let queued = self.queued_for_one as f64 / cx.elapsed().max(1) as f64;
        let finding = |summary| Finding::new(&RULE, Severity::Info, Subject::program(), summary);
        if self.value == 1 && queued >= 0.5 {
            let summary = format!(
                "GOMAXPROCS is 1, and goroutines queued for the one P for {} of the time",
                Amount::share(queued)
            );
            let evidence = evidence("one P, and a queue").figure("queued", Amount::share(queued));
            return Found::findings([finding(summary).share(queued).proof(evidence)]);
        }
        if self.changes.len() < 2 {
            return Found::default();
        }
        let values: Vec<_> = self.changes.iter().take(8).map(ToString::to_string).collect();
        let summary = format!("GOMAXPROCS changed {} times: to {}", self.changes.len(), values.join(", "));
        let evidence =
            evidence("each change stops the world").figure("changes", Amount::count(self.changes.len()));
        Found::findings([finding(summary).proof(evidence)])
    }
}
