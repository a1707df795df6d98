//! Results in the formats of other tools.

mod trace_profile;

pub use trace_profile::trace_profile;
