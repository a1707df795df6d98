//! Where the time of a program's work goes, and what is to blame for it.
//!
//! Goroutines are grouped by the function at which they start. What they do shows which of them do the
//! program's work: goroutines that only accept, that belong to a library, or that play the clients of a
//! server in the same process are not counted, nor is the time in which a connection or a worker waits for
//! something to do.
//!
//! ```text
//! span ──► site (own frame, callee) ──► activity ──► cell: group × stack × activity ┐
//!    └───► blame: who ended the wait, what did that one do meanwhile ──► ledger     ├──► report, verdict
//! goroutines: who created whom ──► roles ──► which waits are idle                   ┘
//! ```
//!
//! # Limits of it
//! A trace has no stack for a goroutine's activity when the trace began; such time is [`Activity::Unknown`].
//! The stack of running time is that of a CPU sample within it, else the stack at which the goroutine stopped
//! running.

mod build;
mod cells;
mod code_site;
mod culprit;
mod culprits;
mod find_stuck;
mod find_verdict;
mod judged;
mod process;
mod report;
mod role;
mod roles;
mod sentence;
mod site_names;
mod stuck;
mod verdict;
mod wakes;
mod work_group;

pub use code_site::{Caller, Site};
pub use culprit::{Culprit, Victim};
pub use process::ProcessBudget;
pub use report::BudgetReport;
pub use role::GroupRole;
pub use stuck::{StuckGroup, StuckKind};
pub use verdict::{Verdict, VerdictKind};
pub use work_group::{ActivityTime, SiteTime, WorkGroup};

use super::activity::{Activity, Sites, StackSite};
use super::blame::{Blame, Wait};
use super::engine::{Analysis, Context, GoIndex, Span, StackTable};
use super::stats::grow;
use crate::symbol::WaitClass;
use crate::table::Map;
use crate::trace::{Event, EventKind, GoState, GoTransition, RangeName, StackId, StringId};
use cells::{Cells, OpenWait};
use process::Process;
use roles::Groups;

/// Collects what goroutines do with their time and why; gives [`BudgetReport`].
///
/// # Cost
/// Memory is proportional to goroutines and to distinct pairs of stacks; what goroutines did lately takes at
/// most 16 MB, whatever the trace's length. A wait is followed through at most 96 spans of others.
#[derive(Debug, Default)]
pub struct Budget {
    sites: Sites,
    groups: Groups,
    lives: Vec<Life>,
    unnamed: Map<GoIndex, Unnamed>,
    /// Mark assists under way: since when.
    assists: Map<GoIndex, i64>,
    cells: Cells,
    open: Vec<OpenWait>,
    /// CPU samples by group.
    samples: StackTable<u32, u64>,
    blame: Blame,
    process: Process,
}

/// What is known of one goroutine.
#[derive(Clone, Copy, Debug)]
struct Life {
    /// Its group; `u32::MAX` as long as no stack named it.
    group: u32,
    /// The last CPU sample since it began to run.
    sample: StackId,
    /// When it began to serve the request at hand, or [`IDLE`].
    serves_since: i64,
    /// The request at hand records a profile.
    records: bool,
}

/// No request is at hand.
const IDLE: i64 = i64::MIN;

/// Time of a goroutine before its group was known.
#[derive(Clone, Copy, Debug, Default)]
struct Unnamed {
    runnable: i64,
    waiting: i64,
}

impl Life {
    const NEW: Self = Self { group: u32::MAX, sample: StackId::NONE, serves_since: IDLE, records: false };
}

impl Budget {
    /// The goroutine's entry.
    #[inline]
    fn life(&mut self, goroutine: usize) -> &mut Life {
        if goroutine >= self.lives.len() {
            self.lives.resize(goroutine + 1, Life::NEW);
        }
        &mut self.lives[goroutine]
    }

    /// The group of a goroutine, once a stack names it.
    #[inline(never)]
    fn find_group(&mut self, goroutine: GoIndex, name: StringId, site: &StackSite, cx: &Context<'_>) -> u32 {
        if name == StringId::EMPTY {
            return u32::MAX;
        }
        let tables = cx.tables();
        let function = self.sites.function(name, tables);
        let name = match site.group {
            Some(better) if function.is_wrapper => better,
            None if function.is_wrapper => return u32::MAX,
            _ => name,
        };
        let group = self.groups.index(name, self.sites.function(name, tables).serves);
        self.groups.joins(group, cx.goroutine(goroutine));
        self.life(goroutine.index()).group = group;
        let before = self.unnamed.remove(&goroutine).unwrap_or_default();
        self.cells.add_time(group, Activity::Runnable, StackId::NONE, before.runnable, cx);
        self.cells.add_time(group, Activity::Unknown, StackId::NONE, before.waiting, cx);
        group
    }

    /// Takes a span of a goroutine whose group is not known yet.
    #[cold]
    fn set_aside(&mut self, span: &Span) {
        if span.ender.to == GoState::NotExist {
            self.unnamed.remove(&span.goroutine);
            return;
        }
        let times = self.unnamed.entry(span.goroutine).or_default();
        let is_wait = span.state == GoState::Waiting;
        grow(if is_wait { &mut times.waiting } else { &mut times.runnable }, span.duration());
    }

    /// A request ends where the wait for the next begins.
    fn served(&mut self, goroutine: usize, group: u32, span: &Span) {
        let life = self.life(goroutine);
        let since = std::mem::replace(&mut life.serves_since, if span.is_open_end { IDLE } else { span.end });
        let records = std::mem::take(&mut life.records);
        if since != IDLE && !records {
            self.groups.served(group, span.start.saturating_sub(since));
        }
    }

    /// Takes a span in `state`, which callers know.
    #[inline(always)]
    fn take(&mut self, span: &Span, state: GoState, cx: &Context<'_>) {
        let goroutine = cx.goroutine(span.goroutine);
        // Goroutines under a callback from C are the program's, although they start in the runtime.
        if goroutine.kind.is_system() && !cx.string(goroutine.name).starts_with(b"runtime.cgocallback") {
            return;
        }
        let (tables, position) = (cx.tables(), span.goroutine.index());
        let life = self.life(position);
        let known = life.group;
        let sample = std::mem::replace(&mut life.sample, StackId::NONE);
        let stack = match state {
            GoState::Running if !sample.is_none() => sample,
            GoState::Running if span.ender.goroutine == goroutine.id => span.ender.stack,
            _ => span.stack,
        };
        let site = self.sites.site(stack, tables);
        let is_waiting = state == GoState::Waiting;
        let returns_conn = || self.sites.site(span.ender.stack, tables).returns_conn;
        let activity = site.activity(state, span.class, returns_conn);
        let group = match known {
            u32::MAX => self.find_group(span.goroutine, goroutine.name, &site, cx),
            known => known,
        };
        if group == u32::MAX {
            self.set_aside(span);
            return;
        }
        let is_idle = is_waiting && site.is_idle(span.class);
        if is_idle {
            self.served(position, group, span);
            self.groups.accepts(group, span.class == WaitClass::NetAccept && site.own.is_some());
        }
        if activity == Activity::Recording {
            self.life(position).records = true;
        }
        let cell = self.cells.add(group, activity, is_idle, stack, span, cx);
        let mut wait = Wait { span, activity, is_idle, stack, group, ender: None };
        if is_waiting {
            wait.ender = cx.index_of(span.ender.goroutine).filter(|ender| *ender != span.goroutine);
            if let Some(ender) = wait.ender {
                let ender_group = self.lives.get(ender.index()).map(|life| life.group);
                cell.ended_by(span.goroutine, ender, ender_group == Some(group), span.end);
            }
            if cell.is_held(activity) {
                wait.activity = Activity::Pool;
            }
            if span.is_open_end {
                let (goroutine, start) = (span.goroutine, span.start);
                self.open.push(OpenWait { goroutine, start, group, activity, stack });
            }
        }
        self.blame.span(&wait, state, &mut self.sites, cx);
    }
}

impl Analysis for Budget {
    type Output = BudgetReport;

    fn transition(&mut self, _: &Event, _: &GoTransition, _: &Context<'_>) {}

    fn other(&mut self, event: &Event, cx: &Context<'_>) {
        match event.kind {
            EventKind::StackSample => {
                let Some(goroutine) = cx.index_of(event.goroutine) else { return };
                let life = self.life(goroutine.index());
                life.sample = event.stack;
                let group = life.group;
                if group != u32::MAX && !self.sites.site(event.stack, cx.tables()).records {
                    *self.samples.at(event.stack, group, cx.tables().stack_count()) += 1;
                }
            }
            EventKind::RangeBegin(range) if range.name == RangeName::MarkAssist => {
                if let Some(goroutine) = cx.index_of(event.goroutine) {
                    self.assists.insert(goroutine, event.time);
                }
            }
            EventKind::RangeEnd { name: RangeName::MarkAssist, .. } => {
                let Some(goroutine) = cx.index_of(event.goroutine) else { return };
                let since = self.assists.remove(&goroutine).unwrap_or(cx.start());
                let group = self.life(goroutine.index()).group;
                self.groups.assisted(group, event.time.saturating_sub(since));
            }
            _ => self.process.event(event, cx),
        }
    }

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        self.take(span, span.state, cx);
    }

    fn running(&mut self, span: &Span, cx: &Context<'_>) {
        self.process.ran(cx.goroutine(span.goroutine), span.duration(), cx);
        self.take(span, GoState::Running, cx);
    }

    fn runnable(&mut self, span: &Span, cx: &Context<'_>) {
        self.take(span, GoState::Runnable, cx);
    }

    fn waiting(&mut self, span: &Span, cx: &Context<'_>) {
        self.take(span, GoState::Waiting, cx);
    }

    fn syscall(&mut self, span: &Span, cx: &Context<'_>) {
        self.take(span, GoState::Syscall, cx);
    }

    fn finish(self, cx: &Context<'_>) -> BudgetReport {
        build::report(self, cx)
    }
}
