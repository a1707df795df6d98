//! Results in the formats of other tools.

pub mod sarif;
mod trace_profile;

pub use trace_profile::trace_profile;
