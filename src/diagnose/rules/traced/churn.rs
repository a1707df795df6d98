//! `churn`: goroutines that are created at a high rate and live for a moment.

use super::detector::{Detector, Found, evidence};
use super::frames;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::Thresholds;
use crate::trace::analysis::{Analysis, Context, Histogram, StackTable};
use crate::trace::{Event, GoState, GoTransition};

const RULE: Rule = Rule {
    id: "churn",
    title: "very many short-lived goroutines",
    advice: "Give each goroutine more to do: hand items in batches to a few workers.",
    basis: "10,000 created per second, half of them gone within 1 ms of their first run. Creating one costs \
            about as much as a small allocation; scheduling it costs more.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "How many goroutines are created per second between the first creation and the last, how long \
               they live from their first run on, and which go statement creates most.",
        costs: "Creating, scheduling and ending a goroutine takes about a microsecond. Where the work itself \
                takes less, most of the CPU goes into the scheduler.",
        silent: "Bursts shorter than 10 ms; goroutines of which half live longer than 1 ms; programs in \
                 which fewer than half of the goroutines end within the trace.",
        example: &[
            "for _, item := range items { // a million of them",
            "    go count(item) // 50 ns of work each",
            "}",
        ],
    },
};

#[derive(Debug)]
pub(super) struct Churn {
    least_rate: u64,
    created: u64,
    first_created: i64,
    last_created: i64,
    lifetimes: Histogram,
    /// How many, by the stack of their creator.
    sites: StackTable<(), u64>,
}

impl Detector for Churn {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least_rate: thresholds.churn,
            created: 0,
            first_created: 0,
            last_created: 0,
            lifetimes: Histogram::default(),
            sites: StackTable::default(),
        }
    }
}

impl Churn {
    /// Takes the beginning or the end of a goroutine.
    fn moves(&mut self, transition: &GoTransition, cx: &Context<'_>) {
        let Some(subject) = cx.subject() else { return };
        let goroutine = cx.goroutine(subject);
        if transition.from == GoState::NotExist {
            *self.sites.at(goroutine.create_stack, (), cx.tables().stack_count()) += 1;
            self.created += 1;
            if self.first_created == 0 {
                self.first_created = cx.now();
            }
            self.last_created = cx.now();
        }
        if transition.to == GoState::NotExist && goroutine.is_created {
            // Without the wait for the first run, which is the scheduler's.
            self.lifetimes.add(cx.now().saturating_sub(goroutine.first_run.unwrap_or(cx.now())));
        }
    }
}

impl Analysis for Churn {
    type Output = Found;

    #[inline(always)]
    fn transition(&mut self, _: &Event, transition: &GoTransition, cx: &Context<'_>) {
        if transition.from == GoState::NotExist || transition.to == GoState::NotExist {
            self.moves(transition, cx);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        // At least 10 ms: a burst is no rate.
        let time = self.last_created.saturating_sub(self.first_created).max(10_000_000);
        let rate = self.created as f64 / (time as f64 / 1e9);
        let median = self.lifetimes.quantile(0.5);
        let few = rate < self.least_rate as f64 || self.lifetimes.count() * 2 < self.created;
        if few || median >= 1_000_000 {
            return Found::default();
        }
        let rate = Amount::per_second(rate);
        let summary =
            format!("{rate} goroutines are created, half of them run for {} or less", Amount::nanos(median));
        let evidence = evidence(format!("{} goroutines", Amount::count(self.created)))
            .figure("created", Amount::count(self.created))
            .figure("rate", rate)
            .figure("lifetime_p50", Amount::nanos(median));
        let sites = self.sites.into_entries();
        let site = sites.max_by_key(|(stack, (), count)| (*count, std::cmp::Reverse(*stack)));
        let subject = site.map_or(Subject::program(), |(stack, ..)| frames::subject(cx, stack));
        Found::findings([Finding::new(&RULE, Severity::Warning, subject, summary).proof(evidence)])
    }
}
