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
    common: super::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::Result {
    super::answer(
        &args.common,
        (Profiles::default(), WakeGraph::default()),
        |(set, wakes)| Report { waits: set.waits().cloned().collect(), wakes, set },
        out,
    )
}
