//! `godiag trace gc`: cycles of the garbage collector, and stops of the world.

use std::fmt;
use std::io::Write;

use godiag::trace::analysis::{Gc, GcReport, Stops, StwReport};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    gc: GcReport,
    stops: StwReport,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.gc.fmt(f)?;
        writeln!(f)?;
        self.stops.fmt(f)
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
        (Gc::default(), Stops::default()),
        |(gc, stops)| Report { gc, stops },
        out,
    )
}
