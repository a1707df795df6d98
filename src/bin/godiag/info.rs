//! `godiag info`: what each file is.

use std::io::Write;

use godiag::asm::{Arch, CompilerOutput, GoVersions, plain};
use godiag::{Format, Limits, Printable, detect, wire};
use serde::Serialize;

use crate::outcome::{Outcome, Result};
use crate::{input, trace};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files to look at
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print one JSON object per file
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
    #[serde(flatten)]
    compiler: Option<Compiler>,
    #[serde(flatten)]
    trace: Option<trace::info::Contents>,
    problems: Vec<String>,
}

/// The contents of compiler output.
#[derive(Serialize)]
struct Compiler {
    lines: u32,
    unclassified_lines: u32,
    packages: usize,
    functions: usize,
    decisions: usize,
    log_records: usize,
    arch: Option<Arch>,
    go_versions: GoVersions,
    warnings: Vec<String>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let mut outcome = Outcome::Fine;
    for file in &args.files {
        let info = inspect(file)?;
        if !info.problems.is_empty() {
            outcome = Outcome::Findings;
        }
        if args.json {
            crate::print::json(&info, out)?;
        } else {
            print(&info, out)?;
        }
    }
    Ok(outcome)
}

fn inspect(file: &str) -> Result<Info> {
    let mut bytes = input::read(file)?;
    let mut problems = Vec::new();
    let compressed = detect(&bytes) == Format::Gzip;
    if compressed {
        match wire::inflate(&bytes, &Limits::DEFAULT) {
            Ok(inflated) => bytes = inflated,
            Err(error) => problems.push(error.to_string()),
        }
    }
    let mut format = detect(&bytes);
    let version = match format {
        Format::Trace(major, minor) => Some(format!("{major}.{minor}")),
        _ => None,
    };
    let compiler = match format {
        Format::CompilerOutput | Format::Objdump => Some(compiler(&bytes)),
        // `go build -json` wraps it in JSON, and the output of rarer flags has no telling word at its start.
        Format::Json | Format::Text => compiler(&bytes).ok().filter(Compiler::is_likely).map(Ok),
        _ => None,
    };
    if compiler.is_some() && format != Format::Objdump {
        format = Format::CompilerOutput;
    }
    let compiler = match compiler.transpose() {
        Ok(compiler) => compiler,
        Err(error) => {
            problems.push(error.to_string());
            None
        }
    };
    let mut trace = None;
    if matches!(format, Format::Trace(..)) {
        let (contents, problem) = trace::info::inspect(&bytes);
        trace = contents;
        problems.extend(problem);
    }
    Ok(Info {
        file: file.to_owned(),
        format: format.name(),
        version,
        compressed,
        bytes: bytes.len() as u64,
        compiler,
        trace,
        problems,
    })
}

impl Compiler {
    /// Most lines are a compiler's.
    fn is_likely(&self) -> bool {
        self.packages + self.functions + self.decisions > 0 && self.unclassified_lines * 2 < self.lines
    }
}

/// Reads compiler output far enough to describe it.
fn compiler(bytes: &[u8]) -> godiag::Result<Compiler> {
    let text = plain(bytes)?;
    let output = CompilerOutput::parse(&text)?;
    let counts = output.counts();
    Ok(Compiler {
        lines: counts.lines,
        unclassified_lines: counts.unclassified,
        packages: output.packages().len(),
        functions: output.functions().len(),
        decisions: output.decisions().len(),
        log_records: output.log_records().len(),
        arch: output.arch(),
        go_versions: output.go_versions(),
        warnings: counts.warnings(),
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
    if let Some(trace) = &info.trace {
        write!(out, ", {trace}")?;
    }
    if let Some(compiler) = &info.compiler {
        let Compiler { lines, unclassified_lines, functions, decisions, log_records, .. } = compiler;
        write!(
            out,
            ", {lines} lines ({unclassified_lines} unclassified), {functions} functions, {decisions} "
        )?;
        write!(out, "decisions, {log_records} log records, {}", compiler.go_versions)?;
        if let Some(arch) = compiler.arch {
            write!(out, ", {arch}")?;
        }
    }
    for problem in &info.problems {
        write!(out, "; {problem}")?;
    }
    writeln!(out)
}
