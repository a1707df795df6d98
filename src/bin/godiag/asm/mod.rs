//! `godiag asm`: output of the Go compiler.

mod decisions;
mod explain;
mod findings;
mod findings_page;
mod form;
mod functions;
mod gate;
mod heat;
mod input;
mod metrics;
mod ranking;

use std::io::Write;

use crate::outcome::Result;

#[derive(clap::Subcommand)]
pub(crate) enum Verb {
    /// Print the functions of a listing with their metrics
    Functions(functions::Args),
    /// Print the compiler's decisions: inlining, escapes, devirtualisation
    Decisions(decisions::Args),
    /// Print what costs in each function, how sure that is, and what to do about it
    Findings(findings::Args),
    /// Explain the rules of `findings`: what they find, why that costs, and what to write instead
    Explain(explain::Args),
    /// Write a baseline for `gate`: one line of metrics per function
    Metrics(metrics::Args),
    /// Compare a build with a baseline; exit code 1 on a failure
    Gate(gate::Args),
}

pub(crate) fn run(verb: &Verb, out: &mut impl Write) -> Result {
    match verb {
        Verb::Functions(args) => functions::run(args, out),
        Verb::Decisions(args) => decisions::run(args, out),
        Verb::Findings(args) => findings::run(args, out),
        Verb::Explain(args) => explain::run(args, out),
        Verb::Metrics(args) => metrics::run(args, out),
        Verb::Gate(args) => gate::run(args, out),
    }
}
