//! `godiag`: reads Go's profiles, execution traces and compiler output, and says what they mean.
//!
//! Exit codes: 0 fine, 1 findings or regression, 2 bad usage or unreadable input.

mod asm;
mod diagnose;
mod file;
mod info;
mod input;
mod options;
mod outcome;
mod pprof;
mod print;
mod trace;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::{Failure, Outcome};

/// Read Go's profiles, execution traces and compiler output, and say what they mean
#[derive(Parser)]
#[command(name = "godiag", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "A file named - is standard input.\n\
    Exit codes: 0 fine, 1 findings or regression, 2 bad usage or unreadable input.";

#[derive(Subcommand)]
enum Command {
    /// Print what each file is: format, version, contents, problems
    Info(info::Args),
    /// Read profiles
    #[command(subcommand, arg_required_else_help = true)]
    Pprof(Box<pprof::Verb>),
    /// Read execution traces
    #[command(subcommand, arg_required_else_help = true)]
    Trace(trace::Verb),
    /// Read compiler output: listings, decisions, logs
    #[command(subcommand, arg_required_else_help = true)]
    Asm(asm::Verb),
    /// Find out what is slow and why, from profiles, traces and compiler output together
    Diagnose(diagnose::Args),
}

/// Answers a call in the way of `go tool pprof`.
fn answered() -> Option<ExitCode> {
    let arguments: Vec<String> =
        std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let [_, room, rest @ ..] = &arguments[..] else { return None };
    let command = if room == "pprof" { pprof::answer(rest)? } else { return None };
    let _ = writeln!(std::io::stderr(), "godiag: go tool pprof is called like this; here it is\n{command}");
    Some(ExitCode::from(2))
}

fn main() -> ExitCode {
    if let Some(code) = answered() {
        return code;
    }
    let cli = Cli::parse();
    let mut out = std::io::BufWriter::with_capacity(64 << 10, std::io::stdout().lock());
    let outcome = match cli.command {
        Command::Info(args) => info::run(&args, &mut out),
        Command::Pprof(verb) => pprof::run(&verb, &mut out),
        Command::Trace(verb) => trace::run(&verb, &mut out),
        Command::Asm(verb) => asm::run(&verb, &mut out),
        Command::Diagnose(args) => diagnose::run(&args, &mut out),
    };
    let outcome = outcome.and_then(|outcome| Ok(out.flush().map(|()| outcome)?));
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "godiag: {failure}");
            ExitCode::from(2)
        }
    }
}
