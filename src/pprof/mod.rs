//! pprof profiles: from bytes to samples, and back.
//!
//! | to | use |
//! |---|---|
//! | report on, merge or export a profile of any form | [`AnyProfile`] |
//! | hold a profile, change it, write it | [`Profile`], [`Builder`] |
//! | walk samples without decoding them all | [`View`] |
//! | report on hundreds of megabytes in a few | `Stream` (feature `gzip`) |
//! | handle one field at a time | [`visit`] |
//! | find out what is wrong with a file | [`check`] |
//! | find out what is doubtful about a valid one | [`doubts`] |
//! | read goroutine dumps, and find leaks | [`GoroutineDump`], [`goroutine`] |
//! | find the locks and allocations that cost most | [`lock_sites`], [`heap_growth`] |
//!
//! ```text
//! types rule units options → decode → source → profile | visit → view | stream | text → goroutine → read
//!                                            → filter → merge | report | sites | doubts → pgo
//! ```

mod decode;
mod doubts;
pub mod filter;
pub mod goroutine;
pub mod merge;
mod options;
#[cfg(feature = "gzip")]
mod pgo;
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

pub use doubts::{Doubt, DoubtKind, doubts, doubts_between};
pub use goroutine::GoroutineDump;
pub use merge::Merge;
pub use options::ReadOptions;
#[cfg(feature = "gzip")]
pub use pgo::{PgoProfile, trim_for_pgo};
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
