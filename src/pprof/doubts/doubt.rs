//! A doubt: its kind, and the sentence.

use std::fmt;

use crate::pprof::units;

/// What a [`Doubt`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DoubtKind {
    /// Numeric labels of one key have several units.
    MixedLabelUnits,
    /// Less than nothing is in use: the profile is a difference.
    NegativeInUse,
    /// Samples without a stack, which no function's row shows.
    NoStack,
    /// More CPU time than the processors have in the profile's duration.
    CpuAboveDuration,
    /// CPU time of less than a hundredth of the duration.
    CpuNearZero,
    /// CPU time that is not the number of samples times the period.
    CpuNotSamples,
    /// Stacks as deep as Go's profiler goes, without their roots.
    TruncatedStacks,
    /// Samples that the profiler lost, or whose stacks it lost.
    LostSamples,
    /// Two profiles that are compared have different sampling periods.
    PeriodsDiffer,
    /// Two profiles that are compared were collected for different times.
    DurationsDiffer,
}

impl DoubtKind {
    /// The name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MixedLabelUnits => "mixed_label_units",
            Self::NegativeInUse => "negative_in_use",
            Self::NoStack => "no_stack",
            Self::CpuAboveDuration => "cpu_above_duration",
            Self::CpuNearZero => "cpu_near_zero",
            Self::CpuNotSamples => "cpu_not_samples",
            Self::TruncatedStacks => "truncated_stacks",
            Self::LostSamples => "lost_samples",
            Self::PeriodsDiffer => "periods_differ",
            Self::DurationsDiffer => "durations_differ",
        }
    }
}

/// Something in a valid profile that cannot be, or is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Doubt {
    /// What it is about.
    pub kind: DoubtKind,
    /// What was found, in a sentence without a full stop; printable.
    pub text: String,
}

impl Doubt {
    pub(super) fn new(kind: DoubtKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The share that `part` is of `whole`, as people write it.
pub(super) fn share(part: i128, whole: i128) -> String {
    units::percent(part, whole).trim().to_owned()
}
