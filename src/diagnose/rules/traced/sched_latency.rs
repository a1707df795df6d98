//! `sched-latency`: goroutines that could run and wait for a P.

use super::detector::{Detector, Found, evidence, is_of_program};
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject};
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::symbol::FuncName;
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Cause, Context, GoKind, Histogram, Span};
use crate::trace::{GoState, StackId, StringId};

const RULE: Rule = Rule {
    id: "sched-latency",
    title: "goroutines wait long for a P",
    advice: "There is more CPU work than the Ps can do at such moments: raise the CPU limit or GOMAXPROCS, \
             bound the CPU-bound goroutines, or move them out of the process that must answer quickly.",
    basis: "10 ms in 1 % of all waits, and at least 3 times. 10 ms is the scheduler's time slice: a longer \
            wait had more than one whole slice ahead of it. A warning where a group that uses less than 10 % \
            of the CPU waits so long after a tenth of its timers and network events, 10 times or more: \
            background work starves it. Also where more than 8 goroutines \
            for each P queue, and half of all waits are so long. Timers and network events that were noticed late \
            do not show here.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "The time from the moment at which a goroutine becomes runnable to the moment at which it \
               runs. It reports how many of these waits took 10 ms or more, what made the goroutines \
               runnable, and which groups of goroutines waited.",
        costs: "The delay is added to every step of a request that hands work to another goroutine: a \
                channel, a lock, a timer, a finished read.",
        silent: "Fewer than 3 long waits, or less than 1 % of all; waits before the trace began or after it \
                 ended; goroutines whose creation the trace does not hold.",
        example: &[
            "for range 1000 {",
            "    go hash(block) // a thousand CPU-bound goroutines on 4 Ps: the handler waits its turn",
            "}",
        ],
    },
};

/// How many runnable goroutines for each P make a long queue.
const QUEUE: usize = 8;

/// How many long waits make a group starved.
const STARVED: u64 = 10;

#[derive(Debug)]
pub(super) struct SchedLatency {
    least: i64,
    least_share: f64,
    all: Histogram,
    long: Waits,
    causes: Map<Cause, u64>,
    groups: Map<StringId, Histogram>,
    most_runnable: usize,
    /// By name of the goroutines; their running time is added at the end.
    usage: Map<StringId, Usage>,
}

/// How a group got the CPU.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    ran: i64,
    /// How often a timer or the network made it runnable, and how often it then waited long.
    woken: u64,
    long: u64,
}

impl Detector for SchedLatency {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: nanos(thresholds.sched),
            least_share: thresholds.sched_share,
            all: Histogram::default(),
            long: Waits::default(),
            causes: Map::default(),
            groups: Map::default(),
            most_runnable: 0,
            usage: Map::default(),
        }
    }
}

impl Analysis for SchedLatency {
    type Output = Found;

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        if !is_of_program(span, cx) {
            return;
        }
        let unnamed = cx.goroutine(span.goroutine).kind == GoKind::Unnamed;
        if unnamed || span.is_open_start || span.is_open_end {
            return;
        }
        let time = span.duration();
        self.all.add(time);
        let name = cx.goroutine(span.goroutine).name;
        if matches!(span.cause, Cause::Scheduler | Cause::NoProc) {
            let is_long = time >= self.least;
            let usage = self.usage.entry(name).or_default();
            usage.woken += 1;
            usage.long += u64::from(is_long);
        }
        if time < self.least {
            return;
        }
        self.long.add_time(span.start, span.end, span.stack, StackId::NONE);
        *self.causes.entry(span.cause).or_default() += 1;
        self.groups.entry(name).or_default().add(time);
        self.most_runnable = self.most_runnable.max(cx.count(GoState::Runnable) + 1);
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let (long, all) = (self.long.count(), self.all.count());
        if long < 3 || (long as f64) < self.least_share * all as f64 {
            return Found::default();
        }
        let p99 = Amount::nanos(self.all.quantile(0.99));
        let summary = format!(
            "{} of {} waits for a P took {} or more; 1 in 100 takes {p99} or more",
            Amount::count(long),
            Amount::count(all),
            Amount::nanos(self.least),
        );
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_rows_by_key(|(cause, count)| (std::cmp::Reverse(**count), **cause));
        let causes: Vec<_> =
            causes.iter().map(|(cause, count)| format!("{} {}", count, cause.name())).collect();
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_rows_by_key(|(name, waits)| (std::cmp::Reverse(waits.sum()), **name));
        let lines = groups.iter().take(5).map(|(name, waits)| {
            let key = FuncName::parse(cx.string(**name)).key().into_owned();
            let (count, p99) = (Amount::count(waits.count()), Amount::nanos(waits.quantile(0.99)));
            format!("{count} × goroutines of {key}, 99th percentile {p99}")
        });
        let evidence = evidence(format!(
            "why they became runnable: {}; up to {} were runnable at once on {} Ps",
            causes.join(", "),
            Amount::count(self.most_runnable),
            Amount::count(cx.gomaxprocs()),
        ))
        .figure("long", Amount::count(long))
        .figure("all", Amount::count(all))
        .figure("p99", p99)
        .figure("max", Amount::nanos(self.all.max()))
        .figure("sum", Amount::nanos(self.all.sum()))
        .figure("most_runnable", Amount::count(self.most_runnable))
        .lines(lines.collect::<Vec<_>>());
        let starved = self.starved(cx);
        let (first, lines): (Vec<_>, Vec<_>) = starved.into_iter().unzip();
        let about = first.first().copied().or_else(|| groups.first().map(|(name, _)| **name));
        let subject = about.map_or(Subject::program(), |name| {
            Subject::function(FuncName::parse(cx.string(name)).key(), None)
        });
        let (severity, summary) = match lines.first() {
            Some(starved) => (Severity::Warning, format!("{summary}; {starved}")),
            // Workers of which each P has a few wait their turn; a long queue is another thing.
            None if self.most_runnable > QUEUE * cx.gomaxprocs() && long * 2 >= all => {
                (Severity::Warning, summary)
            }
            None => (Severity::Info, summary),
        };
        let evidence = evidence.lines(lines);
        let share = long as f64 / all as f64;
        let finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence);
        Found { findings: vec![finding], moments: self.long.moments(cx, RULE.id), ..Found::default() }
    }
}

impl SchedLatency {
    /// The groups that hardly use the CPU and still wait long for it, whenever a timer or the network wakes
    /// them: those that use it do so in their place.
    fn starved(&self, cx: &Context<'_>) -> Vec<(StringId, String)> {
        let mut groups = self.usage.clone();
        for goroutine in cx.goroutines() {
            let sum = groups.entry(goroutine.name).or_default();
            sum.ran = sum.ran.saturating_add(goroutine.time_run(cx.now()));
        }
        let all = groups.values().fold(0i64, |all, usage| all.saturating_add(usage.ran)).max(1);
        let key = |name: StringId| FuncName::parse(cx.string(name)).key().into_owned();
        let hog = groups.iter().max_by_key(|(name, usage)| (usage.ran, **name)).map(|(name, usage)| {
            let share = Amount::share(usage.ran as f64 / all as f64);
            format!("goroutines of {} use {share} of the CPU", key(*name))
        });
        let hog = hog.unwrap_or_default();
        let starves = |(_, usage): &(&StringId, &Usage)| {
            usage.long >= STARVED && usage.long * 10 >= usage.woken && usage.ran.saturating_mul(10) < all
        };
        let mut starved: Vec<_> = groups.iter().filter(starves).collect();
        starved.sort_rows_by_key(|(name, usage)| (std::cmp::Reverse(usage.long), **name));
        let line = |(name, usage): (&StringId, &Usage)| {
            let (long, woken) = (Amount::count(usage.long), Amount::count(usage.woken));
            let text = format!(
                "goroutines of {} hardly use the CPU, and wait so long {long} of {woken} times that a timer or the \
                 network wakes them, while {hog}",
                key(*name)
            );
            (*name, text)
        };
        starved.into_iter().take(3).map(line).collect()
    }
}
