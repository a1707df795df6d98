//! What godiag knows, in the forms of other tools.
//!
//! In go [reports](crate::pprof::report), profiles and traces; out come profiles, and texts that flame graph viewers
//! read. Names from an input are made safe for the form they go to: they cannot end a line, a string or an element.

pub mod folded;
pub mod sarif;
pub mod speedscope;
#[cfg(feature = "flamegraph")]
#[cfg_attr(docsrs, doc(cfg(feature = "flamegraph")))]
pub mod svg;
mod trace_profile;

pub use trace_profile::trace_profile;
