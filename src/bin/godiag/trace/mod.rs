//! `godiag trace VERB`: execution traces.

mod analysis;
mod count;
mod events;
mod export;
mod filter;
mod findings;
mod footprint;
mod index;
pub(crate) mod info;
mod raw;

use std::io::Write;

use clap::Subcommand;
use godiag::{Format, Limits, detect, trace, wire};

use crate::{Failure, Result, input};

/// What to do with a trace.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Prints the events in order, or counts them
    Events(events::Args),
    /// Prints where the generations lie, and when they were (Go 1.22 and later)
    Index(index::Args),
    /// Prints bytes and counts by event type
    Footprint(footprint::Args),
    /// Prints every event as it stands in the file, in Go's text form, or reads that form
    Raw(raw::Args),
    #[command(flatten)]
    Analysis(analysis::Verb),
    /// Says what is wrong, by the trace alone
    Findings(findings::Args),
    /// Writes the trace for viewers: Perfetto's protobuf or Chrome's JSON
    Export(export::Args),
}

pub(crate) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Events(args) => events::run(args, out),
        Verb::Index(args) => index::run(args, out),
        Verb::Footprint(args) => footprint::run(args, out),
        Verb::Raw(args) => raw::run(args, out),
        Verb::Analysis(verb) => analysis::run(verb, out),
        Verb::Findings(args) => findings::run(args, out),
        Verb::Export(args) => export::run(args, out),
    }
}

/// The bytes of a trace, inflated if they are gzipped.
fn read(file: &str) -> std::result::Result<Vec<u8>, Failure> {
    let bytes = input::read(file)?;
    if detect(&bytes) == Format::Gzip {
        return wire::inflate(&bytes, &Limits::DEFAULT).map_err(|error| failure(file, error));
    }
    Ok(bytes)
}

fn failure(file: &str, error: godiag::Error) -> Failure {
    Failure::Input { file: file.to_owned(), error }
}

fn options(salvage: bool) -> trace::Options {
    trace::Options::default().with_salvage(salvage)
}
