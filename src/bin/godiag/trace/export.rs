//! `godiag trace export`: a trace for viewers.

use std::io::Write;

use godiag::export::{chrome, perfetto};
use godiag::trace::Reader;

use crate::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// The format to write
    #[arg(long, value_enum, default_value_t = To::Perfetto)]
    to: To,
    /// What the rows of Chrome's picture are
    #[arg(long, value_enum, default_value_t = View::Proc)]
    view: View,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Keep what a damaged trace still holds
    #[arg(long)]
    salvage: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// Perfetto's protobuf, for ui.perfetto.dev
    Perfetto,
    /// Chrome's JSON, as the web viewer of go tool trace has it
    Chrome,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum View {
    /// A row for each proc
    Proc,
    /// A row for each thread
    Thread,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let bytes = super::read(&args.file)?;
    let failed = |error| super::failure(&args.file, error);
    let mut reader = Reader::with(&bytes, super::options(args.salvage)).map_err(failed)?;
    let mut file;
    let out: &mut dyn Write = match &args.output {
        Some(path) => {
            file = std::fs::File::create(path)?;
            &mut file
        }
        None => out,
    };
    let written = match args.to {
        To::Perfetto => perfetto::write(&mut reader, out),
        To::Chrome if args.view == View::Thread => chrome::write(&mut reader, chrome::View::Threads, out),
        To::Chrome => chrome::write(&mut reader, chrome::View::Procs, out),
    };
    written.map_err(failed)?;
    Ok(if reader.loss().is_none() { Outcome::Fine } else { Outcome::Findings })
}
