//! A gate for CI: the metrics of every function against those of a baseline.
//!
//! A [`Baseline`] and the metrics of a new build go in; a [`Comparison`] comes out. The metrics of one
//! toolchain are exact, so there is no noise to allow for: a line that moves or a function that is added
//! changes nothing. Metrics of two toolchains are not comparable, and a comparison is refused.
//!
//! `output → baseline → pairs (by name, through renumbered closures) → changes → verdict`

mod baseline;
mod build;
mod change;
mod compare;
mod identity;
mod json_lines;
mod level;
mod record;
mod thresholds;

pub use baseline::Baseline;
pub use build::Build;
pub use change::{Change, Comparison, Level};
pub use record::{DeclaredAt, Record};
pub use thresholds::Thresholds;
