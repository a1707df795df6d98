//! `godiag trace mmu`: what the collector leaves to the program.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{MmuPoint, MutatorUtilization, Nanos, UtilWindow, Utilization};
use serde::Serialize;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
    /// Choose what counts as the collector's work, as in Go's viewer
    #[arg(long, value_delimiter = ',', default_value = "stw,background,assist,sweep")]
    flags: Vec<Flag>,
    /// Compute each proc separately
    #[arg(long)]
    per_proc: bool,
    /// Print the distribution, too: the 99.9th, 99th and 95th percentile of the worst
    #[arg(long)]
    mud: bool,
    /// Print the worst windows of this many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10.0)]
    worst: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Flag {
    Stw,
    Background,
    Assist,
    Sweep,
}

/// Quantiles of Go's viewer: the minimum, p99.9, p99 and p95.
const QUANTILES: [f64; 4] = [0.0, 1.0 - 0.999, 1.0 - 0.99, 1.0 - 0.95];

#[derive(Serialize)]
struct Report {
    /// The mean utilization.
    mean: f64,
    quantiles: Vec<f64>,
    curve: Vec<MmuPoint>,
    /// Nanoseconds.
    worst_window: i64,
    worst: Vec<UtilWindow>,
}

impl Report {
    fn new(utilization: &Utilization, args: &Args) -> Self {
        let curve = utilization.curve();
        let quantiles = if args.mud { QUANTILES.to_vec() } else { Vec::new() };
        let worst_window = (args.worst * 1e6) as i64;
        Self {
            mean: utilization.mean(),
            curve: curve.plot(&quantiles),
            quantiles,
            worst_window,
            worst: curve.worst_windows(worst_window, args.common.rows().min(10)),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Mean utilization {:.4}\n{:>10}  minimum", self.mean, "window")?;
        let step = (self.curve.len() / f.precision().unwrap_or(20).max(1)).max(1);
        for point in self.curve.iter().step_by(step) {
            write!(f, "{:>10}", Nanos(point.window).to_string())?;
            for utilization in &point.utilization {
                write!(f, "  {utilization:.4}")?;
            }
            writeln!(f, "  {}", "#".repeat((point.utilization.first().unwrap_or(&0.0) * 50.0) as usize))?;
        }
        writeln!(f, "The worst windows of {}:", Nanos(self.worst_window))?;
        for window in &self.worst {
            writeln!(f, "{:>10.4} at {} ns", window.utilization, window.time)?;
        }
        Ok(())
    }
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    let has = |flag| args.flags.contains(&flag);
    let analysis = MutatorUtilization::new(args.common.compat())
        .with_stw(has(Flag::Stw))
        .with_background(has(Flag::Background))
        .with_assist(has(Flag::Assist))
        .with_sweep(has(Flag::Sweep))
        .with_per_proc(args.per_proc);
    super::answer::print(&args.common, analysis, |utilization| Report::new(&utilization, args), out)
}
