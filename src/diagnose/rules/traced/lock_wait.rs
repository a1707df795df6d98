//! `lock-wait`: single waits for a mutex that are long, and who ended them.
//!
//! A trace names no lock. Wake-ups give away which functions use the same one: the goroutine that ends a wait
//! held what the other waited for. Functions that are connected like this make one finding.

use super::detector::{Detector, Found, is_of_program};
use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Explanation, Finding, Rule, Severity, Source, Subject, times};
use crate::diagnose::thresholds::{Thresholds, nanos};
use crate::symbol::{FuncName, WaitClass};
use crate::table::{Map, SortRows};
use crate::trace::analysis::{Analysis, Context, Histogram, Span};
use crate::trace::{StackId, StringId};

const RULE: Rule = Rule {
    id: "lock-wait",
    title: "goroutines wait long for a lock",
    advice: "Hold the lock for less: move slow work (I/O, sleeps, allocation) out of the critical section, \
             split the data by key, or hand the work to one goroutine that owns the data.",
    basis: "A single wait of 200 ms. Mutex and block profiles know sums only. To a sync.Mutex a wait of 1 ms \
            is starvation already.",
    needs: &[&[Source::Trace]],
    explanation: Explanation {
        sees: "Waits for a sync.Mutex or sync.RWMutex of 200 ms or longer: who waited, who ended the wait by \
               unlocking, and what else the holder waited for, probably under the lock.",
        costs: "Everybody who needs the lock stands in the queue. The delay of one slow critical section is \
                paid by all who come while it lasts, readers included once a writer waits.",
        silent: "Waits below 200 ms, however many: the sums are in the mutex and block profiles \
                 (lock-contention). Semaphores made of channels are no locks to the runtime.",
        example: &[
            "s.mu.Lock()",
            "defer s.mu.Unlock()",
            "resp, err := http.Get(s.url) // everybody waits for the network",
        ],
    },
};

/// Waits from this long on may keep a lock held, in nanoseconds.
const SLOW: i64 = 1_000_000;

#[derive(Debug)]
pub(super) struct LockWait {
    least: i64,
    /// Waits long enough, by who waited and who ended it.
    long: Map<(StringId, StringId), Waits>,
    /// All waits for locks, by the function that waited.
    all: Map<StringId, Histogram>,
    readers: Readers,
    /// Other waits of some length, by the function that waited: what a holder may do under the lock.
    slow: Map<(StringId, StackId), (u64, i64)>,
    /// By stack: the innermost function of the program's own.
    owners: Vec<Option<StringId>>,
}

/// Waits for a read lock.
#[derive(Clone, Copy, Debug, Default)]
struct Readers {
    all: u64,
    /// Ended by a writer's unlock.
    behind_writer: u64,
}

impl Detector for LockWait {
    const RULES: &'static [&'static Rule] = &[&RULE];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: nanos(thresholds.lock_wait),
            long: Map::default(),
            all: Map::default(),
            readers: Readers::default(),
            slow: Map::default(),
            owners: Vec::new(),
        }
    }
}

impl Analysis for LockWait {
    type Output = Found;

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        let is_lock = span.class.is_lock();
        if !is_lock && span.duration() < SLOW || !is_of_program(span, cx) {
            return;
        }
        let waiter = self.owner(cx, span.stack);
        if !is_lock {
            if waiter != StringId::EMPTY {
                let (count, time) = self.slow.entry((waiter, span.stack)).or_default();
                (*count, *time) = (*count + 1, time.saturating_add(span.duration()));
            }
            return;
        }
        self.all.entry(waiter).or_default().add(span.duration());
        if span.duration() < self.least {
            return;
        }
        let ender = self.owner(cx, span.ender.stack);
        self.long.entry((waiter, ender)).or_default().add(span);
        if span.class == WaitClass::RwmutexRead {
            self.readers.all += 1;
            let by_writer = frames::calls(cx, span.ender.stack, "sync.(*RWMutex).Unlock");
            self.readers.behind_writer += u64::from(by_writer);
        }
    }

    fn finish(mut self, cx: &Context<'_>) -> Found {
        let mut found = Found { lock_waits: self.by_function(cx), ..Found::default() };
        for waits in clusters(std::mem::take(&mut self.long)) {
            let Some((stack, ender)) = waits.worst() else { continue };
            found.moments.extend(waits.moments(cx, RULE.id));
            let mut finding = self.finding(cx, &waits, frames::subject(cx, stack), ender);
            if let (Some(line), Some(evidence)) = (self.slow(cx, ender), finding.evidence.first_mut()) {
                evidence.lines.push(line);
            }
            found.findings.push(finding);
        }
        found
    }
}

impl LockWait {
    /// The innermost function of the program's own on a stack.
    fn owner(&mut self, cx: &Context<'_>, stack: StackId) -> StringId {
        let slot = stack.index().min(cx.tables().stack_count());
        if slot >= self.owners.len() {
            self.owners.resize(slot + 1, None);
        }
        let owner = || frames::own_frame(cx, stack).map_or(StringId::EMPTY, |frame| frame.function);
        *self.owners[slot].get_or_insert_with(owner)
    }

    /// The waits of all functions, by their key.
    fn by_function(&self, cx: &Context<'_>) -> Map<Vec<u8>, Histogram> {
        let mut out: Map<Vec<u8>, Histogram> = Map::default();
        for (function, waits) in &self.all {
            let key = FuncName::parse(cx.string(*function)).key();
            out.entry(key.as_bytes().to_vec()).or_default().merge(waits);
        }
        out
    }

    /// The longest other wait of the function that holds the lock.
    fn slow(&mut self, cx: &Context<'_>, ender: StackId) -> Option<String> {
        let holder = self.owner(cx, ender);
        let waits = self.slow.iter().filter(|((owner, _), _)| *owner == holder);
        let ((_, stack), (count, time)) = waits.max_by_key(|((_, stack), (_, time))| (*time, *stack))?;
        let (count, time) = (Amount::count(*count), Amount::nanos(*time));
        let wait = frames::one_line(cx, *stack);
        Some(format!(
            "the holder waits, too: {count} × {wait}, {time} in total; under the lock, all others \
             wait with it"
        ))
    }

    fn finding(&self, cx: &Context<'_>, waits: &Waits, subject: Subject, ender: StackId) -> Finding {
        let who = subject.function.as_ref().map_or_else(|| "goroutines".to_owned(), ToString::to_string);
        let summary = format!(
            "{who} waited for a lock {} for {} or more: {} in total, the longest {}",
            times(waits.count()),
            Amount::nanos(self.least),
            Amount::nanos(waits.sum()),
            Amount::nanos(waits.max())
        );
        let mut evidence = waits.evidence(cx, "long wait for a lock", "long waits for a lock");
        let Readers { all, behind_writer } = self.readers;
        if behind_writer > 0 {
            let line = format!(
                "a writer's Unlock ended {} of {} waits to read: readers queue behind a writer",
                Amount::count(behind_writer),
                Amount::count(all)
            );
            evidence = evidence.figure("behind_writer", Amount::count(behind_writer)).line(line);
        }
        let goroutine_time = cx.elapsed().max(1) as f64 * waits.count().min(16) as f64;
        let share = waits.sum() as f64 / goroutine_time;
        let severity = if waits.sum() >= cx.elapsed() { Severity::Error } else { Severity::Warning };
        let finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence);
        match frames::own_frame(cx, ender) {
            Some(holder) => {
                let (key, place) = (frames::key(cx, &holder), frames::place(cx, &holder));
                finding.advise(format!("{} Here {key} holds it until {place}.", RULE.advice))
            }
            None => finding,
        }
    }
}

/// Waits of functions that end each other's, together; the longest in total first.
fn clusters(long: Map<(StringId, StringId), Waits>) -> Vec<Waits> {
    let mut pairs: Vec<_> = long.into_iter().collect();
    pairs.sort_rows_by_key(|(pair, _)| *pair);
    // Each function belongs to the cluster of the least function that it is connected with.
    let mut least: Map<StringId, StringId> = Map::default();
    let find = |least: &Map<StringId, StringId>, mut function: StringId| {
        while let Some(&next) = least.get(&function).filter(|next| **next != function) {
            function = next;
        }
        function
    };
    for ((waiter, ender), _) in &pairs {
        if *ender == StringId::EMPTY {
            continue;
        }
        let (a, b) = (find(&least, *waiter), find(&least, *ender));
        least.insert(a.max(b), a.min(b));
    }
    let mut clusters: Vec<(StringId, Waits)> = Vec::new();
    for ((waiter, _), waits) in pairs {
        let id = find(&least, waiter);
        match clusters.iter_mut().find(|(other, _)| *other == id) {
            Some((_, sum)) => sum.merge(waits),
            None => clusters.push((id, waits)),
        }
    }
    clusters.sort_rows_by_key(|(_, waits)| std::cmp::Reverse(waits.sum()));
    clusters.into_iter().map(|(_, waits)| waits).collect()
}
