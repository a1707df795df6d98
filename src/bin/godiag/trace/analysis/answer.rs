//! The options that every analysis takes, and how its result is printed.

use std::fmt::Display;
use std::io::Write;

use godiag::Compat;
use godiag::Kind;
use godiag::trace::analysis::Analysis;
use godiag::trace::{Loss, Reader};
use serde::Serialize;

use crate::input;
use crate::options::{CompatFlag, Rows};
use crate::outcome::{Outcome, Result};
use crate::print::json as print_json;
use crate::trace::damage;

/// The arguments of every verb.
#[derive(clap::Args)]
pub(super) struct Common {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rows: Rows,
    /// Keep what can be read of a damaged trace; exit code 1 if something was lost
    #[arg(long)]
    salvage: bool,
    #[command(flatten)]
    compat: CompatFlag,
}

impl Common {
    /// Rows of each table. Printing takes them as a precision, which has 16 bits.
    pub(super) fn rows(&self) -> usize {
        self.rows.most().min(usize::from(u16::MAX))
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn compat(&self) -> Compat {
        self.compat.get()
    }
}

/// The lost parts of a damaged trace.
#[derive(Serialize)]
struct Missing {
    /// Bytes of the file.
    bytes: u64,
    generations: u64,
    batches: u64,
    /// The first damage.
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

/// A result, and the parts that it lacks.
#[derive(Serialize)]
struct Answer<T> {
    #[serde(flatten)]
    result: T,
    missing: Option<Missing>,
}

/// Runs an analysis over a trace.
pub(super) fn compute<A: Analysis>(common: &Common, analysis: A) -> Result<(A::Output, Outcome)> {
    let (output, missing) = read(common, analysis)?;
    Ok((output, outcome(missing.as_ref())))
}

fn read<A: Analysis>(common: &Common, analysis: A) -> Result<(A::Output, Option<Missing>)> {
    let input = input::open(&common.file, Kind::Trace)?;
    let failed = |error| input::failure(&common.file, error);
    let mut reader =
        Reader::parse_with(input.as_bytes(), &damage::options(common.salvage)).map_err(failed)?;
    let output = reader.run(analysis).map_err(failed)?;
    Ok((output, Missing::of(reader.loss())))
}

fn outcome(missing: Option<&Missing>) -> Outcome {
    if missing.is_some() { Outcome::Findings } else { Outcome::Fine }
}

/// Runs an analysis over a trace and prints what `show` makes of its output.
pub(super) fn print<A: Analysis, T: Serialize + Display>(
    common: &Common,
    analysis: A,
    show: impl FnOnce(A::Output) -> T,
    out: &mut impl Write,
) -> Result {
    let (output, missing) = read(common, analysis)?;
    let (result, outcome) = (show(output), outcome(missing.as_ref()));
    if common.json {
        print_json(&Answer { result, missing }, out)?;
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
        writeln!(out, "No figure includes what happened there.")?;
    }
    Ok(outcome)
}
