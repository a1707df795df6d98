//! `godiag trace goroutines`: what each group of goroutines did with its time.

use std::io::Write;

use godiag::trace::analysis::{Goroutines, Summary};

use super::Common;
use crate::Result;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    super::run(&args.common, Goroutines::new(args.common.compat()), |summary: Summary| summary, out)
}
