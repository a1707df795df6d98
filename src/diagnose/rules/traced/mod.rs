//! The rules over a trace: what it gives away by itself, all in one pass.
//!
//! ```text
//! events, spans → detectors → findings, moments, and facts that other rules cite
//! ```
//!
//! A detector is an [`Analysis`] of its own and knows no other; [`DETECTORS`](self) lists them all.

mod busy_threads;
mod churn;
mod crowds;
mod detector;
mod dns_slow;
mod forever;
mod frames;
mod gaps;
mod gc_assist;
mod gc_forced;
mod gomaxprocs;
mod idle_with_work;
mod lock_wait;
mod marking;
mod mmu;
mod netpoll_starved;
mod no_preempt;
mod origins;
mod sched_latency;
mod stalled;
mod stops;
mod stuck_group;
mod stw_gc;
mod stw_other;
mod syscall_long;
mod waits;
mod yield_storm;

use crate::diagnose::finding::Rule;
use crate::diagnose::inputs::Traced;
use crate::diagnose::thresholds::Thresholds;
use crate::error::Result;
use crate::trace::analysis::{Analysis, Budget, Context, ProcSpan, Span, forward};
use crate::trace::{Event, EventKind, GoTransition, Reader};

use detector::{Collect, Detector, Found};
use origins::Origins;

/// Detectors as nested pairs, which are an analysis, too; in the order in which their findings are listed.
macro_rules! detectors {
    (@type $last:ty) => { $last };
    (@type $first:ty, $($rest:ty),+) => { ($first, detectors!(@type $($rest),+)) };
    (@new $thresholds:ident $last:ty) => { <$last as Detector>::new($thresholds) };
    (@new $thresholds:ident $first:ty, $($rest:ty),+) => {
        (<$first as Detector>::new($thresholds), detectors!(@new $thresholds $($rest),+))
    };
    ($($detector:ty,)+) => {
        type All = detectors!(@type $($detector),+);

        fn all(thresholds: &Thresholds) -> All {
            detectors!(@new thresholds $($detector),+)
        }

        /// The rules over a trace, by detector.
        const RULES: &[&[&Rule]] = &[$(<$detector as Detector>::RULES),+];
    };
}

detectors![
    dns_slow::DnsSlow,
    syscall_long::SyscallLong,
    stops::Stops,
    sched_latency::SchedLatency,
    netpoll_starved::NetpollStarved,
    crowds::Crowds,
    stuck_group::StuckGroup,
    forever::Forever,
    churn::Churn,
    gc_assist::GcAssist,
    gc_forced::GcForced,
    stalled::Stalled,
    no_preempt::NoPreempt,
    yield_storm::YieldStorm,
    idle_with_work::IdleWithWork,
    busy_threads::BusyThreads,
    gomaxprocs::Gomaxprocs,
    mmu::Mmu,
    lock_wait::LockWait,
];

/// The rules over a trace.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten().copied()
}

/// The detectors, as one analysis of a trace; what they saw is a [`Traced`].
///
/// ```no_run
/// use godiag::diagnose::{Detectors, Diagnosis};
/// use godiag::trace::Reader;
/// # let bytes: Vec<u8> = Vec::new();
/// let traced = Reader::parse(&bytes)?.run(Detectors::default())?;
/// let report = Diagnosis::new().trace("order.trace", &traced).run();
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct Detectors {
    all: All,
    budget: Budget,
    general: General,
}

/// What is known of a trace in general.
#[derive(Debug, Default)]
struct General {
    events: u64,
    /// The trace's clock and the wall clock at one moment.
    clock: Option<(i64, i64)>,
}

impl Analysis for General {
    type Output = Self;

    fn transition(&mut self, _: &Event, _: &GoTransition, _: &Context<'_>) {
        self.events += 1;
    }

    fn other(&mut self, event: &Event, _: &Context<'_>) {
        self.events += 1;
        if let EventKind::Sync { clock: Some(clock), .. } = event.kind {
            self.clock.get_or_insert((clock.trace, clock.wall()));
        }
    }

    fn finish(self, _: &Context<'_>) -> Self {
        self
    }
}

impl Default for Detectors {
    fn default() -> Self {
        Self::new(Thresholds::default())
    }
}

impl Detectors {
    /// Detectors that report what passes `thresholds`.
    pub fn new(thresholds: Thresholds) -> Self {
        Self { all: all(&thresholds), budget: Budget::default(), general: General::default() }
    }
}

impl Traced {
    /// Runs the detectors over the rest of a trace.
    ///
    /// # Errors
    /// Those of [`Reader::next_event`].
    pub fn read(reader: &mut Reader<'_>, thresholds: Thresholds) -> Result<Self> {
        let traced = reader.run(Detectors::new(thresholds))?;
        Ok(traced.with_reader(reader))
    }
}

impl Analysis for Detectors {
    type Output = Traced;

    forward!(self => self.general, self.all, self.budget);

    fn least_pause(&self) -> i64 {
        self.all.least_pause()
    }

    fn finish(self, cx: &Context<'_>) -> Traced {
        let mut found = Found::default();
        self.all.finish(cx).collect(&mut found);
        let origins = Origins::of(cx);
        Traced {
            findings: found.findings,
            moments: found.moments,
            mmu: found.mmu,
            lock_waits: found.lock_waits,
            events: self.general.events,
            elapsed: cx.elapsed(),
            goroutines: cx.goroutines().len(),
            gomaxprocs: cx.gomaxprocs(),
            wall: self.general.clock.map(|(trace, wall)| {
                (
                    wall.saturating_sub(trace.saturating_sub(cx.start())),
                    wall.saturating_add(cx.now().saturating_sub(trace)),
                )
            }),
            creations: origins.creations(cx),
            addresses: origins.addresses(cx),
            budget: Some(self.budget.finish(cx)),
            go_minor: None,
            loss: None,
        }
    }
}
