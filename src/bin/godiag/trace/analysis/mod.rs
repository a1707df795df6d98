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

use crate::{Failure, Outcome, Result};

/// What a trace means.
#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// The whole in a page: procs, goroutines, waits, collector
    Summary(summary::Args),
    /// Where the time of the program's work goes, and what is to blame for it
    Budget(budget::Args),
    /// What each group of goroutines did with its time
    Goroutines(goroutines::Args),
    /// How long runnable goroutines waited for a proc
    Sched(sched::Args),
    /// What goroutines waited for, where, and who ended it
    Blocking(blocking::Args),
    /// System calls, the procs they lost, and the network poller
    Syscalls(syscalls::Args),
    /// Cycles of the garbage collector, and stops of the world
    Gc(gc::Args),
    /// Minimum mutator utilization: what the collector leaves to the program
    Mmu(mmu::Args),
    /// Tasks, regions and logs of the program
    Tasks(tasks::Args),
    /// Writes a pprof profile of the time that goroutines spend
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
    /// The trace; - is standard input
    file: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Shows at most this many rows of each table
    #[arg(long, value_name = "N", default_value_t = 20)]
    rows: usize,
    /// Keeps what a damaged trace still holds; exit code 1 if something was lost
    #[arg(long)]
    salvage: bool,
    /// Gives the figures of Go 1.27's `go tool trace`, also where they are known to be wrong
    #[arg(long)]
    go_compat: bool,
}

impl Common {
    fn compat(&self) -> Compat {
        if self.go_compat { Compat::GoTool } else { Compat::Correct }
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
fn result<A: Analysis>(common: &Common, analysis: A) -> std::result::Result<(A::Output, Outcome), Failure> {
    let (output, missing) = read(common, analysis)?;
    Ok((output, outcome(missing.as_ref())))
}

fn read<A: Analysis>(
    common: &Common,
    analysis: A,
) -> std::result::Result<(A::Output, Option<Missing>), Failure> {
    let bytes = super::read(&common.file)?;
    let failed = |error| super::failure(&common.file, error);
    let mut reader = Reader::with(&bytes, super::options(common.salvage)).map_err(failed)?;
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
        serde_json::to_writer(&mut *out, &Answer { result, missing })?;
        writeln!(out)?;
        return Ok(outcome);
    }
    write!(out, "{result:.*}", common.rows)?;
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
