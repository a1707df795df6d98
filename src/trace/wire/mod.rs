//! The bytes of a trace: header, batches, event types.

mod batch;
mod header;
mod quote;
mod raw;
mod spec;
mod text;
mod timed;
mod window;

pub use batch::{Batch, Content};
pub(crate) use batch::{Item, next_item};
pub(crate) use header::HEADER_LEN;
pub use header::Version;
pub use raw::{RawEvent, RawEvents};
pub use spec::{EventSpec, SPECS, code};
pub use text::{parse_text, write_text};
pub use timed::{Batches, TimedEvent, TimedEvents};
pub(crate) use window::{Spare, Window};
