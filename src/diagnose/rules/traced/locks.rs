//! `lock-wait`: single waits for a mutex that are long, and who ended them.
//!
//! A trace names no lock. What locks and unlocks the same one is told by the wake-ups: who ends a wait holds what the
//! other waited for. Functions that are connected so are one finding.

use super::frames;
use super::waits::Waits;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject, times};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::WaitClass;
use crate::table::Map;
use crate::trace::analysis::{Context, Histogram, Span};
use crate::trace::{StackId, StringId};

pub(super) const RULE: Rule = Rule {
    id: "lock-wait",
    title: "goroutines wait long for a lock",
    advice: "Hold the lock for less: move slow work (I/O, sleeps, allocation) out of the critical section, split the \
             data by key, or hand the work to one goroutine that owns the data.",
    basis: "A single wait of 200 ms; mutex and block profiles know sums only. Go's own idea of starving is 1 ms.",
};

/// Waits from this long on may keep a lock held, in nanoseconds.
const SLOW: i64 = 1_000_000;

#[derive(Debug, Default)]
pub(super) struct Locks {
    /// Waits long enough, by who waited and who ended it.
    long: Map<(StringId, StringId), Waits>,
    /// All waits for locks, by the function that waited; for findings of other rules.
    pub(super) all: Map<StringId, Histogram>,
    /// Waits for a read lock that a writer's unlock ended.
    behind_writer: u64,
    readers: u64,
    /// Other waits of some length, by the function that waited: what a holder may do under the lock.
    slow: Map<(StringId, StackId), (u64, i64)>,
    /// By stack: the user's function.
    owners: Vec<Option<StringId>>,
}

impl Locks {
    pub(super) fn span(&mut self, span: &Span, cx: &Context<'_>, thresholds: &Thresholds) {
        let waiter = self.owner(cx, span.stack);
        if !span.class.is_lock() {
            if span.duration() >= SLOW && waiter != StringId::EMPTY {
                let (count, time) = self.slow.entry((waiter, span.stack)).or_default();
                (*count, *time) = (*count + 1, time.saturating_add(span.duration()));
            }
            return;
        }
        self.all.entry(waiter).or_default().add(span.duration());
        if i128::from(span.duration()) < thresholds.lock_wait.as_nanos() as i128 {
            return;
        }
        let ender = self.owner(cx, span.ender.stack);
        self.long.entry((waiter, ender)).or_default().add(span);
        if span.class == WaitClass::RwmutexRead {
            self.readers += 1;
            self.behind_writer += u64::from(frames::calls(cx, span.ender.stack, "sync.(*RWMutex).Unlock"));
        }
    }

    /// The user's innermost function of a stack.
    fn owner(&mut self, cx: &Context<'_>, stack: StackId) -> StringId {
        let at = stack.index().min(cx.tables().stack_count());
        if at >= self.owners.len() {
            self.owners.resize(at + 1, None);
        }
        let owner = || frames::own_frame(cx, stack).map_or(StringId::EMPTY, |frame| frame.function);
        *self.owners[at].get_or_insert_with(owner)
    }

    /// The waits of all functions, by their key.
    pub(super) fn by_function(&self, cx: &Context<'_>) -> Map<Vec<u8>, Histogram> {
        let mut out: Map<Vec<u8>, Histogram> = Map::default();
        for (function, waits) in &self.all {
            let key = crate::symbol::FuncName::parse(cx.string(*function)).key();
            out.entry(key.as_bytes().to_vec()).or_default().merge(waits);
        }
        out
    }

    pub(super) fn finish(
        &mut self,
        cx: &Context<'_>,
        thresholds: &Thresholds,
        moments: &mut Vec<Moment>,
    ) -> Vec<Finding> {
        let least = i64::try_from(thresholds.lock_wait.as_nanos()).unwrap_or(i64::MAX);
        let mut out = Vec::new();
        for waits in self.clusters() {
            let Some((stack, ender)) = waits.worst() else { continue };
            moments.extend(waits.moments(cx, RULE.id));
            let subject = frames::subject(cx, stack);
            let mut finding = finding(cx, &waits, subject, ender, (self.behind_writer, self.readers), least);
            if let (Some(line), Some(evidence)) = (self.slow(cx, ender), finding.evidence.first_mut()) {
                evidence.lines.push(line);
            }
            out.push(finding);
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
            "who holds it waits, too: {count} × {wait}, {time} in all; under the lock, all others wait with it"
        ))
    }

    /// Waits of functions that end each other's, together.
    fn clusters(&mut self) -> Vec<Waits> {
        let mut pairs: Vec<_> = std::mem::take(&mut self.long).into_iter().collect();
        pairs.sort_by_key(|(pair, _)| *pair);
        // Each function belongs to the cluster of the least function that it is connected with.
        let mut least: Map<StringId, StringId> = Map::default();
        let find = |least: &Map<StringId, StringId>, mut at: StringId| {
            while let Some(&next) = least.get(&at).filter(|next| **next != at) {
                at = next;
            }
            at
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
        clusters.sort_by_key(|(_, waits)| std::cmp::Reverse(waits.sum()));
        clusters.into_iter().map(|(_, waits)| waits).collect()
    }
}

fn finding(
    cx: &Context<'_>,
    waits: &Waits,
    subject: Subject,
    ender: StackId,
    (behind_writer, readers): (u64, u64),
    least: i64,
) -> Finding {
    let who = subject.function.as_ref().map_or_else(|| "goroutines".to_owned(), ToString::to_string);
    let summary = format!(
        "{who} waited {} for a lock for {} or more: {} together, the longest {}",
        times(waits.count()),
        Amount::nanos(least),
        Amount::nanos(waits.sum()),
        Amount::nanos(waits.max())
    );
    let mut evidence = waits.evidence(cx, "long wait for a lock", "long waits for a lock");
    if readers > 0 && behind_writer > 0 {
        let line = format!(
            "{} of {} waits to read ended by a writer's Unlock: readers queue behind a writer",
            Amount::count(behind_writer),
            Amount::count(readers)
        );
        evidence = evidence.figure("behind_writer", Amount::count(behind_writer)).line(line);
    }
    let goroutine_time = cx.elapsed().max(1) as f64 * waits.count().min(16) as f64;
    let share = waits.sum() as f64 / goroutine_time;
    let severity = if waits.sum() >= cx.elapsed() { Severity::Error } else { Severity::Warning };
    let mut finding = Finding::new(&RULE, severity, subject, summary).share(share).proof(evidence);
    if let Some(holder) = frames::own_frame(cx, ender) {
        let (key, place) = (frames::key(cx, &holder), frames::place(cx, &holder));
        finding = finding.advise(format!("{} It is {key} that holds it until {place}.", RULE.advice));
    }
    finding
}
