//! What takes the time of the program's work, by the budgets of the traces.

use super::Facts;
use crate::diagnose::finding::{Amount, Evidence, Place, Severity, Source, Subject};
use crate::diagnose::inputs::Inputs;
use crate::symbol::{FuncKey, FuncName};
use crate::table::SortRows;
use crate::trace::analysis::{Activity, BudgetReport, Culprit, GroupRole, Site, VerdictKind, Victim};

/// Shares of the work below which nothing is reported, and from which on it is a warning and an error.
const LEAST: f64 = 0.03;
const WARNING: f64 = 0.05;
const ERROR: f64 = 0.25;

/// How often a place must cost time to be a pattern, or how long each time, in nanoseconds.
const PATTERN: u64 = 3;
const LONG: i64 = 100_000_000;

/// How a place takes the time of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Others wait for a slot of a pool that it uses.
    Pool,
    /// Others wait for a lock that it holds.
    Lock,
    /// All wait for the one goroutine that runs it.
    Serial,
    /// It runs.
    Running,
    /// It sleeps, and nobody waits for it.
    Pause,
    /// It waits for something outside the program, or sleeps while others wait for it.
    Call,
}

/// A place that takes time of the work.
#[derive(Clone, Debug)]
pub(crate) struct Costly<'c> {
    pub(crate) input: &'c str,
    pub(crate) cost: Cost,
    /// The place, and what a goroutine does there.
    pub(crate) culprit: &'c Culprit,
    /// Where others wait for it, the most time first.
    pub(crate) victim: Option<&'c Victim>,
    /// The part of the work that it takes.
    pub(crate) share: f64,
    pub(crate) time: i64,
    /// The work is to serve requests.
    pub(crate) serves: bool,
}

/// The costly places of all traces in which there was work, the most costly first.
pub(crate) fn costly<'c>(inputs: &'c Inputs<'c>) -> Vec<Costly<'c>> {
    let mut out: Vec<Costly<'c>> = Vec::new();
    for (name, traced) in &inputs.traces {
        let Some(budget) = &traced.budget else { continue };
        // Work of a few milliseconds is none to make faster.
        let is_little = budget.work < budget.elapsed / 50;
        if is_little || matches!(budget.verdict.kind, VerdictKind::Idle | VerdictKind::Nothing) {
            continue;
        }
        let serves = budget.groups.iter().any(|group| group.counts && group.role == GroupRole::Requests);
        for culprit in &budget.culprits {
            let Some(cost) = cost(culprit, budget) else { continue };
            // What a library's own goroutine waits for is seen where the program waits for the library.
            if cost == Cost::Call && !FuncName::parse(&*culprit.site.function).is_user() {
                continue;
            }
            // Only requests have somebody who waits for the end of a pause.
            if cost == Cost::Pause && !serves {
                continue;
            }
            // What happened once or twice is no pattern, unless it was long.
            let each = culprit.time / i64::try_from(culprit.count.max(1)).unwrap_or(i64::MAX);
            if cost != Cost::Running && culprit.count < PATTERN && each < LONG {
                continue;
            }
            let (share, time, victim) = (culprit.share, culprit.time, culprit.victims.first());
            let new = Costly { input: name, cost, culprit, victim, share, time, serves };
            let same = |old: &&mut Costly<'_>| {
                (old.input, old.cost) == (new.input, cost) && old.site().subject().0 == new.site().subject().0
            };
            match out.iter_mut().find(same) {
                Some(old) => {
                    old.share += share;
                    old.time = old.time.saturating_add(time);
                    old.victim = old.victim.or(victim);
                }
                None => out.push(new),
            }
        }
    }
    out.retain(|costly| costly.share >= LEAST);
    out.sort_rows_by(|a, b| b.share.total_cmp(&a.share));
    out
}

fn cost(culprit: &Culprit, budget: &BudgetReport) -> Option<Cost> {
    if culprit.site.is_empty() {
        return None;
    }
    let kept = |held: fn(Activity) -> bool| {
        let victims = culprit.victims.iter().filter(|victim| held(victim.activity));
        victims.fold(0i64, |sum, victim| sum.saturating_add(victim.time)).saturating_mul(3) > culprit.time
    };
    if kept(|activity| activity == Activity::Pool) {
        return Some(Cost::Pool);
    }
    if kept(|activity| matches!(activity, Activity::Lock | Activity::RwLock)) {
        return Some(Cost::Lock);
    }
    let is_serial = budget.verdict.kind == VerdictKind::Serial && culprit.group == budget.verdict.group;
    match culprit.activity {
        Activity::Running if is_serial => Some(Cost::Serial),
        Activity::Running => Some(Cost::Running),
        Activity::Sleep if culprit.victims.is_empty() => Some(Cost::Pause),
        Activity::Network
        | Activity::NetworkWrite
        | Activity::Dns
        | Activity::Disk
        | Activity::Syscall
        | Activity::Sleep => Some(Cost::Call),
        Activity::Pool => Some(Cost::Pool),
        _ => None,
    }
}

impl Costly<'_> {
    /// The place to look at: for a pool where they wait for it, else what is to blame.
    pub(crate) fn site(&self) -> &Site {
        match self.victim {
            Some(victim) if self.cost == Cost::Pool => &victim.site,
            _ => &self.culprit.site,
        }
    }

    pub(crate) fn subject(&self) -> Subject {
        subject(self.site())
    }

    /// How much it matters. A batch job that uses the CPU does what it is for.
    pub(crate) fn severity(&self) -> Severity {
        match self.cost {
            Cost::Running if self.serves && self.share >= 0.5 => Severity::Warning,
            Cost::Running => Severity::Info,
            Cost::Call if self.may_listen() => Severity::Info,
            _ if self.share >= ERROR => Severity::Error,
            _ if self.share >= WARNING => Severity::Warning,
            _ => Severity::Info,
        }
    }

    /// Whether it may be a wait for a message that the peer has no reason to send yet: a read from the
    /// network in the function at which the goroutine starts, for which nobody waits.
    pub(crate) fn may_listen(&self) -> bool {
        let Culprit { site, activity, group, victims, .. } = self.culprit;
        let is_client =
            [&b"net/http."[..], b"google.golang.org/"].iter().any(|name| site.callee.starts_with(name));
        *activity == Activity::Network && victims.is_empty() && site.function == *group && !is_client
    }

    pub(crate) fn evidence(&self) -> Evidence {
        let text = match self.victim {
            Some(victim) => format!(
                "{} of the work's time goes {} at {}, because of {}: {}",
                Amount::share(self.share),
                victim.activity.phrase_in(&victim.site.callee),
                victim.site,
                self.culprit.site,
                self.culprit.activity.phrase()
            ),
            None => format!(
                "{} of the work's time goes {} at {}",
                Amount::share(self.share),
                self.culprit.activity.phrase(),
                self.culprit.site
            ),
        };
        let place = subject(self.site()).place;
        let evidence = Evidence::new(Source::Trace, self.input, text).located(place);
        evidence.figure("time", Amount::nanos(self.time)).figure("share", Amount::share(self.share))
    }
}

/// A site as the subject of a finding.
pub(crate) fn subject(site: &Site) -> Subject {
    let (function, file, line) = site.subject();
    if function.is_empty() {
        return Subject::program();
    }
    Subject::function(FuncName::parse(&**function).key(), Some(Place::new(file, line)))
}

impl Facts<'_> {
    /// The part of the work that goes waiting for locks in a function, in the trace in which it is most; `None`
    /// if no trace has any.
    pub(crate) fn lock_share(&self, key: &FuncKey<'_>) -> Option<f64> {
        let shares = self.inputs.traces.iter().filter_map(|(_, traced)| {
            let work = traced.budget.as_ref()?.work;
            let waits = traced.waits_for_locks(key);
            (work > 0 && waits.count() > 0).then(|| (waits.sum() as f64 / work as f64).clamp(0.0, 1.0))
        });
        shares.max_by(f64::total_cmp)
    }

    /// Whether waits for locks cost the program time: unless there are traces, and none of them has 1 % of
    /// its work in such waits.
    pub(crate) fn locks_matter(&self) -> bool {
        let mut budgets =
            self.inputs.traces.iter().filter_map(|(_, traced)| traced.budget.as_ref()).peekable();
        let locked = |budget: &BudgetReport| budget.share(Activity::Lock) + budget.share(Activity::RwLock);
        budgets.peek().is_none() || budgets.any(|budget| locked(budget) >= 0.01)
    }
}
