//! `godiag trace summary | budget | goroutines | sched | blocking | syscalls | gc | mmu | tasks | profile`: what a trace means.

mod blocking;
mod budget;
mod gc;
mod goroutines;
mod mmu;
mod profile;
mod sched;
mod summary;
mod syscalls;
mod tasks;

use std::fmt::Display;
use std::io::Write;

use godiag::trace::analysis::{Analysis, Compat};
use godiag::trace::{Loss, Reader};
use serde::Serialize;

use crate::{Outcome, Result};

/// What a trace means.
#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Print the whole on a page: procs, goroutines, waits, collector
    Summary(summary::Args),
    /// Print where the time of the program's work goes, and what is to blame for it
    Budget(budget::Args),
    /// Print what each group of goroutines did with its time
    Goroutines(goroutines::Args),
    /// Print how long runnable goroutines waited for a proc
    Sched(sched::Args),
    /// Print what goroutines waited for, where, and who ended it
    Blocking(blocking::Args),
    /// Print system calls, the procs they lost, and the network poller
    Syscalls(syscalls::Args),
    /// Print cycles of the garbage collector, and stops of the world
    Gc(gc::Args),
    /// Print the minimum mutator utilization: what the collector leaves to the program
    Mmu(mmu::Args),
    /// Print tasks, regions and logs of the program
    Tasks(tasks::Args),
    /// Print or write a profile of the time that goroutines spend
    Profile(profile::Args),
}

pub(super) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Summary(args) => summary::run(args, out),
        Verb::Budget(args) => budget::run(args, out),
        Verb::Goroutines(args) => goroutines::run(args, out),
        Verb::Sched(args) => sched::run(args, out),
        Verb::Blocking(args) => blocking::run(args, out),
        Verb::Syscalls(args) => syscalls::run(args, out),
        Verb::Gc(args) => gc::run(args, out),
        Verb::Mmu(args) => mmu::run(args, out),
        Verb::Tasks(args) => tasks::run(args, out),
        Verb::Profile(args) => profile::run(args, out),
    }
}

/// What every verb takes.
#[derive(clap::Args)]
pub(crate) struct Common {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print at most this many rows of each table; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    rows: usize,
    /// Keep what can be read of a damaged trace; exit code 1 if something was lost
    #[arg(long)]
    salvage: bool,
    /// Reproduce the figures of `go tool trace` of Go 1.27 where they are wrong
    #[arg(long, alias = "go-compat")]
    compat: bool,
}

impl Common {
    /// Rows of each table. They are a precision when they are printed, which has 16 bits.
    fn rows(&self) -> usize {
        let most = usize::from(u16::MAX);
        if self.rows == 0 { most } else { self.rows.min(most) }
    }

    fn compat(&self) -> Compat {
        if self.compat { Compat::GoTool } else { Compat::Correct }
    }
}

/// What a damaged trace did not tell.
#[derive(Serialize)]
struct Missing {
    /// Bytes of the file.
    bytes: u64,
    generations: u64,
    batches: u64,
    /// What was wrong first.
    first: Option<String>,
}

impl Missing {
    fn of(loss: &Loss) -> Option<Self> {
        if loss.is_none() {
            return None;
        }
        let first = loss.first.map(|(kind, at)| format!("{kind} at byte {at}"));
        Some(Self { bytes: loss.bytes(), generations: loss.generations, batches: loss.batches, first })
    }
}

/// A result, and what was missing for it.
#[derive(Serialize)]
struct Answer<T> {
    #[serde(flatten)]
    result: T,
    missing: Option<Missing>,
}

/// Runs an analysis over a trace.
fn result<A: Analysis>(common: &Common, analysis: A) -> Result<(A::Output, Outcome)> {
    let (output, missing) = read(common, analysis)?;
    Ok((output, outcome(missing.as_ref())))
}

fn read<A: Analysis>(common: &Common, analysis: A) -> Result<(A::Output, Option<Missing>)> {
    let bytes = crate::input::inflated(&common.file)?;
    let failed = |error| crate::input::failure(&common.file, error);
    let mut reader = Reader::parse_with(&bytes, &super::options(common.salvage)).map_err(failed)?;
    let output = reader.run(analysis).map_err(failed)?;
    Ok((output, Missing::of(reader.loss())))
}

fn outcome(missing: Option<&Missing>) -> Outcome {
    if missing.is_some() { Outcome::Findings } else { Outcome::Fine }
}

/// Runs an analysis over a trace and prints what `show` makes of its output.
fn answer<A: Analysis, T: Serialize + Display>(
    common: &Common,
    analysis: A,
    show: impl FnOnce(A::Output) -> T,
    out: &mut impl Write,
) -> Result {
    let (output, missing) = read(common, analysis)?;
    let (result, outcome) = (show(output), outcome(missing.as_ref()));
    if common.json {
        crate::print::json(&Answer { result, missing }, out)?;
        return Ok(outcome);
    }
    write!(out, "{result:.*}", common.rows())?;
    if let Some(missing) = missing {
        let Missing { bytes, generations, batches, first } = missing;
        let first = first.unwrap_or_default();
        writeln!(
            out,
            "\nMissing: {bytes} bytes, in {generations} generations and {batches} batches ({first})."
        )?;
        writeln!(out, "What happened there is in none of the figures.")?;
    }
    Ok(outcome)
}
