//! Events of a trace, one per line: as JSON, or as text in the form of `go tool trace -d=parsed`.
//!
//! In go the events of a [`Reader`](crate::trace::Reader), one at a time; out come lines, appended to a
//! buffer that the caller writes when it is long enough.
//!
//! JSON lines have the keys of Go's `internal/trace` model in alphabetical order; a key is missing where the
//! event has no such value. After the last event comes a line that says how the trace ended: [`append_end`]
//! or [`append_error`].
//!
//! ```no_run
//! use godiag::export::events::{self, Stacks};
//! let bytes = std::fs::read("service.trace")?;
//! let mut reader = godiag::trace::Reader::parse(&bytes)?;
//! let mut lines = Vec::new();
//! while let Some(&event) = reader.next_event()? {
//!     events::append_json(&event, &reader, Stacks::Counts, &mut lines);
//! }
//! events::append_end(reader.loss(), &mut lines);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fields;
mod json;
mod stacks;
mod text;

pub use json::{append_end, append_error, append_json};
pub use stacks::Stacks;
pub use text::append_text;
