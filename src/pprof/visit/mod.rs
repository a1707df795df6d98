//! Profiles one field at a time, as the file gives them: for jobs that need no model.
//!
//! bytes → [`Items`] (or chunks of bytes → [`Push`], which keeps what a chunk cuts) → [`Item`]: a sample, a
//! row of a table, a string. Nothing is checked but the wire: ids and indices are as the file gives them, and
//! may lead nowhere. Nothing is allocated but what [`Push`] must keep, at most 64 KiB. [`Flat`] is such a
//! job, whole.
//!
//! ```
//! use godiag::pprof::visit::{Item, Items};
//! # let message = b"\x0a\x04\x08\x01\x10\x02\x12\x05\x0a\x01\x01\x10\x2a\x32\x00";
//! let mut items = Items::new(message);
//! let mut total = 0;
//! while let Some(item) = items.next_item()? {
//!     if let Item::Sample(sample) = item {
//!         total += sample.value(0)?.unwrap_or(0);
//!     }
//! }
//! assert_eq!(total, 42);
//! # Ok::<(), godiag::Error>(())
//! ```

mod flat;
mod item;
mod location;
mod push;
mod sample;

pub use flat::{Flat, FlatRow};
pub use item::{Item, Items};
pub use location::{Line, Lines, Location};
pub use push::Push;
pub use sample::{Labels, Numbers, Sample};
