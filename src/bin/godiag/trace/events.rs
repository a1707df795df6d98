//! `godiag trace events`: every event, one per line.

use std::io::Write;
use std::num::NonZeroUsize;

use godiag::Kind;
use godiag::export::events::{self, Stacks};
use godiag::trace::Reader;

use super::filter::Filter;
use super::{count, damage};
use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object per event
    #[arg(long)]
    json: bool,
    /// Print the stacks, not only their depths
    #[arg(long)]
    stacks: bool,
    /// Keep what can be read of a damaged trace; exit code 1 if something was lost
    #[arg(long)]
    salvage: bool,
    /// Print the number of events of each kind instead
    #[arg(long)]
    count: bool,
    /// Use this many threads to count; 0 for one per CPU
    #[arg(long, value_name = "N", default_value_t = 0, requires = "count")]
    threads: usize,
    #[command(flatten)]
    filter: Filter,
}

/// Bytes collected before they are written.
const CHUNK: usize = 1 << 18;

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let input = input::open(&args.file, Kind::Trace)?;
    if args.count {
        let all = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = NonZeroUsize::new(args.threads).unwrap_or_else(all);
        let options = damage::options(args.salvage);
        return count::run(&args.file, input.as_bytes(), options, &args.filter, threads, args.json, out);
    }
    let mut reader = match Reader::parse_with(input.as_bytes(), &damage::options(args.salvage)) {
        Ok(reader) => reader,
        Err(error) => {
            if args.json {
                let mut line = Vec::new();
                events::append_error("open_error", &error, &mut line);
                out.write_all(&line)?;
            }
            return Err(input::failure(&args.file, error));
        }
    };
    let stacks = if args.stacks { Stacks::Frames } else { Stacks::Counts };
    let mut lines = Vec::with_capacity(CHUNK + 4096);
    let mut filter = args.filter.start();
    let outcome = loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => *event,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        if !filter.wants(&event) {
            continue;
        }
        if args.json {
            events::append_json(&event, &reader, stacks, &mut lines);
        } else {
            events::append_text(&event, reader.tables(), stacks, &mut lines);
        }
        if lines.len() >= CHUNK {
            out.write_all(&lines)?;
            lines.clear();
        }
    };
    if args.json {
        match &outcome {
            Some(error) => events::append_error("error", error, &mut lines),
            None => events::append_end(reader.loss(), &mut lines),
        }
    }
    out.write_all(&lines)?;
    if let Some(error) = outcome {
        return Err(input::failure(&args.file, error));
    }
    if !args.json {
        damage::print_loss(reader.loss(), out)?;
    }
    Ok(if reader.loss().is_none() { Outcome::Fine } else { Outcome::Findings })
}
