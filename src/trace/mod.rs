//! Go execution traces: bytes in, ordered and validated events out.
//!
//! header → batches → generation tables → one cursor a thread → ordering → [`Event`]

pub mod analysis;
mod event;
mod footprint;
mod generation_index;
mod generations;
mod id;
mod index;
mod loss;
mod options;
mod order;
mod parallel;
mod range;
mod reader;
mod resync;
mod source;
mod tables;
mod transition;
mod v1;
mod v2;
pub mod wire;

pub use event::{AllocFreeEvent, ClockSnapshot, Event, EventKind, Log, Metric, Region, Task};
pub use footprint::{Footprint, Share};
pub use generation_index::{GenerationInfo, Index};
pub use id::{FrameId, GoId, ProcId, StackId, StringId, TaskId, ThreadId};
pub use loss::Loss;
pub use options::Options;
pub use parallel::read_parts;
pub use range::{Range, RangeName, Resource};
pub use reader::Reader;
pub use tables::{ExperimentBatches, Frame, Tables};
pub use transition::{GoState, GoTransition, ProcState, ProcTransition};
pub use wire::Version;
