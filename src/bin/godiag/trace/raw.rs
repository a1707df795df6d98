//! `godiag trace raw`: the text form of a trace, there and back.

use std::io::Write;

use godiag::Kind;
use godiag::trace::wire::{parse_text, write_text};

use crate::input;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace, or its text form with --to-binary
    #[arg(value_name = "FILE")]
    file: String,
    /// Read the text form and write the trace
    #[arg(long)]
    to_binary: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let input = input::open(&args.file, Kind::Trace)?;
    if args.to_binary {
        out.write_all(&parse_text(input.as_bytes()).map_err(|error| input::failure(&args.file, error))?)?;
    } else if let Err(error) = write_text(input.as_bytes(), out) {
        // Events before the error are printed already; a closed pipe is no error of the file.
        if error.is_io() {
            return Err(Failure::Output(std::io::ErrorKind::BrokenPipe.into()));
        }
        return Err(input::failure(&args.file, error));
    }
    Ok(Outcome::Fine)
}
