//! `godiag trace findings`: what is wrong, judged by a trace alone.

use std::io::Write;

use godiag::Kind;
use godiag::diagnose::{Diagnosis, Traced};
use godiag::trace::Reader;

use crate::diagnose::{self, Form};
use crate::input;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Keep what can be read of a damaged trace; exit code 1 if something was lost
    #[arg(long)]
    salvage: bool,
    #[command(flatten)]
    form: Form,
    /// Set a threshold above which something is reported, such as lock-wait=100ms (repeatable)
    #[arg(long = "threshold", value_name = "NAME=VALUE")]
    thresholds: Vec<String>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let thresholds = diagnose::thresholds(&args.thresholds)?;
    let input = input::open(&args.file, Kind::Trace)?;
    let failed = |error| input::failure(&args.file, error);
    let mut reader =
        Reader::parse_with(input.as_bytes(), &super::damage::options(args.salvage)).map_err(failed)?;
    let traced = Traced::read(&mut reader, thresholds).map_err(failed)?;
    let report = Diagnosis::new().with_thresholds(thresholds).trace(&args.file, &traced).run();
    args.form.write(&report, &[], out)?;
    Ok(if report.shown().next().is_none() { Outcome::Fine } else { Outcome::Findings })
}
