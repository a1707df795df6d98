//! Goroutines in groups, and which groups look like a leak.
//!
//! ```text
//! dump or profile → Snapshot (groups) → growth → suspects
//! ```

mod collect;
mod growth;
mod key;
mod snapshot;
mod suspect;

pub use growth::{Growth, growth};
pub use snapshot::{Group, GroupBy, GroupFrame, Label, Member, Snapshot};
pub use suspect::{Evidence, Suspect, SuspectOptions, suspects};
