//! Traces of Go 1.22 and later: generations, each with tables of its own and one event stream per thread.
//!
//! wire (batches, event types) → scan (where the batches of a generation are) → generation (its tables and
//! clock) → order (one order of all events) → stream (generation after generation)

mod clock;
mod generation;
mod index;
mod names;
mod order;
mod parallel;
mod resync;
mod samples;
mod scan;
mod stream;
pub mod wire;

pub use index::{GenerationInfo, Index};
pub(crate) use parallel::read_parts;
pub(crate) use stream::Stream;
