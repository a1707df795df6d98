//! The bytes of a trace: header, batches, event types.

mod header;
mod spec;

pub use header::Version;
pub use spec::{EventSpec, SPECS, code};
