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
use super::engine::{Analysis, Context, Span, StackTable};
use crate::symbol::WaitClass;
use crate::trace::{Event, EventKind, GoState, RangeName, StackId, StringId};
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
    /// Time runnable and waiting before its group was known.
    runnable: i64,
    unknown: i64,
    /// When it began to serve the request at hand.
    serves_since: Option<i64>,
    /// The request at hand records a profile.
    records: bool,
    /// The last CPU sample since it began to run.
    sample: StackId,
    assist_since: Option<i64>,
}

impl Life {
    const NEW: Self = Self {
        group: u32::MAX,
        runnable: 0,
        unknown: 0,
        serves_since: None,
        records: false,
        sample: StackId::NONE,
        assist_since: None,
    };
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
    fn group(&mut self, goroutine: usize, name: StringId, site: &StackSite, cx: &Context<'_>) -> u32 {
        let known = self.life(goroutine).group;
        if known != u32::MAX || name == StringId::EMPTY {
            return known;
        }
        let tables = cx.tables();
        let function = self.sites.function(name, tables);
        let name = match site.group {
            Some(better) if function.is_wrapper => better,
            None if function.is_wrapper => return u32::MAX,
            _ => name,
        };
        let group = self.groups.index(name, self.sites.function(name, tables).serves);
        let life = self.life(goroutine);
        life.group = group;
        let (runnable, unknown) = (std::mem::take(&mut life.runnable), std::mem::take(&mut life.unknown));
        self.cells.add_time(group, Activity::Runnable, StackId::NONE, runnable, cx);
        self.cells.add_time(group, Activity::Unknown, StackId::NONE, unknown, cx);
        group
    }

    /// A request ends where the wait for the next begins.
    fn served(&mut self, goroutine: usize, group: u32, span: &Span) {
        let life = self.life(goroutine);
        let (since, records) = (life.serves_since.replace(span.end), std::mem::take(&mut life.records));
        if let (Some(since), false) = (since, records) {
            self.groups.served(group, span.start.saturating_sub(since));
        }
        if span.is_open_end {
            self.life(goroutine).serves_since = None;
        }
    }
}

impl Analysis for Budget {
    type Output = BudgetReport;

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
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
                    self.life(goroutine.index()).assist_since = Some(event.time);
                }
            }
            EventKind::RangeEnd { name: RangeName::MarkAssist, .. } => {
                let Some(goroutine) = cx.index_of(event.goroutine) else { return };
                let life = self.life(goroutine.index());
                let (since, group) = (life.assist_since.take().unwrap_or(cx.start()), life.group);
                self.groups.assisted(group, event.time.saturating_sub(since));
            }
            _ => self.process.event(event, cx),
        }
    }

    fn span(&mut self, span: &Span, cx: &Context<'_>) {
        let goroutine = cx.goroutine(span.goroutine);
        let name = cx.string(goroutine.name);
        if span.state == GoState::Running {
            self.process.ran(goroutine.id, name, span.duration());
        }
        // Goroutines under a callback from C are the program's, although they start in the runtime.
        let is_callback = name.starts_with(b"runtime.cgocallback");
        if goroutine.kind.is_system() && !is_callback {
            return;
        }
        let (tables, position) = (cx.tables(), span.goroutine.index());
        let life = self.life(position);
        let sample = std::mem::replace(&mut life.sample, StackId::NONE);
        let stack = match span.state {
            GoState::Running if !sample.is_none() => sample,
            GoState::Running if span.ender.goroutine == goroutine.id => span.ender.stack,
            _ => span.stack,
        };
        let site = self.sites.site(stack, tables);
        let ender_site = self.sites.site(span.ender.stack, tables);
        let mut activity = site.activity(span.state, span.class, &ender_site);
        let group = self.group(position, goroutine.name, &site, cx);
        if group == u32::MAX {
            let life = self.life(position);
            let sum = if span.state == GoState::Waiting { &mut life.unknown } else { &mut life.runnable };
            *sum = sum.saturating_add(span.duration());
            return;
        }
        let is_waiting = span.state == GoState::Waiting;
        let is_idle = is_waiting && site.is_idle(span.class);
        if is_idle {
            self.served(position, group, span);
            self.groups.accepts(group, span.class == WaitClass::NetAccept && site.own.is_some());
        }
        if activity == Activity::Recording {
            self.life(position).records = true;
        }
        let ender = cx.index_of(span.ender.goroutine).filter(|ender| is_waiting && *ender != span.goroutine);
        let ender_group = ender.and_then(|ender| self.lives.get(ender.index())).map(|life| life.group);
        let cell = self.cells.add(group, activity, is_idle, stack, span, cx);
        if let Some(ender) = ender {
            cell.ended_by(span.goroutine, ender, ender_group == Some(group), span.end);
        }
        let plain = activity;
        let is_held = cell.is_held(activity);
        if is_held {
            activity = Activity::Pool;
        }
        if is_waiting && span.is_open_end {
            self.open.push(OpenWait {
                goroutine: span.goroutine,
                start: span.start,
                group,
                activity: plain,
                stack,
            });
        }
        let wait = Wait { span, site, activity, is_idle, stack, group };
        self.blame.span(wait, &mut self.sites, cx);
    }

    fn finish(self, cx: &Context<'_>) -> BudgetReport {
        build::report(self, cx)
    }
}
