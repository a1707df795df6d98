//! How a trace is read.

use crate::limits::Limits;

/// How a trace is read. By default strictly: the first violation is an error.
///
/// ```
/// use godiag::trace::Options;
/// assert!(Options::salvage().salvages() && !Options::default().salvages());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Upper bounds on what the input may cost.
    pub limits: Limits,
    salvage: bool,
}

impl Options {
    /// Keeps what a damaged trace still holds; [`Reader::loss`](super::Reader::loss) tells what was lost. An intact
    /// trace reads the same as strictly.
    pub const fn salvage() -> Self {
        Self { limits: Limits::DEFAULT, salvage: true }
    }

    /// Sets the upper bounds.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets whether damage is skipped and reported instead of being an error.
    #[must_use]
    pub const fn with_salvage(mut self, salvage: bool) -> Self {
        self.salvage = salvage;
        self
    }

    /// Whether damage is skipped and reported.
    pub const fn salvages(&self) -> bool {
        self.salvage
    }
}
