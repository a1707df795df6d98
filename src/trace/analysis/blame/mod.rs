//! Who is to blame for a wait: what the goroutine that ended it did in the meantime.
//!
//! ```text
//! A waits ──────────────────────────────► B unlocks
//!      B: waits for the lock │ runs │ sleeps │ runs     ◄── B holds it from here on
//!      C: … holds it, unlocks┘                          ◄── and C before
//! ```
//!
//! Every moment of the wait is charged to one goroutine in one activity: the one without which it would have
//! been shorter. If that goroutine waited for yet another, the walk continues there, at most [`MAX_DEPTH`]
//! deep. For locks and slots of pools only the time counts in which they were held: since the goroutine got
//! hold, or since it entered the function that gives it back.
//!
//! # Limits of it
//! The trace does not name locks: if a goroutine waited for a lock and then unlocked one, both are assumed to
//! be the same. A lock that was taken without a wait is assumed to be held since its holder entered the
//! function that unlocks it. Waits older than the history that is kept are charged to nobody.

mod history;
mod ledger;

pub(super) use ledger::{Charge, Entry, Ledger};

use super::activity::{Activity, Sites, StackSite};
use super::engine::{Context, GoIndex, Span};
use crate::table::Set;
use crate::trace::{GoState, StackId, StringId};
use history::{History, Stretch};

/// Through how many goroutines one wait is followed, each waiting for the next.
const MAX_DEPTH: usize = 8;

/// Through how many stretches one wait is followed.
const MAX_STEPS: usize = 96;

/// Shorter waits, in nanoseconds, are their own cause.
const LEAST: i64 = 10_000;

/// Follows waits back to what caused them.
#[derive(Debug, Default)]
pub(super) struct Blame {
    history: History,
    /// Functions that were seen to wait for a lock.
    lockers: Set<StringId>,
    ledger: Ledger,
}

/// A wait that has ended, as the budget sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait<'a> {
    pub(super) span: &'a Span,
    pub(super) activity: Activity,
    pub(super) is_idle: bool,
    /// The stack at which a running goroutine was.
    pub(super) stack: StackId,
    pub(super) group: u32,
    /// The other goroutine that ended it.
    pub(super) ender: Option<GoIndex>,
}

/// One walk.
struct Walk<'a, 'b> {
    cx: &'a Context<'b>,
    sites: &'a mut Sites,
    victim: Wait<'a>,
    site: StackSite,
    /// The goroutines on the way, the first of them the victim.
    path: [u32; MAX_DEPTH],
    steps: usize,
}

/// An interval of a goroutine to explain.
#[derive(Clone, Copy)]
struct Interval {
    goroutine: u32,
    from: i64,
    to: i64,
    /// The stack with which it ended the wait.
    ender_stack: StackId,
    /// The nearest stack with the program's own code on the way.
    nearest: StackId,
}

impl Blame {
    /// Takes a span in `state` that ended, and charges it if it is a wait that somebody ended.
    #[inline(always)]
    pub(super) fn span(&mut self, wait: &Wait<'_>, state: GoState, sites: &mut Sites, cx: &Context<'_>) {
        let span = wait.span;
        let mut stretch = Stretch::new(span.start, span.end, wait.activity, wait.stack);
        (stretch.is_idle, stretch.group) = (wait.is_idle, wait.group);
        if state == GoState::Waiting {
            if matches!(wait.activity, Activity::Lock | Activity::RwLock) {
                self.locked(wait.stack, sites, cx);
            }
            if let Some(ender) = wait.ender {
                (stretch.ender, stretch.ender_stack) = (ender.0, span.ender.stack);
                if !wait.is_idle && wait.activity.is_caused() && span.duration() >= LEAST {
                    self.follow(wait, ender.0, sites, cx);
                }
            }
        }
        self.history.add(span.goroutine.index(), stretch);
    }

    /// Remembers the function that waited for a lock.
    fn locked(&mut self, stack: StackId, sites: &mut Sites, cx: &Context<'_>) {
        if let Some(function) = sites.site(stack, cx.tables()).own_function {
            self.lockers.insert(sites.folded(function, cx.tables()));
        }
    }

    #[inline(never)]
    fn follow(&mut self, victim: &Wait<'_>, ender: u32, sites: &mut Sites, cx: &Context<'_>) {
        let span = victim.span;
        let site = sites.site(victim.stack, cx.tables());
        let mut walk = Walk { cx, sites, victim: *victim, site, path: [u32::MAX; MAX_DEPTH], steps: 0 };
        walk.path[0] = span.goroutine.0;
        let interval = Interval {
            goroutine: ender,
            from: span.start,
            to: span.end,
            ender_stack: span.ender.stack,
            nearest: span.stack,
        };
        let Self { history, lockers, ledger } = self;
        walk.explain(interval, victim.activity.is_held(), 1, history, lockers, ledger);
    }

    /// What was charged.
    pub(super) fn into_ledger(self) -> Ledger {
        self.ledger
    }
}

impl Walk<'_, '_> {
    /// Charges an interval to what its goroutine did in it, and to those for whom it waited.
    fn explain(
        &mut self,
        mut interval: Interval,
        is_held: bool,
        depth: usize,
        history: &History,
        lockers: &Set<StringId>,
        ledger: &mut Ledger,
    ) {
        'goroutines: loop {
            if let Some(slot) = self.path.get_mut(depth) {
                *slot = interval.goroutine;
            }
            let hold = is_held.then(|| self.sites.site(interval.ender_stack, self.cx.tables()));
            let group = history.of(interval.goroutine as usize).next().map_or(u32::MAX, |last| last.group);
            let now = self.now(interval, group);
            for stretch in std::iter::once(now).chain(history.of(interval.goroutine as usize)) {
                if stretch.start >= interval.to {
                    continue;
                }
                self.steps += 1;
                if interval.to <= interval.from || self.steps > MAX_STEPS {
                    break;
                }
                let (from, to) = (stretch.start.max(interval.from), stretch.end.min(interval.to));
                let is_outside = hold.as_ref().is_some_and(|hold| self.is_outside(hold, &stretch, lockers));
                if to <= from || is_outside || is_held && stretch.is_idle {
                    break;
                }
                let was_ended = stretch.ender != u32::MAX && stretch.activity.is_caused();
                if was_ended && !self.path.get(..=depth).is_none_or(|path| path.contains(&stretch.ender)) {
                    let site = self.sites.site(stretch.stack, self.cx.tables());
                    let next = Interval {
                        goroutine: stretch.ender,
                        from,
                        to,
                        ender_stack: stretch.ender_stack,
                        nearest: if site.own.is_some() { stretch.stack } else { interval.nearest },
                    };
                    if is_held && self.is_same_resource(&stretch, &site) {
                        // The previous holder is charged with all the time before.
                        interval = Interval { from: interval.from, ..next };
                        continue 'goroutines;
                    }
                    if depth + 1 < MAX_DEPTH {
                        let is_held = stretch.activity.is_held();
                        self.explain(next, is_held, depth + 1, history, lockers, ledger);
                        self.path[depth + 1..].fill(u32::MAX);
                        interval.to = from;
                        continue;
                    }
                }
                self.charge(&stretch, &interval, to.saturating_sub(from), ledger);
                interval.to = from;
            }
            break;
        }
        let rest = interval.to.saturating_sub(interval.from);
        if rest > 0 {
            ledger.add_unknown(&self.victim, rest, self.cx);
        }
    }

    /// What the goroutine of an interval does now, in a span that has not ended.
    fn now(&self, interval: Interval, group: u32) -> Stretch {
        let goroutine = self.cx.goroutine(GoIndex(interval.goroutine));
        let activity = match goroutine.state {
            GoState::Running => Activity::Running,
            GoState::Runnable => Activity::Runnable,
            GoState::Syscall => Activity::Syscall,
            _ => Activity::Unknown,
        };
        let mut now = Stretch::new(goroutine.since, self.cx.now(), activity, interval.ender_stack);
        now.group = group;
        now
    }

    /// Whether the lock or slot given back at the stack `hold` was not yet held in this stretch: the
    /// goroutine was not in the function that gives it back, nor in its caller if the function only wraps
    /// giving back.
    fn is_outside(&mut self, hold: &StackSite, stretch: &Stretch, lockers: &Set<StringId>) -> bool {
        if matches!(stretch.activity, Activity::Running | Activity::Runnable) {
            return false;
        }
        let Some(releasing) = hold.own_function else { return false };
        let tables = self.cx.tables();
        let releasing = self.sites.folded(releasing, tables);
        if self.is_in(stretch.stack, releasing) {
            return false;
        }
        // A function that only gives back is called by the holder.
        let takes_itself = lockers.contains(&releasing);
        takes_itself
            || !hold.caller_function.is_some_and(|caller| {
                let caller = self.sites.folded(caller, tables);
                self.is_in(stretch.stack, caller)
            })
    }

    fn is_in(&mut self, stack: StackId, folded: StringId) -> bool {
        let tables = self.cx.tables();
        let mut frames = tables.stack_frames(stack).iter();
        frames.any(|&frame| self.sites.folded(tables.frame(frame).function, tables) == folded)
    }

    /// Whether the holder of what the victim waits for has waited for the same before.
    fn is_same_resource(&self, stretch: &Stretch, site: &StackSite) -> bool {
        match stretch.activity {
            Activity::Lock | Activity::RwLock => stretch.activity == self.victim.activity,
            activity => {
                activity == self.victim.activity
                    && (stretch.stack == self.victim.span.stack
                        || site.own_function == self.site.own_function)
            }
        }
    }

    fn charge(&mut self, stretch: &Stretch, interval: &Interval, time: i64, ledger: &mut Ledger) {
        let site = self.sites.site(stretch.stack, self.cx.tables());
        let stack = if site.own.is_some() { stretch.stack } else { interval.nearest };
        let charge = Charge { stack, activity: stretch.activity, group: stretch.group };
        ledger.add(&self.victim, charge, time, self.cx);
    }
}
