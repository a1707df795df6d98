//! The bytes of a trace: header, batches, event types.

mod batch;
mod raw;
mod spec;
mod text;
mod timed;
mod window;

pub use crate::trace::header::Version;
pub use batch::{Batch, Content};
pub(crate) use batch::{Item, next_item};
pub use raw::{RawEvent, RawEvents};
pub use spec::{EventSpec, SPECS, code};
pub use text::{parse_text, write_text};
pub use timed::{Batches, TimedEvent, TimedEvents};
pub(crate) use window::{Spare, Window};
