//! `godiag info`: what each file is.

use std::io::Write;

use godiag::{Format, Limits, Printable, detect, wire};
use serde::Serialize;

use crate::{Failure, Outcome, Result, input};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files to look at
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// What one file is.
#[derive(Serialize)]
struct Info {
    file: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    compressed: bool,
    bytes: u64,
    problems: Vec<String>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let mut outcome = Outcome::Fine;
    for file in &args.files {
        let info = look(file)?;
        if !info.problems.is_empty() {
            outcome = Outcome::Findings;
        }
        if args.json {
            serde_json::to_writer(&mut *out, &info)?;
            writeln!(out)?;
        } else {
            print(&info, out)?;
        }
    }
    Ok(outcome)
}

fn look(file: &str) -> std::result::Result<Info, Failure> {
    let mut bytes = input::read(file)?;
    let mut problems = Vec::new();
    let compressed = detect(&bytes) == Format::Gzip;
    if compressed {
        match wire::inflate(&bytes, &Limits::DEFAULT) {
            Ok(inflated) => bytes = inflated,
            Err(error) => problems.push(error.to_string()),
        }
    }
    let format = detect(&bytes);
    let version = match format {
        Format::Trace(major, minor) => Some(format!("{major}.{minor}")),
        _ => None,
    };
    Ok(Info {
        file: file.to_owned(),
        format: format.name(),
        version,
        compressed,
        bytes: bytes.len() as u64,
        problems,
    })
}

fn print(info: &Info, out: &mut impl Write) -> std::io::Result<()> {
    write!(out, "{}: {}", Printable(info.file.as_bytes()), info.format)?;
    if let Some(version) = &info.version {
        write!(out, " {version}")?;
    }
    write!(out, ", {} bytes", info.bytes)?;
    if info.compressed {
        write!(out, " inflated")?;
    }
    for problem in &info.problems {
        write!(out, "; {problem}")?;
    }
    writeln!(out)
}
