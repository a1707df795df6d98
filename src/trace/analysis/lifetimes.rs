//! Lifetimes of goroutines, and where they are created.

use super::engine::{Analysis, Context, GoIndex, StackTable};
use super::histogram::Histogram;
use super::names::{Names, Stack, Text};
use crate::table::SortRows;
use crate::trace::{Event, GoState, GoTransition, StackId, StringId};

/// Collects creations and ends of goroutines; returns a [`LifetimeReport`].
///
/// # Cost
/// Memory is proportional to the goroutines.
#[derive(Debug, Default)]
pub struct Lifetimes {
    sites: StackTable<StringId, Births>,
    /// The site of each goroutine created within the trace.
    site_of: Vec<Option<(StackId, StringId)>>,
    max_live: usize,
    max_live_time: i64,
    created: u64,
    ended: u64,
}

#[derive(Debug, Default)]
struct Births {
    created: u64,
    live: u64,
    max_live: u64,
    lifetimes: Histogram,
}

/// Lifetimes of goroutines, and where they are created.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LifetimeReport {
    /// By place of creation, the most goroutines first.
    pub sites: Vec<CreationSite>,
    /// How many were created within the trace.
    pub created: u64,
    /// How many ended within the trace.
    pub ended: u64,
    /// How many were created per second, on average.
    pub created_per_second: f64,
    /// The lifetimes of those created and ended within the trace.
    pub lifetimes: Histogram,
    /// The most at the same time.
    pub max_live: usize,
    /// When there were that many for the first time.
    pub max_live_time: i64,
    /// How many exist at the end.
    pub live_at_end: usize,
}

/// The goroutines created at one place.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CreationSite {
    /// The stack of the creator. Empty if the scheduler made them, as for timers.
    pub stack: Stack,
    /// The function at which they start.
    pub name: Text,
    /// How many were created.
    pub created: u64,
    /// The most of them at the same time.
    pub max_live: u64,
    /// How many of them exist at the end.
    pub live_at_end: u64,
    /// The lifetimes of those that ended.
    pub lifetimes: Histogram,
}

impl Lifetimes {
    fn begins_or_ends(&mut self, transition: &GoTransition, cx: &Context<'_>) {
        let Some(goroutine) = cx.subject() else { return };
        if transition.from == GoState::NotExist {
            self.created(goroutine, cx);
        }
        if transition.to == GoState::NotExist {
            self.ended(goroutine, cx);
        }
    }

    fn created(&mut self, goroutine: GoIndex, cx: &Context<'_>) {
        let go = cx.goroutine(goroutine);
        self.created += 1;
        let births = self.sites.at(go.create_stack, go.name, cx.tables().stack_count());
        births.created += 1;
        births.live += 1;
        births.max_live = births.max_live.max(births.live);
        if goroutine.index() >= self.site_of.len() {
            self.site_of.resize(goroutine.index() + 1, None);
        }
        if let Some(site) = self.site_of.get_mut(goroutine.index()) {
            *site = Some((go.create_stack, go.name));
        }
    }

    fn ended(&mut self, goroutine: GoIndex, cx: &Context<'_>) {
        self.ended += 1;
        let Some((stack, name)) = self.site_of.get(goroutine.index()).copied().flatten() else { return };
        let births = self.sites.at(stack, name, cx.tables().stack_count());
        births.live = births.live.saturating_sub(1);
        births.lifetimes.add(cx.goroutine(goroutine).lifetime(cx.now()));
    }
}

impl Analysis for Lifetimes {
    type Output = LifetimeReport;

    #[inline(always)]
    fn transition(&mut self, _: &Event, transition: &GoTransition, cx: &Context<'_>) {
        if transition.from == GoState::NotExist || transition.to == GoState::NotExist {
            self.begins_or_ends(transition, cx);
        }
        if cx.most_live() > self.max_live {
            (self.max_live, self.max_live_time) = (cx.most_live(), cx.now());
        }
    }

    fn finish(self, cx: &Context<'_>) -> LifetimeReport {
        let mut names = Names::new(cx.tables());
        let mut lifetimes = Histogram::default();
        let mut sites = Vec::new();
        for (stack, name, births) in self.sites.into_entries() {
            lifetimes.merge(&births.lifetimes);
            sites.push(CreationSite {
                stack: names.stack(stack),
                name: names.text(name),
                created: births.created,
                max_live: births.max_live,
                live_at_end: births.live,
                lifetimes: births.lifetimes,
            });
        }
        sites.sort_rows_by(|a, b| b.created.cmp(&a.created).then_with(|| a.name.cmp(&b.name)));
        let seconds = cx.elapsed() as f64 / 1e9;
        LifetimeReport {
            sites,
            created: self.created,
            ended: self.ended,
            created_per_second: if seconds > 0.0 { self.created as f64 / seconds } else { 0.0 },
            lifetimes,
            max_live: self.max_live,
            max_live_time: self.max_live_time,
            live_at_end: cx.live(),
        }
    }
}
