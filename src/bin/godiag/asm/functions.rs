//! `godiag asm functions`.

use std::io::Write;

use godiag::Printable;
use godiag::asm::{CompilerOutput, Function, FunctionId, Metrics};
use serde::Serialize;

use super::input::Input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// Keep functions whose symbol matches
    #[arg(long, value_name = "REGEXP")]
    focus: Option<regex::bytes::Regex>,
    /// Sort by this column, largest first
    #[arg(long, value_enum, default_value_t = Sort::Order)]
    sort: Sort,
    /// Keep wrappers made by the compiler, too
    #[arg(long)]
    wrappers: bool,
    /// Print one JSON object per function
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sort {
    /// As in the input
    Order,
    /// Code size
    Size,
    /// Frame size
    Frame,
    /// Allocations
    Alloc,
    /// Bounds checks
    Bounds,
    /// Indirect calls
    Indirect,
    /// Write barriers
    Barriers,
}

impl Sort {
    fn column(self, m: &Metrics) -> u32 {
        match self {
            Self::Order => 0,
            Self::Size => m.bytes,
            Self::Frame => m.frame,
            Self::Alloc => m.allocations,
            Self::Bounds => m.bounds_checks,
            Self::Indirect => m.indirect_calls,
            Self::Barriers => m.write_barriers,
        }
    }
}

/// One function, for programs.
#[derive(Serialize)]
struct Row {
    package: Option<String>,
    symbol: String,
    key: String,
    position: Option<String>,
    line: u32,
    wrapper: bool,
    #[serde(flatten)]
    metrics: Metrics,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let text = args.input.read()?;
    let output = args.input.parse(&text)?;
    let mut rows: Vec<(FunctionId, &Function<'_>, Metrics)> = output
        .functions()
        .filter(|(_, function)| args.wrappers || !function.flags.wrapper)
        .filter(|(_, function)| args.focus.as_ref().is_none_or(|focus| focus.is_match(function.symbol)))
        .map(|(id, function)| (id, function, output.metrics(id)))
        .collect();
    rows.sort_by_key(|(_, _, metrics)| std::cmp::Reverse(args.sort.column(metrics)));
    if args.json {
        for (_, function, metrics) in &rows {
            crate::print::json(&row(&output, function, *metrics), out)?;
        }
        return Ok(Outcome::Fine);
    }
    writeln!(
        out,
        "{:>7} {:>6} {:>6} {:>5} {:>11} {:>11} {:>11} {:>11}  function (in loops in brackets)",
        "bytes", "insts", "frame", "loops", "allocs", "bounds", "indirect", "barriers"
    )?;
    for (_, function, m) in &rows {
        let pair =
            |all: u32, inside: u32| if inside > 0 { format!("{all} [{inside}]") } else { all.to_string() };
        writeln!(
            out,
            "{:>7} {:>6} {:>6} {:>5} {:>11} {:>11} {:>11} {:>11}  {}",
            m.bytes,
            m.instructions,
            m.frame,
            m.loops,
            pair(m.allocations, m.allocations_in_loop),
            pair(m.bounds_checks, m.bounds_checks_in_loop),
            pair(m.indirect_calls, m.indirect_calls_in_loop),
            pair(m.write_barriers, m.write_barriers_in_loop),
            Printable(function.symbol)
        )?;
    }
    Ok(Outcome::Fine)
}

fn row(output: &CompilerOutput<'_>, function: &Function<'_>, metrics: Metrics) -> Row {
    Row {
        package: output.package(function.package).map(|package| lossy(package.path())),
        symbol: lossy(function.symbol),
        key: function.name().key().to_string(),
        position: function.position.map(|position| position.to_string()),
        line: function.line,
        wrapper: function.flags.wrapper,
        metrics,
    }
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
