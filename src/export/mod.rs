//! What godiag knows, in the forms of other tools.
//!
//! In go [reports](crate::pprof::report), profiles, traces and diagnoses; out come profiles, pages, and texts that
//! viewers read. Names from an input are made safe for the form they go to: they cannot end a line, a string or an
//! element.

pub mod chrome;
pub mod events;
pub mod flame;
pub mod folded;
pub mod html;
mod markup;
pub mod perfetto;
pub mod sarif;
pub mod speedscope;
mod trace_profile;

pub use trace_profile::trace_profile;
