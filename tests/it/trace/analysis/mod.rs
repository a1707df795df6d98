//! Analyses of traces: equal to Go's own tools in compat mode, and otherwise to the traced programs' own
//! measurements.

mod budget;
mod correct;
mod go_tool;
mod salvage;

use godiag::trace::Reader;
use godiag::trace::analysis::Analysis;

use crate::fixtures;

/// The trace of a sample program.
fn trace(name: &str) -> Vec<u8> {
    fixtures::inflate(&fixtures::file(&format!("diagnose/samples/{name}.trace.gz")))
}

/// The result of an analysis of a sample's trace.
fn analyse<A: Analysis>(name: &str, analysis: A) -> A::Output {
    Reader::parse(&trace(name)).unwrap().run(analysis).unwrap()
}

/// Nanoseconds in a millisecond.
const MS: i64 = 1_000_000;
