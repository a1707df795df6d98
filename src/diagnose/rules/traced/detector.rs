//! A detector: an analysis of a trace that serves one rule, or several that need the same figures.

use crate::diagnose::finding::{Evidence, Finding, Rule, Source};
use crate::diagnose::inputs::Moment;
use crate::diagnose::thresholds::Thresholds;
use crate::table::Map;
use crate::trace::analysis::{Analysis, Context, Histogram, Span};

/// An analysis that looks for the trouble that its rules name.
pub(super) trait Detector: Analysis<Output = Found> {
    /// The rules that it serves.
    const RULES: &'static [&'static Rule];

    /// A detector that has seen nothing.
    fn new(thresholds: &Thresholds) -> Self;
}

/// What a detector found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    /// The worst moments, for a timeline.
    pub(super) moments: Vec<Moment>,
    /// Waits for locks by the function that waited, which rules over profiles cite.
    pub(super) lock_waits: Map<Vec<u8>, Histogram>,
    /// The minimum mutator utilization: windows in nanoseconds, and the utilization from 0 to 1.
    pub(super) mmu: Vec<(i64, f64)>,
}

impl Found {
    /// Findings without moments.
    pub(super) fn findings(findings: impl IntoIterator<Item = Finding>) -> Self {
        Self { findings: findings.into_iter().collect(), ..Self::default() }
    }
}

/// The outputs of several detectors, put together.
pub(super) trait Collect {
    /// Adds them to `all`.
    fn collect(self, all: &mut Found);
}

impl Collect for Found {
    fn collect(self, all: &mut Found) {
        all.findings.extend(self.findings);
        all.moments.extend(self.moments);
        all.lock_waits.extend(self.lock_waits);
        all.mmu.extend(self.mmu);
    }
}

impl<A: Collect, B: Collect> Collect for (A, B) {
    fn collect(self, all: &mut Found) {
        self.0.collect(all);
        self.1.collect(all);
    }
}

/// Evidence from the trace, whose name the diagnosis fills in.
pub(super) fn evidence(text: impl Into<String>) -> Evidence {
    Evidence::new(Source::Trace, "", text)
}

/// Whether a span is of a goroutine of the program, and not of the runtime's or the tracer's own.
pub(super) fn is_of_program(span: &Span, cx: &Context<'_>) -> bool {
    !cx.goroutine(span.goroutine).kind.is_system()
}
