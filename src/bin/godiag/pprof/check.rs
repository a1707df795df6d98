//! `godiag pprof check`: is a profile valid, and if not, where and why?

use std::io::Write;

use godiag::pprof::{self, Doubt, Validity};
use godiag::{Limits, Printable};
use serde::Serialize;

use crate::input;
use crate::outcome::{Failure, Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Profiles to check
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Print one JSON object per file
    #[arg(long)]
    json: bool,
    /// Print warnings, too: oddities that every reader accepts, and figures that cannot be
    #[arg(long)]
    warnings: bool,
    /// Compare CPU time with the time of this many processors
    #[arg(long, value_name = "N")]
    procs: Option<usize>,
}

/// One file, for programs.
#[derive(Serialize)]
struct Checked {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Refusal>,
    samples: usize,
    defects: Vec<Count>,
    findings: Vec<Place>,
    doubts: Vec<Doubt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<Damage>,
}

#[derive(Serialize)]
struct Refusal {
    kind: &'static str,
    offset: Option<u64>,
    text: String,
}

#[derive(Serialize)]
struct Count {
    rule: &'static str,
    fatal: bool,
    count: u64,
}

#[derive(Serialize)]
struct Place {
    rule: &'static str,
    fatal: bool,
    offset: u64,
    path: String,
}

#[derive(Serialize)]
struct Damage {
    kind: &'static str,
    offset: u64,
    whole_fields: u64,
    lost_bytes: u64,
}

impl Checked {
    fn new(file: &str, report: &Validity, procs: Option<usize>) -> Self {
        let defects = report.defects.iter();
        let findings = report.findings.iter();
        Self {
            file: file.to_owned(),
            valid: report.is_valid(),
            error: report.error.as_ref().map(Refusal::new),
            samples: report.profile.samples().len(),
            defects: defects
                .map(|(rule, count)| Count { rule: rule.name(), fatal: rule.is_fatal(), count })
                .collect(),
            findings: findings
                .map(|found| Place {
                    rule: found.rule.name(),
                    fatal: found.rule.is_fatal(),
                    offset: found.offset,
                    path: found.path.clone(),
                })
                .collect(),
            doubts: pprof::doubts(&report.profile, procs),
            damage: report.defects.damage.as_ref().map(|damage| Damage {
                kind: damage.kind.name(),
                offset: damage.offset,
                whole_fields: damage.whole_fields,
                lost_bytes: damage.lost_bytes,
            }),
        }
    }

    /// A file without any profile.
    fn refused(file: &str, error: &godiag::Error) -> Self {
        let error = Some(Refusal::new(error));
        let (defects, findings, doubts) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            file: file.to_owned(),
            valid: false,
            error,
            samples: 0,
            defects,
            findings,
            doubts,
            damage: None,
        }
    }
}

impl Refusal {
    fn new(error: &godiag::Error) -> Self {
        Self { kind: error.kind().name(), offset: error.offset(), text: error.to_string() }
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let mut outcome = Outcome::Fine;
    for file in &args.files {
        let bytes = input::read(file)?;
        let checked = match pprof::check(&bytes, &Limits::DEFAULT) {
            Ok(report) => Checked::new(file, &report, args.procs),
            Err(error) if error.is_io() => return Err(Failure::Input { file: file.clone(), error }),
            Err(error) => Checked::refused(file, &error),
        };
        if !checked.valid {
            outcome = Outcome::Findings;
        }
        if args.json {
            crate::print::json(&checked, out)?;
        } else {
            print(&checked, args.warnings, out)?;
        }
    }
    Ok(outcome)
}

fn print(checked: &Checked, warnings: bool, out: &mut impl Write) -> std::io::Result<()> {
    let file = Printable(checked.file.as_bytes());
    match &checked.error {
        None => writeln!(out, "{file}: valid, {} samples", checked.samples)?,
        Some(error) => writeln!(out, "{file}: {}", error.text)?,
    }
    if let Some(damage) = &checked.damage {
        let Damage { whole_fields, lost_bytes, .. } = damage;
        let samples = checked.samples;
        writeln!(out, "  readable: {whole_fields} fields with {samples} samples; lost: {lost_bytes} bytes")?;
    }
    for Count { rule, count, .. } in checked.defects.iter().filter(|defect| warnings || defect.fatal) {
        writeln!(out, "  {rule}: {count}")?;
        for place in checked.findings.iter().filter(|place| place.rule == *rule) {
            writeln!(out, "    at byte {} {}", place.offset, place.path)?;
        }
    }
    for doubt in checked.doubts.iter().filter(|_| warnings) {
        writeln!(out, "  {}: {doubt}", doubt.kind.name())?;
    }
    Ok(())
}
