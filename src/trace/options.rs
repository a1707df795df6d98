//! How a trace is read.

use crate::limits::Limits;

/// What to do about damage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Damage {
    /// The first violation is an error.
    #[default]
    Refuse,
    /// Damage is skipped and reported in [`Reader::loss`](super::Reader::loss). An intact trace reads the
    /// same.
    Skip,
}

/// How a trace is read.
///
/// ```
/// use godiag::trace::{Damage, Options};
/// assert_eq!(Options::default(), Options::strict());
/// assert_eq!(Options::salvage(), Options::strict().with_damage(Damage::Skip));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Upper bounds on what the input may cost.
    pub limits: Limits,
    /// What to do about damage.
    pub damage: Damage,
}

impl Options {
    /// The first violation is an error.
    pub const fn strict() -> Self {
        Self { limits: Limits::DEFAULT, damage: Damage::Refuse }
    }

    /// Keeps what a damaged trace still holds.
    pub const fn salvage() -> Self {
        Self { limits: Limits::DEFAULT, damage: Damage::Skip }
    }

    /// Sets the upper bounds.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what to do about damage.
    #[must_use]
    pub const fn with_damage(mut self, damage: Damage) -> Self {
        self.damage = damage;
        self
    }
}
