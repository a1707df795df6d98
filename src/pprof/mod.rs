//! pprof profiles: from bytes to samples, and back.
//!
//! ```text
//! types rule units → decode → source → view | profile | visit → stream → text → goroutine → read
//!                  → filter → merge | report | sites
//! ```

mod decode;
pub mod filter;
pub mod goroutine;
pub mod merge;
mod options;
mod profile;
mod read;
pub mod report;
mod rule;
mod sites;
mod source;
#[cfg(feature = "gzip")]
mod stream;
mod text;
mod types;
pub mod units;
pub mod view;
pub mod visit;

pub use goroutine::GoroutineDump;
pub use merge::Merge;
pub use options::ReadOptions;
pub use profile::{Builder, Labels, Profile, Sample, Samples};
pub use read::{AnyProfile, Finding, Validity, check};
pub use rule::{Damage, Defects, Rule};
pub use sites::{HeapSite, LockSite, Site, heap_growth, lock_sites};
pub use source::Source;
pub use source::inflate::decompress;
#[cfg(feature = "gzip")]
pub use stream::Stream;
pub use text::MemStats;
pub use types::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, StringId,
    ValueType,
};
pub use view::View;
