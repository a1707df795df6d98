//! `goroutines`, `pile-up`, by trace: how many goroutines there are at once, and how many wait in one place.

use super::detector::{Detector, Found, evidence};
use super::frames;
use crate::diagnose::finding::{Amount, Finding, Rule, Severity, Subject, wait_phrase};
use crate::diagnose::rules::joined::{goroutines, pile_up as rule};
use crate::diagnose::thresholds::Thresholds;
use crate::symbol::{FuncName, WaitClass};
use crate::table::Map;
use crate::trace::analysis::{Analysis, Context, GoIndex, StackTable};
use crate::trace::{Event, GoState, GoTransition, StackId, StringId};

/// Goroutines that wait in one place.
#[derive(Clone, Copy, Debug)]
struct Group {
    now: usize,
    most: usize,
    /// One of its stacks, the reason of its wait, and the goroutine's name.
    stack: StackId,
    reason: StringId,
    name: StringId,
}

/// No group.
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct Crowds {
    least: u64,
    least_in_group: u64,
    groups: Vec<Group>,
    by_place: Map<(StringId, StringId, StringId), u32>,
    by_stack: StackTable<(StringId, StringId), Option<u32>>,
    /// By goroutine: the group in which it waits.
    member: Vec<u32>,
}

impl Detector for Crowds {
    const RULES: &'static [&'static Rule] = &[];

    fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: thresholds.goroutines,
            least_in_group: thresholds.pile_up,
            groups: Vec::new(),
            by_place: Map::default(),
            by_stack: StackTable::default(),
            member: Vec::new(),
        }
    }
}

impl Analysis for Crowds {
    type Output = Found;

    #[inline(always)]
    fn transition(&mut self, _: &Event, transition: &GoTransition, cx: &Context<'_>) {
        let stays_away = matches!(transition.from, GoState::Running | GoState::Runnable);
        if transition.to == GoState::Waiting || !stays_away {
            self.moves(transition, cx);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Found {
        let mut found = Found::default();
        if cx.most_live() as u64 >= self.least {
            let count = Amount::count(cx.most_live());
            let summary = format!("{count} goroutines exist at once");
            let evidence = evidence(format!("{count} goroutines")).figure("goroutines", count);
            let finding = Finding::new(&goroutines::RULE, Severity::Warning, Subject::program(), summary);
            found.findings.push(finding.share(1.0).proof(evidence));
        }
        let crowded = self.groups.iter().filter(|group| group.most as u64 >= self.least_in_group);
        found.findings.extend(crowded.map(|group| pile_up(group, cx)));
        found
    }
}

impl Crowds {
    /// Takes a transition that may lead into a crowd or out of it.
    fn moves(&mut self, transition: &GoTransition, cx: &Context<'_>) {
        let waits = transition.to == GoState::Waiting;
        let Some(subject) = cx.subject() else { return };
        let stays = transition.from == GoState::Waiting && waits;
        if stays && self.member.get(subject.index()).is_some_and(|member| *member != NONE) {
            return;
        }
        self.leave(subject);
        if waits && !transition.stack.is_none() && !cx.goroutine(subject).kind.is_system() {
            self.enter(subject, transition, cx);
        }
    }

    fn leave(&mut self, goroutine: GoIndex) {
        let Some(member) = self.member.get_mut(goroutine.index()) else { return };
        if let Some(group) = self.groups.get_mut(std::mem::replace(member, NONE) as usize) {
            group.now = group.now.saturating_sub(1);
        }
    }

    fn enter(&mut self, goroutine: GoIndex, transition: &GoTransition, cx: &Context<'_>) {
        let (stack, reason, name) = (transition.stack, transition.reason, cx.goroutine(goroutine).name);
        let (groups, by_place) = (&mut self.groups, &mut self.by_place);
        let stacks = cx.tables().stack_count();
        let number = *self.by_stack.at(stack, (reason, name), stacks).get_or_insert_with(|| {
            let own = frames::own_frame(cx, stack).map_or(StringId::EMPTY, |frame| frame.function);
            *by_place.entry((own, reason, name)).or_insert_with(|| {
                groups.push(Group { now: 0, most: 0, stack, reason, name });
                (groups.len() - 1) as u32
            })
        });
        if goroutine.index() >= self.member.len() {
            self.member.resize(goroutine.index() + 1, NONE);
        }
        self.member[goroutine.index()] = number;
        if let Some(group) = self.groups.get_mut(number as usize) {
            group.now += 1;
            group.most = group.most.max(group.now);
        }
    }
}

fn pile_up(group: &Group, cx: &Context<'_>) -> Finding {
    let class = WaitClass::of(cx.string(group.reason), cx.functions(group.stack));
    let idle = class == WaitClass::HttpIdleConn;
    let count = Amount::count(group.most);
    let root = FuncName::parse(cx.string(group.name)).key();
    let summary = match idle {
        true => format!("{count} idle connections wait for their next request"),
        false => format!("{count} goroutines of {root} are {} at once", wait_phrase(class)),
    };
    let evidence = evidence(format!("{count} goroutines in one place"))
        .figure("goroutines", count)
        .line(frames::one_line(cx, group.stack));
    let severity = if idle { Severity::Info } else { Severity::Warning };
    let mut finding = Finding::new(&rule::RULE, severity, frames::subject(cx, group.stack), summary);
    if idle {
        finding = finding.advise(rule::IDLE_ADVICE);
    }
    finding.share_of_goroutines(group.most as f64 / cx.most_live().max(1) as f64).proof(evidence)
}
