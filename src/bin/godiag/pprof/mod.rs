//! `godiag pprof`: profiles.

mod check;

use std::io::Write;

use crate::Result;

#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Checks profiles against every rule of the format
    Check(check::Args),
}

pub(crate) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Check(args) => check::run(args, out),
    }
}
