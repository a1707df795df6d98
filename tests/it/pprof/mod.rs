//! pprof profiles and goroutine dumps.

mod any;
#[cfg(feature = "cli")]
mod cli;
mod crash;
mod diff;
mod doubts;
mod goroutine;
mod goroutine_groups;
mod hostile;
mod labels;
mod limits;
mod logs;
mod merge;
#[cfg(feature = "gzip")]
mod pgo;
mod profile;
pub(crate) mod reports;
mod sites;
#[cfg(feature = "gzip")]
mod stream;
mod text;
mod view;
mod visit;
