//! `godiag trace goroutines`: what each group of goroutines did with its time.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{GoroutineGroup, Goroutines, Summary};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    groups: Vec<GoroutineGroup>,
    #[serde(flatten)]
    summary: Summary,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary.fmt(f)
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
        Goroutines::new(args.common.compat()),
        |summary| Report { groups: summary.groups(), summary },
        out,
    )
}
