//! What each goroutine did with its time; tasks, regions and logs.
//!
//! The figures of `go tool trace`'s goroutine, task and region pages. With [`Compat::GoTool`] they are
//! exactly those (`internal/trace/summary.go`); `go_tool.rs` lists their defects. With [`Compat::Correct`]
//! every span counts once, in the state it is in, waits are distinguished by class, and ranges by the time on
//! a proc.

mod correct;
mod go_tool;
mod groups;
mod regions;
mod summary;
mod totals;

pub use groups::{GoroutineGroup, RegionGroup, TaskGroup};
pub use summary::{GoroutineSummary, LogMessage, Summary, UserRegion, UserTask};

use super::engine::{Analysis, Context, GoIndex, GoKind, Goroutine, Span};
use super::names::Names;
use crate::compat::Compat;
use crate::trace::{Event, EventKind, GoState, GoTransition};
use correct::Correct;
use go_tool::{Go, GoTool};
use regions::Regions;
use totals::Totals;

/// Sums up what each goroutine did; returns a [`Summary`].
///
/// # Cost
/// Memory is proportional to the goroutines, and to the tasks, regions and logs that are kept (at most
/// [`with_annotations`](Self::with_annotations)).
#[derive(Debug)]
#[doc(alias = "Summarizer")]
pub struct Goroutines {
    ledger: Ledger,
    regions: Regions,
}

#[derive(Debug)]
enum Ledger {
    Correct(Correct),
    GoTool(GoTool),
}

impl Default for Goroutines {
    fn default() -> Self {
        Self::new(Compat::Correct)
    }
}

impl Goroutines {
    /// How many tasks, regions and logs are kept by default.
    pub const ANNOTATIONS: usize = 1 << 20;

    /// The analysis with the figures of `compat`.
    pub fn new(compat: Compat) -> Self {
        let ledger = match compat {
            Compat::Correct => Ledger::Correct(Correct::default()),
            Compat::GoTool => Ledger::GoTool(GoTool::default()),
        };
        Self { ledger, regions: Regions::new(Self::ANNOTATIONS) }
    }

    /// Sets how many tasks, regions and logs are kept together; [`Summary::left_out`] counts the rest.
    #[must_use]
    pub fn with_annotations(mut self, keep: usize) -> Self {
        self.regions = Regions::new(keep);
        self
    }

    fn snapshot(&self, event: &Event, cx: &Context<'_>) -> Totals {
        let mut totals = Totals::default();
        if let Some(goroutine) = cx.index_of(event.goroutine) {
            self.snapshot_of(goroutine, cx, &mut totals);
        }
        totals
    }

    fn snapshot_of(&self, goroutine: GoIndex, cx: &Context<'_>, out: &mut Totals) {
        match &self.ledger {
            Ledger::Correct(correct) => correct.snapshot(goroutine, cx, out),
            Ledger::GoTool(go_tool) => go_tool.snapshot(goroutine, cx.now(), out),
        }
    }

    /// A goroutine ends: so do its regions.
    fn ends(&mut self, event: &Event, goroutine: GoIndex, cx: &Context<'_>) {
        if !self.regions.is_active(goroutine) {
            return;
        }
        let mut totals = Totals::default();
        self.snapshot_of(goroutine, cx, &mut totals);
        self.regions.close(
            goroutine,
            Some(event.time),
            &totals,
            is_system(cx.goroutine(goroutine), &self.ledger, cx),
        );
    }
}

/// Whether a goroutine is never in a region. In Go's tools a nameless goroutine is the system's.
fn is_system(go: &Goroutine, ledger: &Ledger, cx: &Context<'_>) -> bool {
    match ledger {
        Ledger::Correct(_) => go.kind.is_system(),
        Ledger::GoTool(_) => {
            let name = cx.string(go.name);
            go.kind == GoKind::Unnamed || name.starts_with(b"runtime.") && name != b"runtime.main"
        }
    }
}

impl Analysis for Goroutines {
    type Output = Summary;

    #[inline(always)]
    fn transition(&mut self, event: &Event, transition: &GoTransition, cx: &Context<'_>) {
        let is_life = transition.from == GoState::NotExist || transition.to == GoState::NotExist;
        if is_life || matches!(self.ledger, Ledger::GoTool(_)) {
            self.event(event, cx);
        }
    }

    fn event(&mut self, event: &Event, cx: &Context<'_>) {
        match &mut self.ledger {
            Ledger::Correct(correct) => correct.event(event, cx),
            Ledger::GoTool(go_tool) => go_tool.event(event, cx),
        }
        match event.kind {
            EventKind::GoTransition(transition) => {
                let Some(goroutine) = cx.subject() else { return };
                if transition.from == GoState::NotExist {
                    self.regions.created(event, goroutine, cx);
                }
                let dies = transition.to == GoState::NotExist;
                if dies
                    || matches!(&self.ledger, Ledger::GoTool(go_tool) if go_tool.waits_forever(&transition))
                {
                    self.ends(event, goroutine, cx);
                }
            }
            EventKind::RegionBegin(region) => {
                let totals = self.snapshot(event, cx);
                self.regions.begin(event, region, totals, cx);
            }
            EventKind::RegionEnd(region) => {
                let totals = self.snapshot(event, cx);
                self.regions.end(event, region, totals, cx);
            }
            EventKind::TaskBegin(task) => self.regions.task_begins(event, task),
            EventKind::TaskEnd(task) => self.regions.task_ends(event, task),
            EventKind::Log(log) => self.regions.log(event, log),
            _ => {}
        }
    }

    fn span(&mut self, span: &Span, _: &Context<'_>) {
        if let Ledger::Correct(correct) = &mut self.ledger {
            correct.span(span);
        }
    }

    fn finish(self, cx: &Context<'_>) -> Summary {
        let Self { ledger, mut regions } = self;
        let mut names = Names::new(cx.tables());
        let mut goroutines = Vec::with_capacity(cx.goroutines().len());
        let open = regions.open();
        let system: Vec<_> =
            open.iter().map(|&goroutine| is_system(cx.goroutine(goroutine), &ledger, cx)).collect();
        let close = |regions: &mut Regions, totals: &dyn Fn(usize) -> Option<Totals>| {
            for (&goroutine, &is_system) in open.iter().zip(&system) {
                regions.close(goroutine, None, &totals(goroutine.index()).unwrap_or_default(), is_system);
            }
        };
        let compat = match ledger {
            Ledger::Correct(correct) => {
                let all = correct.finish(cx);
                close(&mut regions, &|index| all.get(index).cloned());
                for (go, totals) in cx.goroutines().iter().zip(&all) {
                    goroutines.push(GoroutineSummary::correct(go, totals, &mut names));
                }
                Compat::Correct
            }
            Ledger::GoTool(go_tool) => {
                let all: Vec<Go> = go_tool.finish(cx);
                close(&mut regions, &|index| all.get(index).map(|go| go.totals.clone()));
                for (go, figures) in cx.goroutines().iter().zip(&all) {
                    goroutines.extend(GoroutineSummary::go_tool(go, figures, &mut names));
                }
                Compat::GoTool
            }
        };
        Summary::new(compat, goroutines, regions, cx, &mut names)
    }
}
