//! `godiag pprof diff`: what got worse between two profiles.

use std::io::Write;

use godiag::pprof::report::{Basis, Diff, Report, Thresholds};

use super::load::open;
use super::options::ReportArgs;
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
#[command(mut_arg("rows", |rows| rows.default_value("20")))]
pub(crate) struct Args {
    /// The earlier profile
    #[arg(value_name = "BEFORE")]
    before: String,
    /// The later profile
    #[arg(value_name = "AFTER")]
    after: String,
    /// Report an increase by this percentage of the earlier value as a regression
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    threshold: f64,
    /// Ignore differences below this percentage of the earlier total
    #[arg(long, value_name = "PERCENT", default_value_t = 0.5)]
    noise: f64,
    /// Scale the later profile to the earlier one's total first, to compare shares
    #[arg(long)]
    normalize: bool,
    /// Compare totals as they are; otherwise values are compared per second where both profiles have a
    /// duration, and CPU time beyond chance
    #[arg(long)]
    totals: bool,
    /// Print one JSON object
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print a Markdown table
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    report: ReportArgs,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let options = args.report.options()?;
    let before = open(&args.before)?;
    let mut after = open(&args.after)?;
    if args.normalize {
        after = after.normalized(&before)?;
    }
    let thresholds =
        Thresholds::default().with_noise(args.noise / 100.0).with_regression(args.threshold / 100.0);
    let basis = if args.totals || args.normalize { Basis::Totals } else { Basis::PerSecond };
    let (before, after) = (Report::new(&before, &options)?, Report::new(&after, &options)?);
    let diff = Diff::new_by(basis, &before, &after, &thresholds)?;
    let rows = args.report.rows().filter(|rows| *rows > 0).unwrap_or(usize::MAX);
    if args.json {
        crate::print::json(&diff, out)?;
    } else if args.markdown {
        diff.write_markdown(rows, out)?;
    } else {
        diff.write_text(rows, out)?;
    }
    Ok(if diff.has_regression() { Outcome::Findings } else { Outcome::Fine })
}
