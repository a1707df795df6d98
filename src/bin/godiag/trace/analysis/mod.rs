//! `godiag trace summary | goroutines | sched | blocking | syscalls | gc | mmu | tasks | profile`: what a trace means.

pub(super) mod goroutines;

use std::fmt::Display;
use std::io::Write;

use godiag::trace::analysis::{Analysis, Compat};
use godiag::trace::{Loss, Reader};
use serde::Serialize;

use crate::{Outcome, Result};

/// What every verb takes.
#[derive(clap::Args)]
pub(crate) struct Common {
    /// The trace; - is standard input
    file: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
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

/// Runs an analysis over a trace and prints what `show` makes of its output.
fn run<A: Analysis, T: Serialize + Display>(
    common: &Common,
    analysis: A,
    show: impl FnOnce(A::Output) -> T,
    out: &mut impl Write,
) -> Result {
    let bytes = super::read(&common.file)?;
    let failed = |error| super::failure(&common.file, error);
    let mut reader = Reader::with(&bytes, super::options(common.salvage)).map_err(failed)?;
    let result = show(reader.run(analysis).map_err(failed)?);
    let missing = Missing::of(reader.loss());
    let outcome = if missing.is_some() { Outcome::Findings } else { Outcome::Fine };
    if common.json {
        serde_json::to_writer(&mut *out, &Answer { result, missing })?;
        writeln!(out)?;
        return Ok(outcome);
    }
    write!(out, "{result}")?;
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
