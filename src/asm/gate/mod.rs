//! A gate for CI: the numbers of every function against those of a baseline.
//!
//! In goes a [`Baseline`] and the numbers of a new build; out comes a [`Comparison`]. The numbers of one toolchain are
//! exact, so there is no noise to allow for: a line that moves or a function that is added changes nothing.
//! Between toolchains they are not comparable, and a comparison is refused.
//!
//! `output → baseline → pairs (by name, through renumbered closures) → changes → verdict`

mod baseline;
mod compare;
mod identity;
mod thresholds;

pub use baseline::{Baseline, Build, DeclaredAt, Record};
pub use compare::{Change, Comparison, Level};
pub use thresholds::Thresholds;
