//! Flame graphs as SVG: one file that any browser opens, with search, zoom and tooltips of its own.
//!
//! In goes a [`Report`](crate::pprof::report::Report), with its filters, granularity and column of values;
//! out comes a picture of its stacks. The root is at the top; a frame is as wide as the value of all stacks
//! that pass through it, and what it calls lies below, widest first. Colours tell packages apart: the
//! program's, the standard library's, the runtime's. Sums are exact, in 128 bits; stacks that add up to less
//! than 0 have no width.
//!
//! A difference has the widths of the later profile: red frames grew, blue ones shrank, and the stronger the
//! colour, the larger the change beside the total.
//!
//! The same profile gives the same bytes. Names are escaped, and the picture loads nothing. Its size has a
//! limit: where a profile has more frames than that, the widest are drawn, and the picture says what it
//! leaves out ([`Omitted`]).
//!
//! ```
//! use godiag::export::flame::{FlameGraph, Options};
//! use godiag::pprof::report::Report;
//! let profile = godiag::export::folded::read(b"main;work 3\nmain;idle 1\n", "samples", "count")?;
//! let report = Report::new(&profile, &Default::default())?;
//! let mut svg = Vec::new();
//! FlameGraph::new(&report, &Options::default().with_title("service"))?.write(&mut svg)?;
//! assert!(String::from_utf8_lossy(&svg).contains("<title>work\n3, 75.00%"));
//! # Ok::<(), godiag::Error>(())
//! ```

mod colour;
mod graph;
mod label;
mod layout;
mod omitted;
mod options;
mod svg;
mod tree;

pub use graph::FlameGraph;
pub use omitted::Omitted;
pub use options::Options;
