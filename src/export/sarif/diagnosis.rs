//! A diagnosis as a SARIF log.

use std::io::{self, Write};

use super::log::{Level, Location, Log, Rule, RunResult};
use super::roots::Roots;
use crate::diagnose::{Report, Severity};

/// Writes a diagnosis: one result per cause, with the function that it is about and a fingerprint that stays
/// the same from run to run, and the verdict as a property of the run.
///
/// # Errors
/// Those of `out`.
pub fn write_report(report: &Report, out: impl Write) -> io::Result<()> {
    write_report_with(report, Roots::default(), out)
}

/// Writes a diagnosis whose paths are relative to the root of the sources.
///
/// # Errors
/// Those of `out`.
pub fn write_report_with(report: &Report, roots: Roots, out: impl Write) -> io::Result<()> {
    let headline = report.headline();
    let mut log = Log::new().with_roots(roots).with_property("headline", &headline);
    if !report.verdict.is_empty() {
        log = log.with_property("verdict", &report.verdict);
    }
    // What is part of another finding is there as evidence.
    for finding in report.findings.iter().filter(|finding| finding.part_of.is_none()) {
        let (id, title) = (finding.rule.id, finding.rule.title);
        let rule = log.rule(Rule { id, title, help: finding.rule.advice });
        let function = finding.subject.function.as_ref().map(ToString::to_string);
        log.result(
            rule,
            &RunResult {
                level: match finding.severity {
                    Severity::Info => Level::Note,
                    Severity::Warning => Level::Warning,
                    _ => Level::Error,
                },
                message: &format!("{}. {}", finding.summary, finding.advice),
                location: finding.subject.place.as_ref().map(|place| Location {
                    file: &place.file,
                    line: place.line,
                    column: 0,
                }),
                function: function.as_deref(),
                package: None,
                fingerprint: Some(&finding.fingerprint),
                is_suppressed: finding.suppressed.is_some(),
            },
        );
    }
    log.write(out)
}
