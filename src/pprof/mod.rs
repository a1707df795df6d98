//! pprof profiles: from bytes to samples, and back.

mod accessors;
mod budget;
mod check;
mod encode;
mod expansion;
pub mod filter;
mod gather;
pub mod goroutine;
mod ids;
mod judge;
mod label;
mod labels;
mod legacy;
mod lenient;
mod lines;
pub mod merge;
mod names;
mod options;
mod outline;
mod packed;
mod path;
mod profile;
mod quoted;
mod refuse;
pub mod report;
mod rules;
mod sample;
mod sample_source;
mod scan;
mod schema;
mod sites;
mod source;
mod split;
#[cfg(feature = "gzip")]
mod stream;
mod tables;
mod text;
mod types;
mod unknown;
pub mod view;
pub mod visit;

pub use check::{Finding, Validity, check};
pub use goroutine::GoroutineDump;
pub use legacy::MemStats;
pub use merge::Merge;
pub use options::ReadOptions;
pub use profile::{Builder, Labels, Profile, Sample, Samples};
pub use rules::{Damage, Defects, Rule};
pub use sites::{HeapSite, LockSite, Site, heap_growth, lock_sites};
pub use source::decompress;
#[cfg(feature = "gzip")]
pub use stream::Stream;
pub use types::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, StringId,
    ValueType,
};
pub use view::View;
