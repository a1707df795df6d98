//! `godiag trace blocking`: what goroutines waited for, where, and who ended it.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{ProfileCell, ProfileSet, Profiles, WakeGraph, WakeReport};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    waits: Vec<ProfileCell>,
    wakes: WakeReport,
    #[serde(skip)]
    set: ProfileSet,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)?;
        writeln!(f)?;
        self.wakes.fmt(f)
    }
}

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
    /// Print who ends whose waits as a graph in DOT: the heaviest edges, as many as --rows
    #[arg(long, conflicts_with = "json")]
    dot: bool,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    if args.dot {
        let (wakes, outcome) = super::answer::compute(&args.common, WakeGraph::default())?;
        wakes.write_dot(args.common.rows(), out)?;
        return Ok(outcome);
    }
    super::answer::print(
        &args.common,
        (Profiles::default(), WakeGraph::default()),
        |(set, wakes)| Report { waits: set.waits().cloned().collect(), wakes, set },
        out,
    )
}
