//! What traces mean: equal to Go's own tools where asked to be, and to what the traced programs measured
//! otherwise.

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

/// What an analysis makes of a sample's trace.
fn analyse<A: Analysis>(name: &str, analysis: A) -> A::Output {
    Reader::parse(&trace(name)).unwrap().run(analysis).unwrap()
}

/// Nanoseconds in a millisecond.
const MS: i64 = 1_000_000;
