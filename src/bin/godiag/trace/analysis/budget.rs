//! `godiag trace budget`: where the time of the program's work goes, and what is to blame.

use std::io::Write;

use godiag::trace::analysis::Budget;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: super::answer::Common,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> crate::outcome::Result {
    super::answer::print(&args.common, Budget::default(), |report| report, out)
}
