//! `godiag diagnose`: what is slow, and why, from all files at hand.

use std::io::Write;

use godiag::diagnose::{Diagnosis, Report, Thresholds};
use godiag::export::html::Page;
use godiag::export::sarif;

use crate::input;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files or folders: profiles, goroutine dumps, traces, compiler output, gzipped or not; of Go sources, the lines
    /// concerned are printed
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    paths: Vec<String>,
    /// Explain the rule with this id; without one, list all rules
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    explain: Option<String>,
    #[command(flatten)]
    form: Form,
    /// Also write a page with findings, flame graph and timeline to this file
    #[arg(long, value_name = "FILE")]
    html: Option<String>,
    /// Set a threshold above which something is reported, such as lock-wait=100ms (repeatable)
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
    pub(crate) fn write(&self, report: &Report, out: &mut impl Write) -> Result<()> {
        if self.json {
            serde_json::to_writer_pretty(&mut *out, report)?;
            writeln!(out)?;
        } else if self.markdown {
            report.write_markdown(out)?;
        } else if self.sarif {
            sarif::write_report(report, out)?;
        } else {
            report.write_text(out)?;
        }
        Ok(())
    }
}

/// The default thresholds with what the command line sets.
pub(crate) fn thresholds(settings: &[String]) -> Result<Thresholds> {
    let mut thresholds = Thresholds::default();
    for setting in settings {
        let usage = || Failure::Usage(format!("--threshold {setting}: not of the form NAME=VALUE"));
        let (name, value) = setting.split_once('=').ok_or_else(usage)?;
        thresholds.set(name, value).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    Ok(thresholds)
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    if let Some(rule) = &args.explain {
        return explain(rule, out);
    }
    let mut diagnosis = Diagnosis::new().with_thresholds(thresholds(&args.thresholds)?);
    for path in &args.paths {
        let added = match path.as_str() {
            "-" => diagnosis.add(path, input::read(path)?),
            path => diagnosis.open(path),
        };
        added.map_err(|error| Failure::Input { file: path.clone(), error })?;
    }
    let report = diagnosis.run();
    if report.inputs.is_empty() {
        let left_aside: Vec<_> =
            report.left_aside.iter().map(|file| format!("{}: {}", file.name, file.reason)).collect();
        let why = match left_aside.join("; ") {
            none if none.is_empty() => "no files there; folders within folders are not read".to_owned(),
            left_aside => left_aside,
        };
        return Err(Failure::Usage(format!("nothing to diagnose: {why}")));
    }
    args.form.write(&report, out)?;
    if let Some(path) = &args.html {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        page(&report, &diagnosis).write(&mut file)?;
        file.flush()?;
    }
    Ok(if report.findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// The page about a report, with pictures of the inputs that have some.
fn page<'a>(report: &'a Report, diagnosis: &'a Diagnosis<'_>) -> Page<'a> {
    let mut page = Page::new(report);
    if let Some((name, profile)) = diagnosis.cpu_profile() {
        page = page.with_profile(name, profile);
    }
    if let Some((name, traced)) = diagnosis.traces().next() {
        page = page.with_trace(name, traced).with_mmu(traced.mmu());
    }
    page
}

/// Prints the page of the rule called `id`, or the list of all rules if that is empty.
fn explain(id: &str, out: &mut impl Write) -> Result {
    if id.is_empty() {
        for rule in godiag::diagnose::rules() {
            writeln!(out, "{:<18} {}", rule.id, rule.title)?;
        }
        return Ok(Outcome::Fine);
    }
    let Some(rule) = godiag::diagnose::rules().find(|rule| rule.id == id) else {
        return Err(Failure::Usage(format!("no rule is called {id}; --explain without a name lists all")));
    };
    rule.write_page(out)?;
    Ok(Outcome::Fine)
}
