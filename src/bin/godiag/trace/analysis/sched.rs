//! `godiag trace sched`: how long runnable goroutines waited for a proc.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{ProcReport, ProcUtilization, SchedLatency, SchedReport};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    latency: SchedReport,
    procs: ProcReport,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.latency.fmt(f)?;
        writeln!(f)?;
        self.procs.fmt(f)
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    super::answer::print(
        &args.common,
        (SchedLatency::default(), ProcUtilization::default()),
        |(latency, procs)| Report { latency, procs },
        out,
    )
}
