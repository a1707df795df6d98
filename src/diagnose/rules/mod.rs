//! The rules: those over all inputs, and those over a trace alone. Each is one file.
//!
//! To add one, write its file, with a `RULE` and what finds it, and name it in the list of [`joined`] or
//! [`traced`].

mod coverage;
pub(crate) mod joined;
mod traced;

use crate::diagnose::finding::Rule;

pub use coverage::Coverage;
pub(crate) use coverage::coverage;
pub(crate) use joined::find;
pub use traced::Detectors;

/// Every rule: those over all inputs, then those over a trace.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    joined::rules().chain(traced::rules())
}
