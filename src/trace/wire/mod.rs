//! The bytes of a trace: header, batches, event types.

mod batch;
mod header;
mod spec;

pub use batch::{Batch, Content};
pub(crate) use batch::{Item, next_item};
pub(crate) use header::HEADER_LEN;
pub use header::Version;
pub use spec::{EventSpec, SPECS, code};
