//! Findings in SARIF 2.1.0, which code hosts and editors show beside the source.
//!
//! ```
//! use godiag::export::sarif_report::{Level, Log, Rule};
//! let mut log = Log::new();
//! let rule = log.rule(Rule { id: "box", title: "a value is boxed", help: "Pass a pointer." });
//! log.result(rule, Level::Warning, "boxes an int", Some(("main.go", 7)), Some("main.f"));
//! let mut out = Vec::new();
//! log.write(&mut out)?;
//! assert!(String::from_utf8(out).unwrap().contains("\"startLine\":7"));
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io::{self, Write};

use crate::diagnose::{Report, Severity};
use crate::text::Printable;
use crate::text::json::write_string as string;

/// How much a result matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// Good to know.
    Note,
    /// Costs something.
    Warning,
    /// Has to be changed.
    Error,
}

/// What results are about.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// The stable name.
    pub id: &'a str,
    /// What it finds.
    pub title: &'a str,
    /// What to do about it.
    pub help: &'a str,
}

/// The handle of a rule in a [`Log`].
#[derive(Clone, Copy, Debug)]
pub struct RuleIndex(usize);

/// A log with one run.
#[derive(Debug, Default)]
pub struct Log<'a> {
    rules: Vec<Rule<'a>>,
    results: Vec<Vec<u8>>,
}

impl<'a> Log<'a> {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// The handle of a rule, which is added unless there is one of its id.
    pub fn rule(&mut self, rule: Rule<'a>) -> RuleIndex {
        let known = self.rules.iter().position(|other| other.id == rule.id);
        RuleIndex(known.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len() - 1
        }))
    }

    /// Adds a result, with its file and line, and the function's full name.
    pub fn result(
        &mut self,
        rule: RuleIndex,
        level: Level,
        message: &str,
        place: Option<(&str, u32)>,
        function: Option<&str>,
    ) {
        let mut out = Vec::new();
        // Writing to a vector cannot fail.
        let _ = self.write_result(&mut out, rule, level, message, place, function);
        self.results.push(out);
    }

    fn write_result(
        &self,
        out: &mut Vec<u8>,
        rule: RuleIndex,
        level: Level,
        message: &str,
        place: Option<(&str, u32)>,
        function: Option<&str>,
    ) -> io::Result<()> {
        let level = match level {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        out.write_all(b"{\"ruleId\":")?;
        string(out, self.rules.get(rule.0).map_or("", |rule| rule.id).as_bytes())?;
        write!(out, ",\"ruleIndex\":{},\"level\":\"{level}\",\"message\":{{\"text\":", rule.0)?;
        string(out, message.as_bytes())?;
        out.write_all(b"},\"locations\":[{")?;
        if let Some((file, line)) = place {
            out.write_all(b"\"physicalLocation\":{\"artifactLocation\":{\"uri\":")?;
            string(out, uri(file).as_bytes())?;
            out.write_all(b"}")?;
            if line > 0 {
                write!(out, ",\"region\":{{\"startLine\":{line}}}")?;
            }
            out.write_all(b"}")?;
        }
        if let Some(function) = function {
            out.write_all(if place.is_some() {
                b",\"logicalLocations\":[{"
            } else {
                b"\"logicalLocations\":[{"
            })?;
            out.write_all(b"\"kind\":\"function\",\"fullyQualifiedName\":")?;
            string(out, function.as_bytes())?;
            out.write_all(b"}]")?;
        }
        out.write_all(b"}]}")
    }

    /// Writes the log.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(
            b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",",
        )?;
        out.write_all(b"\"runs\":[{\"tool\":{\"driver\":{\"name\":\"godiag\",\"version\":")?;
        string(out, env!("CARGO_PKG_VERSION").as_bytes())?;
        out.write_all(b",\"rules\":[")?;
        for (at, rule) in self.rules.iter().enumerate() {
            out.write_all(if at == 0 { b"\n{\"id\":" } else { b",\n{\"id\":" })?;
            string(out, rule.id.as_bytes())?;
            out.write_all(b",\"shortDescription\":{\"text\":")?;
            string(out, rule.title.as_bytes())?;
            out.write_all(b"},\"help\":{\"text\":")?;
            string(out, rule.help.as_bytes())?;
            out.write_all(b"}}")?;
        }
        out.write_all(b"]}},\"results\":[")?;
        for (at, result) in self.results.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            out.write_all(result)?;
        }
        out.write_all(b"]}]}\n")
    }
}

/// A path as a URI reference: what a URI cannot hold is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'@'
            | b'+'
            | b',' => {
                out.push(char::from(byte));
            }
            b'\\' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Writes the findings of a report.
///
/// # Errors
/// Those of `out`.
pub fn write_report(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut log = Log::new();
    for finding in &report.findings {
        let (id, title) = (finding.rule.id, finding.rule.title);
        let rule = log.rule(Rule { id, title, help: finding.rule.advice });
        let level = match finding.severity {
            Severity::Info => Level::Note,
            Severity::Warning => Level::Warning,
            _ => Level::Error,
        };
        let place =
            finding.subject.place.as_ref().map(|place| (Printable(&place.file).to_string(), place.line));
        let function = finding.subject.function.as_ref().map(ToString::to_string);
        let message = format!("{}. {}", finding.summary, finding.advice);
        let place = place.as_ref().map(|(file, line)| (file.as_str(), *line));
        log.result(rule, level, &message, place, function.as_deref());
    }
    log.write(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("example.com/a b/main.go"), "example.com/a%20b/main.go");
        assert_eq!(uri("C:\\x.go"), "C%3A/x.go");
    }
}
