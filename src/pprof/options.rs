//! How a profile is read.

use crate::compat::Compat;
use crate::limits::Limits;

/// How [`Profile::parse_with`](super::Profile::parse_with) reads.
///
/// ```
/// use godiag::pprof::{ReadOptions, Profile};
/// let cut = b"\x0a\x04\x08\x01\x10\x02\x32\x00\x32\x03cpu\x32\x02n";
/// assert!(Profile::parse(cut).unwrap_err().is_truncated());
/// let (profile, defects) = Profile::parse_with(cut, &ReadOptions::lenient())?;
/// assert_eq!(profile.string_count(), 2);
/// assert_eq!(defects.damage.unwrap().whole_fields, 3);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// What reading may cost.
    pub limits: Limits,
    /// Repair what can be repaired, and keep what lies whole before damage.
    pub lenient: bool,
    /// With [`Compat::GoTool`] text forms are read as google/pprof reads them: without symbols and labels,
    /// and mutex profiles scaled twice.
    pub compat: Compat,
    /// Hold the whole message in memory, however large, for work that passes over the samples many times.
    /// [`AnyProfile`](super::AnyProfile) only; a decoded profile always is in memory.
    pub in_memory: bool,
    /// Keep fields that are not known, so that writing the profile writes them again. Strict reading only.
    pub unknown_fields: bool,
}

impl ReadOptions {
    /// The first broken rule is an error.
    pub fn strict() -> Self {
        Self::default()
    }

    /// Repairs what can be repaired, as the [rules](super::Rule) say, and keeps what lies whole before
    /// damage.
    pub fn lenient() -> Self {
        Self { lenient: true, ..Self::default() }
    }

    /// Sets whether text forms are read as google/pprof reads them.
    #[must_use]
    pub fn with_compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// Keeps fields that are not known.
    #[must_use]
    pub fn with_unknown_fields(mut self) -> Self {
        self.unknown_fields = true;
        self
    }

    /// Sets whether even a large message is held in memory.
    #[must_use]
    pub fn with_in_memory(mut self, in_memory: bool) -> Self {
        self.in_memory = in_memory;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
