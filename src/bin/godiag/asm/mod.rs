//! `godiag asm`: what the Go compiler prints.

mod decisions;
mod functions;
mod input;

use std::io::Write;

use crate::Result;

#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Lists the functions of a listing with their numbers
    Functions(functions::Args),
    /// Lists what the compiler decided: inlining, escapes, devirtualisation
    Decisions(decisions::Args),
}

pub(crate) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Functions(args) => functions::run(args, out),
        Verb::Decisions(args) => decisions::run(args, out),
    }
}
