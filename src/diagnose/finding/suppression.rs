//! Why a finding is not shown.

/// Why a finding is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Suppression {
    /// A baseline has it: it was known before.
    Baseline,
    /// Its rule is ignored.
    Ignored,
}

impl Suppression {
    /// The reason as a phrase after a number of findings.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Baseline => "in the baseline",
            Self::Ignored => "ignored",
        }
    }
}
