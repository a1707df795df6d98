//! `godiag diagnose`: what is slow, and why, by all files at hand.

use std::io::Write;
use std::path::Path;

use godiag::asm::{self, CompilerOutput};
use godiag::diagnose::{Diagnosis, Report, Thresholds, Traced};
use godiag::export::html::Page;
use godiag::export::sarif_report;
use godiag::pprof::Profile;
use godiag::trace;
use godiag::{Format, Limits, Printable, detect, wire};

use crate::{Failure, Outcome, Result, input};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files or folders: profiles, traces, compiler output, gzipped or not; lines of Go source beside them are shown
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    form: Form,
    /// Also write a page with findings, flame graph and timeline to this file
    #[arg(long, value_name = "FILE")]
    html: Option<String>,
    /// From when on something is told, such as lock-wait=100ms
    #[arg(long = "threshold", value_name = "NAME=VALUE")]
    thresholds: Vec<String>,
}

/// How a report is printed.
#[derive(clap::Args)]
pub(crate) struct Form {
    /// Print one JSON object with the findings
    #[arg(long, group = "form")]
    json: bool,
    /// Print Markdown
    #[arg(long, group = "form")]
    markdown: bool,
    /// Print SARIF
    #[arg(long, group = "form")]
    sarif: bool,
}

impl Form {
    fn is_text(&self) -> bool {
        !(self.json || self.markdown || self.sarif)
    }

    pub(crate) fn write(&self, report: &Report, out: &mut impl Write) -> std::result::Result<(), Failure> {
        if self.json {
            serde_json::to_writer_pretty(&mut *out, report)?;
            writeln!(out)?;
        } else if self.markdown {
            report.write_markdown(out)?;
        } else if self.sarif {
            sarif_report::write_report(report, out)?;
        } else {
            report.write_text(out)?;
        }
        Ok(())
    }
}

/// The default thresholds with what the command line sets.
pub(crate) fn thresholds(settings: &[String]) -> std::result::Result<Thresholds, Failure> {
    let mut thresholds = Thresholds::default();
    for setting in settings {
        let usage = || Failure::Usage(format!("--threshold {setting}: not of the form NAME=VALUE"));
        let (name, value) = setting.split_once('=').ok_or_else(usage)?;
        thresholds.set(name, value).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    Ok(thresholds)
}

/// The inputs, decoded.
#[derive(Default)]
struct Inputs {
    profiles: Vec<(String, Profile)>,
    traces: Vec<(String, Traced)>,
    /// The text of compiler output.
    texts: Vec<(String, Vec<u8>)>,
    /// Go source files in the folders.
    sources: Vec<(String, Vec<u8>)>,
    /// Files that are none of ours, or cannot be read, and why.
    skipped: Vec<String>,
}

impl Inputs {
    /// The page about a report, with pictures of the inputs that have some.
    fn page<'a>(&'a self, report: &'a Report) -> Page<'a> {
        let is_cpu =
            |profile: &Profile| profile.sample_types().iter().any(|ty| profile.string(ty.kind) == b"cpu");
        let mut page = Page::new(report);
        if let Some((name, profile)) = self.profiles.iter().find(|(_, profile)| is_cpu(profile)) {
            page = page.with_profile(name, profile);
        }
        if let Some((name, traced)) = self.traces.first() {
            page = page.with_trace(name, traced).with_mmu(traced.mmu());
        }
        page
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let thresholds = thresholds(&args.thresholds)?;
    let inputs = collect(&args.paths, thresholds)?;
    let mut outputs = Vec::new();
    for (name, text) in &inputs.texts {
        let read = CompilerOutput::parse(text);
        let failed = |error| Failure::Input { file: name.clone(), error };
        outputs.push((name, read.map_err(failed)?));
    }
    let mut diagnosis = Diagnosis::new().with_thresholds(thresholds);
    for (name, profile) in &inputs.profiles {
        diagnosis = diagnosis.profile(name, profile);
    }
    for (name, traced) in &inputs.traces {
        diagnosis = diagnosis.trace(name, traced);
    }
    for (name, output) in &outputs {
        diagnosis = diagnosis.compiler(name, output);
    }
    for (name, text) in &inputs.sources {
        diagnosis = diagnosis.source(name, text);
    }
    let report = diagnosis.run();
    args.form.write(&report, out)?;
    if args.form.is_text() && !inputs.skipped.is_empty() {
        writeln!(out, "\nLeft aside: {}", Printable(inputs.skipped.join("; ").as_bytes()))?;
    }
    if let Some(path) = &args.html {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        inputs.page(&report).write(&mut file)?;
        file.flush()?;
    }
    Ok(if report.findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Reads all files; in folders those of a known format. Names are relative to the folder that was given.
fn collect(paths: &[String], thresholds: Thresholds) -> std::result::Result<Inputs, Failure> {
    let mut inputs = Inputs::default();
    for path in paths {
        if !Path::new(path).is_dir() {
            add(path, input::read(path)?, false, thresholds, &mut inputs)?;
            continue;
        }
        let failed = |error: std::io::Error| Failure::Input { file: path.clone(), error: error.into() };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_file() {
                names.push(entry.file_name());
            }
        }
        names.sort();
        for name in names {
            let full = Path::new(path).join(&name);
            let bytes = std::fs::read(&full).map_err(failed)?;
            add(&name.to_string_lossy(), bytes, true, thresholds, &mut inputs)?;
        }
    }
    if inputs.profiles.is_empty() && inputs.traces.is_empty() && inputs.texts.is_empty() {
        let why = match inputs.skipped.join("; ") {
            none if none.is_empty() => "no files there; folders within folders are not read".to_owned(),
            skipped => skipped,
        };
        return Err(Failure::Usage(format!("nothing to diagnose: {why}")));
    }
    Ok(inputs)
}

/// A file that was recognised.
enum Input {
    Profile(Profile),
    Trace(Traced),
    Compiler(Vec<u8>),
}

/// Adds a file by its content. In a folder, what is of no known format is passed over; a named file is an error.
fn add(
    name: &str,
    mut bytes: Vec<u8>,
    in_folder: bool,
    thresholds: Thresholds,
    inputs: &mut Inputs,
) -> std::result::Result<(), Failure> {
    if Path::new(name).extension().is_some_and(|extension| extension == "go") {
        inputs.sources.push((name.to_owned(), bytes));
        return Ok(());
    }
    match recognise(&mut bytes, thresholds) {
        Ok(Some(Input::Profile(profile))) => inputs.profiles.push((name.to_owned(), profile)),
        Ok(Some(Input::Trace(traced))) => inputs.traces.push((name.to_owned(), traced)),
        Ok(Some(Input::Compiler(text))) => inputs.texts.push((name.to_owned(), text)),
        Ok(None) => {
            inputs.skipped.push(format!("{name} ({})", detect(&bytes).name()));
        }
        Err(error) if in_folder => inputs.skipped.push(format!("{name}: {error}")),
        Err(error) => return Err(Failure::Input { file: name.to_owned(), error }),
    }
    Ok(())
}

fn recognise(bytes: &mut Vec<u8>, thresholds: Thresholds) -> godiag::Result<Option<Input>> {
    if detect(bytes) == Format::Gzip {
        *bytes = wire::inflate(bytes, &Limits::DEFAULT)?;
    }
    Ok(match detect(bytes) {
        Format::Pprof => Some(Input::Profile(Profile::parse(bytes)?)),
        Format::Trace(..) => {
            let mut reader = trace::Reader::with(bytes, trace::Options::salvage())?;
            Some(Input::Trace(Traced::read(&mut reader, thresholds)?))
        }
        Format::CompilerOutput => Some(Input::Compiler(asm::plain(bytes)?.into_owned())),
        _ => None,
    })
}
