//! pprof profiles: from bytes to samples, and back.

mod encode;
mod ids;
mod outline;
mod profile;
mod scan;
mod schema;
mod source;
mod tables;
mod types;

pub use profile::{Builder, Labels, Profile, Sample, Samples};
pub use source::decompress;
pub use types::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, StringId,
    ValueType,
};
