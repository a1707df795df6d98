//! Reads Go's performance data: pprof profiles, execution traces and compiler output, and says what is slow
//! and why.
//!
//! No Go toolchain, no `unsafe`, no network, no file that an input names. Any bytes may go in.
//!
//! ```
//! use godiag::diagnose::Diagnosis;
//!
//! let mut diagnosis = Diagnosis::new();
//! diagnosis.open("tests/data/diagnose/order")?; // profiles, traces, dumps and compiler output, recognised by content
//! for finding in diagnosis.run().shown() {
//!     println!("{}: {}", finding.severity.name(), finding.summary);
//! }
//! # Ok::<(), godiag::Error>(())
//! ```
//!
//! The [cookbook] has twelve jobs with an example each, a table of which type to take for which question, and
//! a map for people who know Go's packages.
//!
//! # Rooms
//!
//! | module | reads | main types |
//! |---|---|---|
//! | [`pprof`] | profiles: protobuf, Go's texts, goroutine dumps and crash logs, older forms | [`AnyProfile`](pprof::AnyProfile), [`View`](pprof::View), [`Profile`](pprof::Profile), [`Report`](pprof::report::Report), [`GoroutineDump`](pprof::GoroutineDump) |
//! | [`trace`] | execution traces of Go 1.5 to 1.27 | [`Reader`](trace::Reader), [`Event`](trace::Event), [`Analysis`](trace::analysis::Analysis) |
//! | [`asm`] | compiler output: `-S`, `-m=2`, `-json`, `go tool objdump` | [`CompilerOutput`](asm::CompilerOutput), [`Baseline`](asm::Baseline) |
//! | [`diagnose`] | all of these together | [`Diagnosis`](diagnose::Diagnosis), [`Report`](diagnose::Report), [`Finding`](diagnose::Finding), [`Comparison`](diagnose::Comparison) |
//! | [`export`] | | flame graphs, SARIF, HTML, Perfetto, Chrome, speedscope, folded stacks |
//! | [`symbol`] | Go's symbol names | [`FuncName`](symbol::FuncName), [`FuncKey`](symbol::FuncKey) |
//! | [`wire`] | protobuf and gzip, for formats of your own | [`Fields`](wire::Fields) |
//!
//! [`Input`] is the door: bytes or a path, recognised, inflated and opened as what they are.
//!
//! # What every room keeps to
//!
//! - Errors are one type, [`Error`], with a kind to match on, the byte offset or line, the path of the
//!   field, and a hint at what the input really is. Nothing panics.
//! - [`Limits`] bound memory and are on by default. Time is linear in the input.
//! - Strict reading refuses the first violation; lenient reading and salvage say what they repaired or lost.
//! - Names are bytes, since nothing makes a symbol UTF-8. [`Printable`] shows them safely.
//! - Figures are Go's own, compared with a real Go in CI. Where Go's tools are wrong the default is right,
//!   and an option reproduces them.
//!
//! Not supported: Java Flight Recorder, `perf.data`, zstd and lz4 frames, the memory of a core dump,
//! `no_std`.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `gzip` (default) | `.pb.gz` and gzipped text, through flate2 with zlib-rs |
//! | `prost` | owned protobuf types ([`proto`]) and conversions both ways |
//! | `serde` | `Serialize` on reports |
//! | `regex` | filters by pattern; without it a filter is a closure |
//! | `cli` | the `godiag` binary |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod asm;
mod compat;
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

pub use compat::Compat;
pub use error::{Error, ErrorKind, Result};
pub use format::{Format, detect};
pub use input::{Content, Input, Kind};
pub use limits::Limits;
pub use severity::{Confidence, Severity};
pub use text::{Nanos, Printable};

#[cfg(any(doc, doctest))]
#[doc = include_str!("cookbook.md")]
pub mod cookbook {}

/// The README's code, so that it compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
