//! `godiag trace VERB`: execution traces.

mod analysis;
mod count;
mod damage;
mod events;
mod export;
mod filter;
mod findings;
mod footprint;
mod index;
pub(crate) mod info;
mod raw;

use std::io::Write;

use crate::outcome::Result;
use clap::Subcommand;

/// Verbs about traces.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Print the events in order, or count them
    Events(events::Args),
    /// Print the offset, size and time of each generation (Go 1.22 and later)
    Index(index::Args),
    /// Print bytes and counts by event type
    Footprint(footprint::Args),
    /// Print every event as recorded, in Go's text form, or read that form
    Raw(raw::Args),
    #[command(flatten)]
    Analysis(analysis::Verb),
    /// Print what is wrong, judged by the trace alone
    Findings(findings::Args),
    /// Write the trace for viewers: Perfetto's protobuf or Chrome's JSON
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
