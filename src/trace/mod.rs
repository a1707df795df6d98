//! Go execution traces: bytes in, ordered and validated events out.
//!
//! header → batches → generation tables → one cursor per thread → ordering → [`Event`]

pub mod analysis;
mod event;
mod footprint;
mod header;
mod loss;
mod options;
mod parts;
mod reader;
mod source;
mod tables;
mod v1;
mod v2;

pub use event::{
    AllocFreeEvent, ClockSnapshot, Event, EventKind, FrameId, GoId, GoState, GoTransition, Log, Metric,
    ProcId, ProcState, ProcTransition, Range, RangeName, Region, Resource, StackId, StringId, Task, TaskId,
    ThreadId,
};
pub use footprint::{Footprint, Share};
pub use header::Version;
pub use loss::Loss;
pub use options::{Damage, Options};
pub use parts::read_parts;
pub use reader::Reader;
pub use tables::{ExperimentBatches, Frame, Tables};
pub use v2::wire;
pub use v2::{GenerationInfo, Index};
