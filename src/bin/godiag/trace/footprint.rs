//! `godiag trace footprint`: bytes and counts by event type.

use std::io::Write;

use godiag::Kind;
use godiag::trace::Footprint;

use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let input = input::open(&args.file, Kind::Trace)?;
    let footprint = Footprint::parse(input.as_bytes()).map_err(|error| input::failure(&args.file, error))?;
    if args.json {
        crate::print::json(&footprint, out)?;
        return Ok(Outcome::Fine);
    }
    let percent = |part: u64, whole: u64| format!("{:.2}%", part as f64 / whole.max(1) as f64 * 100.0);
    let rows = footprint.shares.iter().map(|share| {
        let (bytes, count) = (percent(share.bytes, footprint.bytes), percent(share.count, footprint.events));
        [share.name.to_owned(), share.bytes.to_string(), bytes, share.count.to_string(), count]
    });
    let head = ["Event", "Bytes", "%", "Count", "%"].map(str::to_owned);
    let rows: Vec<_> = [head, ["-"; 5].map(str::to_owned)].into_iter().chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0) + 2;
    let widths: [usize; 4] = std::array::from_fn(width);
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            write!(out, "{cell:width$}")?;
        }
        writeln!(out, "{}", row[4])?;
    }
    Ok(Outcome::Fine)
}
