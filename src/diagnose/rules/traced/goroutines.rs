//! `goroutines`, `pile-up`, `stuck-group`, `forever`, `churn`: how many goroutines there are, where
//! they wait, and how long they live.

use super::frames;
use crate::diagnose::facts::wait_phrase;
use crate::diagnose::finding::{Amount, Confidence, Finding, Rule, Severity, Subject};
use crate::diagnose::rules::joined::goroutines::{GOROUTINES, IDLE_ADVICE, PILE_UP};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::{FuncName, WaitClass};
use crate::table::Map;
use crate::trace::analysis::{Context, GoIndex, Histogram, Span};
use crate::trace::{FrameId, GoState, GoTransition, StackId, StringId};

pub(super) const STUCK: Rule = Rule {
    id: "stuck-group",
    title: "goroutines of one place wait, and hardly any is ever woken",
    advice: "Look for the other side: a receiver that has returned, a peer that does not read, a lock that nobody \
             unlocks. A deadline or a context gives those who wait a way out.",
    basis: "50 goroutines wait at one place at the end, at most a tenth as many were woken there. Idle workers look \
            the same if the trace is short.",
};

pub(super) const FOREVER: Rule = Rule {
    id: "forever",
    title: "goroutines that can never go on",
    advice: "A nil channel or an empty select blocks for ever: initialise the channel, or let the goroutine end.",
    basis: "The runtime's own reason. The main goroutine's `select {}` is a common way to keep a program alive, and \
            not told.",
};

pub(super) const CHURN: Rule = Rule {
    id: "churn",
    title: "very many goroutines that live very short",
    advice: "Give each goroutine more to do: hand items in batches to a few workers.",
    basis: "10,000 created a second, half of them gone within 1 ms. Creating one costs about as much as a small \
            allocation; scheduling it costs more.",
};

/// Goroutines that wait at one place.
#[derive(Clone, Copy, Debug)]
struct Group {
    now: usize,
    most: usize,
    /// One of its stacks, and the reason.
    stack: StackId,
    reason: StringId,
    name: StringId,
}

/// What waits of one place came to.
#[derive(Clone, Copy, Debug)]
struct Fate {
    open: u64,
    /// Of the open ones: how many began within the trace.
    begun: u64,
    closed: u64,
    open_time: i64,
    /// The stack, class and goroutine's name of one of them.
    stack: StackId,
    class: WaitClass,
    name: StringId,
}

/// No group.
const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Goroutines {
    most: usize,
    groups: Vec<Group>,
    by_place: Map<(StringId, StringId, StringId), u32>,
    by_stack: Map<(StackId, StringId, StringId), u32>,
    /// By goroutine: the group in which it waits.
    member: Vec<u32>,
    fates: Map<(FrameId, WaitClass), Fate>,
    leaf: Vec<Option<FrameId>>,
    forever: Map<StackId, (u64, StringId)>,
    created: u64,
    first_created: i64,
    last_created: i64,
    lifetimes: Histogram,
}

impl Goroutines {
    pub(super) fn transition(&mut self, transition: &GoTransition, cx: &Context<'_>) {
        self.most = self.most.max(cx.live());
        let Some(subject) = cx.subject() else { return };
        if transition.from == GoState::NotExist {
            self.created += 1;
            if self.first_created == 0 {
                self.first_created = cx.now();
            }
            self.last_created = cx.now();
        }
        let goroutine = cx.goroutine(subject);
        if transition.to == GoState::NotExist && goroutine.is_created {
            // Not the wait until it first ran, which is the scheduler's.
            self.lifetimes.add(cx.now().saturating_sub(goroutine.first_run.unwrap_or(cx.now())));
        }
        if transition.from == transition.to
            && transition.to == GoState::Waiting
            && self.member_of(subject) != NONE
        {
            return;
        }
        self.leave(subject);
        if transition.to == GoState::Waiting && !goroutine.kind.is_system() && !transition.stack.is_none() {
            self.enter(subject, transition, cx);
        }
    }

    fn member_of(&self, at: GoIndex) -> u32 {
        self.member.get(at.index()).copied().unwrap_or(NONE)
    }

    fn leave(&mut self, at: GoIndex) {
        let Some(member) = self.member.get_mut(at.index()) else { return };
        if let Some(group) = self.groups.get_mut(std::mem::replace(member, NONE) as usize) {
            group.now = group.now.saturating_sub(1);
        }
    }

    fn enter(&mut self, at: GoIndex, transition: &GoTransition, cx: &Context<'_>) {
        let (stack, reason, name) = (transition.stack, transition.reason, cx.goroutine(at).name);
        let (groups, by_place) = (&mut self.groups, &mut self.by_place);
        let number = *self.by_stack.entry((stack, reason, name)).or_insert_with(|| {
            let leaf = frames::own_frame(cx, stack).map_or(StringId::EMPTY, |frame| frame.function);
            *by_place.entry((leaf, reason, name)).or_insert_with(|| {
                groups.push(Group { now: 0, most: 0, stack, reason, name });
                (groups.len() - 1) as u32
            })
        });
        if at.index() >= self.member.len() {
            self.member.resize(at.index() + 1, NONE);
        }
        self.member[at.index()] = number;
        if let Some(group) = self.groups.get_mut(number as usize) {
            group.now += 1;
            group.most = group.most.max(group.now);
        }
    }

    /// Takes a wait that has ended, or at the end those that have not.
    pub(super) fn waited(&mut self, span: &Span, cx: &Context<'_>) {
        let goroutine = cx.goroutine(span.goroutine);
        if span.class.is_forever() {
            if FuncName::parse(cx.string(goroutine.name)).as_bytes() != b"runtime.main" {
                self.forever.entry(span.stack).or_insert((0, goroutine.name)).0 += 1;
            }
            return;
        }
        let at = span.stack.index().min(cx.tables().stack_count());
        if at >= self.leaf.len() {
            self.leaf.resize(at + 1, None);
        }
        let own = || {
            let frames = cx.tables().stack_frames(span.stack);
            let is_own = |id: &&FrameId| {
                let name = cx.string(cx.tables().frame(**id).function);
                FuncName::parse(name).is_user()
            };
            frames.iter().find(is_own).or(frames.first()).copied()
        };
        if self.leaf[at].is_none() {
            self.leaf[at] = own();
        }
        let Some(frame) = self.leaf[at] else { return };
        let (stack, class, name) = (span.stack, span.class, goroutine.name);
        let fresh = Fate { open: 0, begun: 0, closed: 0, open_time: 0, stack, class, name };
        let fate = self.fates.entry((frame, class)).or_insert(fresh);
        if span.is_open_end {
            fate.open += 1;
            fate.begun += u64::from(!span.is_open_start);
            fate.open_time = fate.open_time.saturating_add(span.duration());
        } else {
            fate.closed += 1;
        }
    }

    pub(super) fn finish(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut out = self.many(cx, thresholds);
        out.extend(self.stuck(cx, thresholds));
        out.extend(self.forever(cx));
        out.extend(self.churn(cx, thresholds));
        out
    }

    fn many(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut out = Vec::new();
        if self.most as u64 >= thresholds.goroutines {
            let count = Amount::count(self.most);
            let summary = format!("{count} goroutines exist at once");
            let evidence = super::evidence(format!("{count} goroutines")).figure("goroutines", count);
            let finding = Finding::new(&GOROUTINES, Severity::Warning, Subject::program(), summary);
            out.push(finding.share(1.0).proof(evidence));
        }
        for group in self.groups.iter().filter(|group| group.most as u64 >= thresholds.pile_up) {
            let class = WaitClass::of(cx.string(group.reason), cx.functions(group.stack));
            let idle = class == WaitClass::HttpIdleConn;
            let count = Amount::count(group.most);
            let root = FuncName::parse(cx.string(group.name)).key();
            let summary = match idle {
                true => format!("{count} idle connections wait for their next request"),
                false => format!("{count} goroutines of {root} are {} at once", wait_phrase(class)),
            };
            let evidence = super::evidence(format!("{count} goroutines at one place"))
                .figure("goroutines", count)
                .line(frames::one_line(cx, group.stack));
            let severity = if idle { Severity::Info } else { Severity::Warning };
            let mut finding = Finding::new(&PILE_UP, severity, frames::subject(cx, group.stack), summary);
            if idle {
                finding = finding.advise(IDLE_ADVICE);
            }
            out.push(finding.share(group.most as f64 / self.most.max(1) as f64).proof(evidence));
        }
        out
    }

    fn stuck(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut fates: Vec<_> = self.fates.values().collect();
        fates.sort_by_key(|fate| (std::cmp::Reverse(fate.open), fate.stack));
        let stuck = |fate: &&&Fate| {
            let enough = fate.open >= thresholds.stuck && fate.closed * 10 <= fate.open;
            // Those that have waited since before the trace may be a pool of idle workers.
            enough && fate.begun * 2 >= fate.open && fate.class != WaitClass::HttpIdleConn
        };
        let finding = |fate: &&Fate| {
            let (open, closed) = (Amount::count(fate.open), Amount::count(fate.closed));
            let root = FuncName::parse(cx.string(fate.name)).key();
            let summary = format!(
                "{open} goroutines of {root} are {} and stay there; {closed} were ever woken",
                wait_phrase(fate.class)
            );
            let evidence = super::evidence(format!(
                "{open} wait at the end of the trace, {} together; {closed} waits there ended",
                Amount::nanos(fate.open_time)
            ))
            .figure("stuck", open)
            .figure("woken", closed)
            .figure("time", Amount::nanos(fate.open_time))
            .line(frames::one_line(cx, fate.stack));
            let severity = if fate.open >= 100 { Severity::Error } else { Severity::Warning };
            Finding::new(&STUCK, severity, frames::subject(cx, fate.stack), summary)
                .share(fate.open as f64 / self.most.max(1) as f64)
                .proof(evidence)
                .sure(Confidence::Likely)
        };
        fates.iter().filter(stuck).map(finding).collect()
    }

    fn forever(&self, cx: &Context<'_>) -> Option<Finding> {
        let count: u64 = self.forever.values().map(|(count, _)| count).sum();
        if count == 0 {
            return None;
        }
        let mut stacks: Vec<_> = self.forever.iter().collect();
        stacks.sort_by_key(|(stack, (count, _))| (std::cmp::Reverse(*count), **stack));
        let lines = stacks
            .iter()
            .take(5)
            .map(|(stack, (count, _))| format!("{count} × {}", frames::one_line(cx, **stack)));
        let summary =
            format!("{} goroutines wait at a nil channel or in an empty select", Amount::count(count));
        let evidence = super::evidence(summary.clone())
            .figure("goroutines", Amount::count(count))
            .lines(lines.collect::<Vec<_>>());
        let subject = stacks.first().map_or(Subject::program(), |(stack, _)| frames::subject(cx, **stack));
        let share = count as f64 / self.most.max(1) as f64;
        Some(Finding::new(&FOREVER, Severity::Warning, subject, summary).share(share).proof(evidence))
    }

    fn churn(&self, cx: &Context<'_>, thresholds: &Thresholds) -> Option<Finding> {
        // At least 10 ms: a burst is no rate.
        let time = self.last_created.saturating_sub(self.first_created).max(10_000_000);
        let rate = self.created as f64 / (time as f64 / 1e9);
        let median = self.lifetimes.quantile(0.5);
        if rate < thresholds.churn as f64 || self.lifetimes.count() * 2 < self.created || median >= 1_000_000
        {
            return None;
        }
        let rate = Amount::per_second(rate);
        let summary =
            format!("{rate} goroutines are created, half of them run for {} or less", Amount::nanos(median));
        let evidence = super::evidence(format!("{} goroutines", Amount::count(self.created)))
            .figure("created", Amount::count(self.created))
            .figure("rate", rate)
            .figure("lifetime_p50", Amount::nanos(median));
        let created: Vec<_> = cx.goroutines().iter().filter(|go| go.is_created).collect();
        let mut sites: Map<StackId, u64> = Map::default();
        for goroutine in &created {
            *sites.entry(goroutine.create_stack).or_default() += 1;
        }
        let site = sites.into_iter().max_by_key(|(stack, count)| (*count, std::cmp::Reverse(*stack)));
        let subject = site.map_or(Subject::program(), |(stack, _)| frames::subject(cx, stack));
        Some(Finding::new(&CHURN, Severity::Warning, subject, summary).proof(evidence))
    }
}
