//! A diagnosis as a SARIF log.

use std::io::{self, Write};

use super::log::{Level, Location, Log, Rule, RunResult};
use crate::diagnose::{Report, Severity};

/// Writes the findings of a diagnosis, with the functions that they are about.
///
/// # Errors
/// Those of `out`.
pub fn write_report(report: &Report, out: impl Write) -> io::Result<()> {
    let mut log = Log::new();
    for finding in &report.findings {
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
            },
        );
    }
    log.write(out)
}
