//! `godiag info`: what each file is.

use std::io::Write;

use godiag::asm::{Arch, CompilerOutput, GoVersions, Options};
use godiag::{Format, Input, Kind, Printable, detect};
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
    let bytes = input::read(file)?;
    let mut info = Info {
        file: file.to_owned(),
        format: detect(&bytes).name(),
        version: None,
        compressed: false,
        bytes: bytes.len() as u64,
        compiler: None,
        trace: None,
        problems: Vec::new(),
    };
    let read = Input::parse(bytes).and_then(|input| info.describe(&input));
    info.problems.extend(read.err().map(|error| error.to_string()));
    Ok(info)
}

impl Info {
    fn describe(&mut self, input: &Input<'_>) -> godiag::Result<()> {
        self.format = input.format().name();
        self.compressed = input.is_compressed();
        self.bytes = input.inflated_len()?;
        if let Format::Trace(major, minor) = input.format() {
            self.version = Some(format!("{major}.{minor}"));
        }
        match input.kind() {
            Some(Kind::Compiler) => {
                let output = input.compiler(&Options::default())?;
                if input.format() != Format::Objdump {
                    self.format = Format::CompilerOutput.name();
                }
                self.compiler = Some(Compiler::new(&output));
            }
            Some(Kind::Trace) => {
                let (contents, problem) = trace::info::inspect(input.as_bytes());
                self.trace = contents;
                self.problems.extend(problem);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Compiler {
    fn new(output: &CompilerOutput<'_>) -> Self {
        let counts = output.counts();
        Self {
            lines: counts.lines,
            unclassified_lines: counts.unclassified,
            packages: output.packages().len(),
            functions: output.functions().len(),
            decisions: output.decisions().len(),
            log_records: output.log_records().len(),
            arch: output.arch(),
            go_versions: output.go_versions(),
            warnings: counts.warnings(),
        }
    }
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
