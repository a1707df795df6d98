//! `godiag trace index`: where the generations of a trace are, and when they were written.

use std::io::Write;

use godiag::Kind;
use godiag::trace::Index;
use serde::Serialize;

use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object per generation
    #[arg(long)]
    json: bool,
    /// Count the events of each generation, which reads every byte
    #[arg(long)]
    count: bool,
}

/// One generation. Times are nanoseconds.
#[derive(Serialize)]
struct Row {
    generation: u64,
    offset: u64,
    bytes: u64,
    batches: u64,
    start: i64,
    last_batch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_clock: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<u64>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let input = input::open(&args.file, Kind::Trace)?;
    let failure = |error| input::failure(&args.file, error);
    let index = Index::parse(input.as_bytes()).map_err(failure)?;
    if !args.json {
        writeln!(
            out,
            "{:>10} {:>12} {:>12} {:>8} {:>20} {:>14}{}",
            "generation",
            "offset",
            "bytes",
            "batches",
            "start",
            "span",
            if args.count { "       events" } else { "" }
        )?;
    }
    for (number, info) in index.generations().iter().enumerate() {
        let events = if args.count { index.count_events(number).map_err(failure)? } else { None };
        let row = Row {
            generation: info.number,
            offset: info.offset,
            bytes: info.len,
            batches: info.batches,
            start: info.start,
            last_batch: info.last_batch,
            wall_clock: info.clock.map(|clock| clock.wall() - (clock.trace - info.start)),
            events,
        };
        if args.json {
            crate::print::json(&row, out)?;
            continue;
        }
        let span = (row.last_batch.saturating_sub(row.start)) as f64 / 1e6;
        write!(
            out,
            "{:>10} {:>12} {:>12} {:>8} {:>20} {span:>11.3} ms",
            row.generation, row.offset, row.bytes, row.batches, row.start
        )?;
        if let Some(events) = row.events {
            write!(out, " {events:>12}")?;
        }
        writeln!(out)?;
    }
    Ok(Outcome::Fine)
}
