//! `godiag asm gate`: a new build against a baseline.

use std::io::Write;

use godiag::Printable;
use godiag::asm::{Baseline, Build, Change, Comparison, Coverage, Level, Thresholds};
use godiag::export::sarif;
use serde::Serialize;

use super::form::{Form, cell};
use super::heat::Heat;
use super::input::Input;
use super::metrics::BuildArgs;
use crate::input;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The baseline, as `godiag asm metrics` wrote it
    #[arg(long, value_name = "FILE")]
    baseline: String,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    build: BuildArgs,
    /// Take hot functions from this CPU profile: their regressions fail
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Take functions of at least this share of the profile as hot
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent, requires = "profile")]
    hot: f64,
    /// Warn when a function grows by more than this percentage
    #[arg(long, value_name = "PERCENT", default_value_t = 15)]
    size_warn: u32,
    /// Fail when a hot function grows by more than this percentage
    #[arg(long, value_name = "PERCENT", default_value_t = 25)]
    size_fail: u32,
    /// Compare builds of different toolchains, machines or flags, too
    #[arg(long)]
    force: bool,
    /// Ignore changes of these functions
    #[arg(long, value_name = "REGEXP")]
    ignore: Option<regex::Regex>,
    /// Accept a build that lacks most functions of the baseline, such as one package of several
    #[arg(long)]
    partial: bool,
    /// Print all changes, not only warnings and failures
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    form: Form,
}

fn percent(text: &str) -> std::result::Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    number
        .parse()
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| format!("not a share such as 1%: {text}"))
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let thresholds = Thresholds::default()
        .with_size_percent(args.size_warn, args.size_fail)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let failure = |error| Failure::Input { file: args.baseline.clone(), error };
    let old = Baseline::parse(&input::read(&args.baseline)?).map_err(failure)?;
    let text = args.input.read()?;
    let output = args.input.parse(&text)?;
    let new = Baseline::new(&output, args.build.apply(Build::new(&output)));
    let heat = args.profile.as_deref().map(Heat::open).transpose()?.unwrap_or_default();
    let is_hot = |record: &godiag::asm::Record| heat.is_hot(record.key().as_bytes(), args.hot);
    let mut comparison = if args.force {
        old.compare_anyway(&new, &thresholds, is_hot)
    } else {
        old.compare(&new, &thresholds, is_hot).map_err(failure)?
    };
    if let Some(ignore) = &args.ignore {
        comparison.changes.retain(|change| !ignore.is_match(&change.function));
    }
    let shown: Vec<&Change> =
        comparison.changes.iter().filter(|change| args.all || change.level >= Level::Warn).collect();
    let coverage = output.coverage();
    match () {
        () if args.form.sarif => sarif::write_comparison(&comparison, &mut *out)?,
        () if args.form.json => {
            crate::print::json(&Compared { comparison: &comparison, coverage: &coverage }, out)?;
        }
        () if args.form.markdown => markdown(&comparison, &shown, &coverage, out)?,
        () => {
            print(&comparison, &shown, out)?;
            writeln!(out, "{coverage}")?;
        }
    }
    let lacks_most = !args.partial && comparison.matched < old.functions.len().div_ceil(2);
    if lacks_most {
        writeln!(
            std::io::stderr(),
            "godiag: {} of {} functions of the baseline are in this build; --partial accepts that",
            comparison.matched,
            old.functions.len()
        )?;
    }
    let fails = lacks_most || comparison.worst() == Some(Level::Fail);
    Ok(if fails { Outcome::Findings } else { Outcome::Fine })
}

/// A comparison, for programs.
#[derive(Serialize)]
struct Compared<'c> {
    #[serde(flatten)]
    comparison: &'c Comparison,
    coverage: &'c Coverage,
}

fn print(comparison: &Comparison, shown: &[&Change], out: &mut impl Write) -> std::io::Result<()> {
    for change in shown {
        let hot = if change.hot { ", hot" } else { "" };
        writeln!(
            out,
            "{:<6} {}: {} was {}, is {}{hot}",
            change.level.name(),
            Printable(change.function.as_bytes()),
            change.metric,
            change.old,
            change.new
        )?;
    }
    writeln!(out, "{}", summary(comparison))
}

fn summary(comparison: &Comparison) -> String {
    format!(
        "{} failures, {} warnings, {} better; {} functions compared, {} added, {} removed",
        comparison.count(Level::Fail),
        comparison.count(Level::Warn),
        comparison.count(Level::Better),
        comparison.matched,
        comparison.added.len(),
        comparison.removed.len()
    )
}

fn markdown(
    comparison: &Comparison,
    shown: &[&Change],
    coverage: &Coverage,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(out, "**{}**\n", summary(comparison))?;
    for line in coverage.to_string().lines() {
        writeln!(out, "{}\n", cell(line))?;
    }
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | function | number | before | now |\n| --- | --- | --- | ---: | ---: |")?;
    for change in shown {
        let name = if change.hot { format!("{} (hot)", change.function) } else { change.function.clone() };
        let [name, metric] = [name.as_str(), change.metric].map(cell);
        writeln!(out, "| {} | {name} | {metric} | {} | {} |", change.level.name(), change.old, change.new)?;
    }
    Ok(())
}
