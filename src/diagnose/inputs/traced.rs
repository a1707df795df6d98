//! What the detectors saw in a trace: their findings, and facts for the join with other inputs.

use crate::diagnose::finding::{Amount, Finding, Place, things};
use crate::symbol::{FuncKey, FuncName};
use crate::table::Map;
use crate::trace::Reader;
use crate::trace::analysis::{BudgetReport, Histogram};

/// A bad moment of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Moment {
    /// The rule's id.
    pub rule: &'static str,
    /// When it began, in nanoseconds from the trace's beginning.
    pub start: i64,
    /// When it ended, in nanoseconds from the trace's beginning.
    pub end: i64,
    /// What it was, safe to print.
    pub label: String,
}

/// The function that starts goroutines of another.
#[derive(Clone, Debug)]
pub(crate) struct Creation {
    pub(crate) root: FuncKey<'static>,
    pub(crate) creator: FuncKey<'static>,
    pub(crate) place: Place,
    pub(crate) count: u64,
}

/// What the [`Detectors`](crate::diagnose::Detectors) saw in a trace.
#[derive(Clone, Debug, Default)]
pub struct Traced {
    pub(crate) findings: Vec<Finding>,
    pub(crate) moments: Vec<Moment>,
    pub(crate) mmu: Vec<(i64, f64)>,
    pub(crate) events: u64,
    pub(crate) elapsed: i64,
    pub(crate) goroutines: usize,
    pub(crate) gomaxprocs: usize,
    /// When it was recorded, from and to, in nanoseconds since 1970.
    pub(crate) wall: Option<(i64, i64)>,
    /// Waits for locks, by the function that waited.
    pub(crate) lock_waits: Map<Vec<u8>, Histogram>,
    pub(crate) creations: Vec<Creation>,
    /// An address in each function.
    pub(crate) addresses: Map<Vec<u8>, u64>,
    /// The 1.N of the trace's format.
    pub(crate) go_minor: Option<u32>,
    /// Where the time of the program's work goes.
    pub(crate) budget: Option<BudgetReport>,
    /// What salvaging had to leave out.
    pub(crate) loss: Option<String>,
}

impl Traced {
    /// Adds what only the reader knows: the format's version, and what was lost.
    #[must_use]
    pub fn with_reader(mut self, reader: &Reader<'_>) -> Self {
        self.go_minor = Some(reader.version().minor().into());
        let loss = reader.loss();
        if loss.regions > 0 && loss.ranges.is_empty() {
            let regions = things(loss.regions, "region");
            self.loss =
                Some(format!("{regions} of runtime/trace ended out of order: each counts as it says itself"));
        } else if let Some((kind, at)) = loss.first {
            self.loss = Some(format!(
                "damaged: {kind} at byte {at}; {} of the file and {} of its generations are missing or cut",
                Amount::bytes(loss.bytes().try_into().unwrap_or(i64::MAX)),
                loss.generations
            ));
        }
        self
    }

    /// Where the time of the program's work goes.
    pub fn budget(&self) -> Option<&BudgetReport> {
        self.budget.as_ref()
    }

    /// The waits for locks in a function and its closures.
    pub(crate) fn waits_for_locks(&self, key: &FuncKey<'_>) -> Histogram {
        let mut all = Histogram::default();
        for (function, waits) in &self.lock_waits {
            if FuncName::parse(function).outermost().key() == *key {
                all.merge(waits);
            }
        }
        all
    }

    /// What was found in the trace alone.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The minimum mutator utilization: windows in nanoseconds, and the utilization from 0 to 1.
    pub fn mmu(&self) -> &[(i64, f64)] {
        &self.mmu
    }

    /// How long the trace is, in nanoseconds.
    pub fn elapsed(&self) -> i64 {
        self.elapsed
    }

    /// The worst moments, by rule.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// What the trace holds, in a few words.
    pub(crate) fn contents(&self) -> String {
        let lost = if self.loss.is_some() { ", damaged" } else { "" };
        format!(
            "{} with {} goroutines on {} Ps, {} events{lost}",
            Amount::nanos(self.elapsed),
            Amount::count(self.goroutines),
            Amount::count(self.gomaxprocs),
            Amount::count(self.events)
        )
    }
}
