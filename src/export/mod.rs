//! Everything that leaves godiag for other tools: pictures, pages, profiles, and the formats of viewers.
//!
//! | exporter | in | out |
//! |---|---|---|
//! | [`flame`] | a [report](crate::pprof::report), or two | SVG with search and zoom |
//! | [`folded`] | a report | folded stacks, and back into a profile |
//! | [`speedscope`] | a report | speedscope's JSON |
//! | [`trace_profile`] | a profile of a trace | a pprof profile |
//! | [`events`] | events of a trace | JSON lines, or the text of `go tool trace -d=parsed` |
//! | [`chrome`] | a trace | JSON for Chrome's trace viewer, as `go tool trace` serves it |
//! | [`perfetto`] | a trace | protobuf for ui.perfetto.dev |
//! | [`sarif`] | findings | SARIF 2.1.0 for code hosts and editors |
//! | [`html`] | a diagnosis | one HTML page |
//!
//! Names from an input are made safe for the format they go to: they cannot end a line, a string or an
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
