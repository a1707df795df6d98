//! `godiag trace findings`: what is wrong, by a trace alone.

use std::io::Write;

use godiag::diagnose::{Diagnosis, Traced};
use godiag::trace::Reader;

use crate::diagnose::{self, Form};
use crate::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    file: String,
    /// Keep what a damaged trace still holds, and tell what was lost
    #[arg(long)]
    salvage: bool,
    #[command(flatten)]
    form: Form,
    /// Set from which value on something is reported, such as lock-wait=100ms
    #[arg(long = "threshold", value_name = "NAME=VALUE")]
    thresholds: Vec<String>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let thresholds = diagnose::thresholds(&args.thresholds)?;
    let bytes = super::read(&args.file)?;
    let failed = |error| super::failure(&args.file, error);
    let mut reader = Reader::with(&bytes, super::options(args.salvage)).map_err(failed)?;
    let traced = Traced::read(&mut reader, thresholds).map_err(failed)?;
    let report = Diagnosis::new().with_thresholds(thresholds).trace(&args.file, &traced).run();
    args.form.write(&report, out)?;
    Ok(if report.findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}
