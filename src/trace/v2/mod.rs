//! Format 1.22 and later: generations, each with tables of its own.

mod clock;
mod generation;
mod names;
mod samples;
mod scan;

pub(crate) use clock::{Clock, Sync};
pub(crate) use generation::{Generation, Part};
pub(crate) use names::Names;
pub(crate) use samples::Sample;
pub(crate) use scan::{BatchRef, End, Layout, scan};
