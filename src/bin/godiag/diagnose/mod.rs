//! `godiag diagnose`: what is slow, and why, from all files at hand.

mod compare;
mod explain;
mod form;
mod gate;
mod inputs;
mod terminal;

use std::io::Write;

use godiag::diagnose::{Diagnosis, Report, Thresholds};
use godiag::export::html::Page;

use crate::outcome::{Failure, Result};
use gate::GateArgs;

pub(crate) use form::Form;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files or folders: profiles, goroutine dumps, traces, compiler output, gzipped or not; of Go sources,
    /// the lines concerned are printed
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    paths: Vec<String>,
    /// Compare with an earlier run, recorded in this file or folder (repeatable): print what is new, gone,
    /// worse or better; exit with 1 if something is new or worse
    #[arg(long, value_name = "PATH", conflicts_with_all = ["html", "sarif", "write_baseline"])]
    base: Vec<String>,
    /// Explain the rule with this id; without one, list all rules
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    explain: Option<String>,
    #[command(flatten)]
    form: Form,
    /// Also write a page with findings, flame graph and timeline to this file
    #[arg(long, value_name = "FILE")]
    html: Option<String>,
    /// Set a threshold above which something is reported, such as lock-wait=100ms (repeatable)
    #[arg(long = "threshold", value_name = "NAME=VALUE")]
    thresholds: Vec<String>,
    #[command(flatten)]
    gate: GateArgs,
}

/// The default thresholds with what the command line sets.
pub(crate) fn thresholds(settings: &[String]) -> Result<Thresholds> {
    let mut thresholds = Thresholds::default();
    for setting in settings {
        let usage = || Failure::Usage(format!("--threshold {setting}: not of the form NAME=VALUE"));
        let (name, value) = setting.split_once('=').ok_or_else(usage)?;
        thresholds.set(name, value).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    Ok(thresholds)
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    if let Some(rule) = &args.explain {
        return explain::explain(rule, out);
    }
    let thresholds = thresholds(&args.thresholds)?;
    if !args.base.is_empty() {
        return compare::run(args, thresholds, out);
    }
    let diagnosis = inputs::diagnosis(&args.paths, thresholds)?;
    let mut report = inputs::report(&diagnosis)?;
    args.gate.apply(&mut report)?;
    args.form.write(&report, &args.paths, out)?;
    let inputs: Vec<&str> = args.paths.iter().map(String::as_str).collect();
    if let Some(path) = &args.html {
        crate::file::write(path, &inputs, |mut out| Ok(page(&report, &diagnosis).write(&mut out)?))?;
    }
    args.gate.outcome(&report, &inputs)
}

/// The page about a report, with pictures of the inputs that have some.
fn page<'a>(report: &'a Report, diagnosis: &'a Diagnosis<'_>) -> Page<'a> {
    let mut page = Page::new(report);
    if let Some((name, profile)) = diagnosis.cpu_profile() {
        page = page.with_profile(name, profile);
    }
    if let Some((name, traced)) = diagnosis.traces().next() {
        page = page.with_trace(name, traced).with_mmu(traced.mmu());
    }
    page
}
