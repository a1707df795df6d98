//! Reads Go's performance data: pprof profiles, execution traces and compiler output.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod asm;
pub mod diagnose;
mod error;
pub mod export;
mod format;
mod input;
mod limits;
pub mod pprof;
#[cfg(feature = "prost")]
#[cfg_attr(docsrs, doc(cfg(feature = "prost")))]
pub mod proto;
mod severity;
pub mod symbol;
mod table;
mod text;
pub mod trace;
pub mod wire;

pub use error::{Error, ErrorKind, Result};
pub use format::{Format, detect};
pub use input::{Content, Input, Kind};
pub use limits::Limits;
pub use severity::{Confidence, Severity};
pub use text::{Nanos, Printable};

/// The README's code, so that it compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
