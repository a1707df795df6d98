//! A SARIF log with one run: its rules and results, in the terms of the specification.

use std::io::{self, Write};

use super::roots::Roots;
use crate::text::json;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// How much a result matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// Good to know.
    #[default]
    Note,
    /// Costs something.
    Warning,
    /// Has to be changed.
    Error,
}

impl Level {
    /// The level as SARIF spells it.
    const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
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

/// A place in a source file.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// The path, absolute or relative to the root of the sources.
    pub file: &'a [u8],
    /// The line, from 1; 0 if it is not known.
    pub line: u32,
    /// The column in bytes, from 1; 0 if it is not known.
    pub column: u32,
}

/// One result of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunResult<'a> {
    /// How much it matters.
    pub level: Level,
    /// What was found, as a sentence.
    pub message: &'a str,
    /// Where.
    pub location: Option<Location<'a>>,
    /// The full name of the function that it is about.
    pub function: Option<&'a str>,
    /// The import path of the function's package.
    pub package: Option<&'a str>,
    /// What stays the same from run to run, so that a code host sees one result and not two.
    pub fingerprint: Option<&'a str>,
    /// Whether it was known before, or is not of interest.
    pub is_suppressed: bool,
}

/// A log with one run.
///
/// ```
/// use godiag::export::sarif::{Level, Location, Log, Rule, RunResult};
/// let mut log = Log::new();
/// let rule = log.rule(Rule { id: "box", title: "a value is boxed", help: "Pass a pointer." });
/// log.result(rule, &RunResult {
///     level: Level::Warning,
///     message: "boxes an int",
///     location: Some(Location { file: b"main.go", line: 7, column: 0 }),
///     function: Some("main.f"),
///     ..RunResult::default()
/// });
/// let mut out = Vec::new();
/// log.write(&mut out)?;
/// assert!(String::from_utf8_lossy(&out).contains("\"startLine\":7"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Log<'a> {
    rules: Vec<Rule<'a>>,
    roots: Roots,
    /// What holds for the whole run, by name.
    properties: Vec<(&'a str, &'a str)>,
    /// The results as JSON, with commas between them.
    results: String,
}

impl<'a> Log<'a> {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the paths of results that are added later relative to the root of the sources.
    #[must_use]
    pub fn with_roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Adds a property of the run.
    #[must_use]
    pub fn with_property(mut self, name: &'a str, value: &'a str) -> Self {
        self.properties.push((name, value));
        self
    }

    /// The handle of a rule, which is added unless there is one of its id.
    pub fn rule(&mut self, rule: Rule<'a>) -> RuleIndex {
        let known = self.rules.iter().position(|other| other.id == rule.id);
        RuleIndex(known.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len() - 1
        }))
    }

    /// Adds a result.
    pub fn result(&mut self, rule: RuleIndex, result: &RunResult<'_>) {
        let id = self.rules.get(rule.0).map_or("", |rule| rule.id);
        let out = &mut self.results;
        out.push_str(if out.is_empty() { "\n{\"ruleId\":" } else { ",\n{\"ruleId\":" });
        json::push_string(out, id);
        let (index, level) = (rule.0, result.level.name());
        out.push_str(&format!(",\"ruleIndex\":{index},\"level\":\"{level}\",\"message\":{{\"text\":"));
        json::push_string(out, result.message);
        out.push_str("},\"locations\":[{");
        if let Some(location) = result.location {
            push_physical_location(location, &self.roots, out);
        }
        if let Some(function) = result.function {
            out.push_str(if result.location.is_some() {
                ",\"logicalLocations\":[{"
            } else {
                "\"logicalLocations\":[{"
            });
            out.push_str("\"kind\":\"function\",\"fullyQualifiedName\":");
            json::push_string(out, function);
            out.push_str("}]");
        }
        out.push_str("}]");
        if let Some(fingerprint) = result.fingerprint {
            out.push_str(",\"partialFingerprints\":{\"godiagCause/v1\":");
            json::push_string(out, fingerprint);
            out.push('}');
        }
        if result.is_suppressed {
            out.push_str(",\"suppressions\":[{\"kind\":\"external\"}]");
        }
        if let Some(package) = result.package {
            out.push_str(",\"properties\":{\"package\":");
            json::push_string(out, package);
            out.push('}');
        }
        out.push('}');
    }

    /// Writes the log.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let mut head =
            format!("{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{");
        head.push_str("\"name\":\"godiag\",\"version\":");
        json::push_string(&mut head, env!("CARGO_PKG_VERSION"));
        head.push_str(",\"rules\":[");
        for (index, rule) in self.rules.iter().enumerate() {
            head.push_str(if index == 0 { "\n{\"id\":" } else { ",\n{\"id\":" });
            json::push_string(&mut head, rule.id);
            head.push_str(",\"shortDescription\":{\"text\":");
            json::push_string(&mut head, rule.title);
            head.push_str("},\"help\":{\"text\":");
            json::push_string(&mut head, rule.help);
            head.push_str("}}");
        }
        head.push_str("]}},");
        if !self.properties.is_empty() {
            head.push_str("\"properties\":{");
            for (index, (name, value)) in self.properties.iter().enumerate() {
                head.push_str(if index == 0 { "" } else { "," });
                json::push_string(&mut head, name);
                head.push(':');
                json::push_string(&mut head, value);
            }
            head.push_str("},");
        }
        head.push_str("\"results\":[");
        out.write_all(head.as_bytes())?;
        out.write_all(self.results.as_bytes())?;
        out.write_all(b"]}]}\n")
    }
}

fn push_physical_location(location: Location<'_>, roots: &Roots, out: &mut String) {
    out.push_str("\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    json::push_string(out, &uri(&roots.relative(location.file)));
    out.push('}');
    if location.line > 0 {
        out.push_str(&format!(",\"region\":{{\"startLine\":{}", location.line));
        if location.column > 0 {
            out.push_str(&format!(",\"startColumn\":{}", location.column));
        }
        out.push('}');
    }
    out.push('}');
}

/// A path as a URI reference: a relative path stays relative, an absolute one is a `file` URI, and what a URI
/// cannot hold is percent-encoded.
fn uri(path: &[u8]) -> String {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let mut out = String::with_capacity(path.len() + 8);
    let mut rest = path;
    if let [drive, b':', b'/' | b'\\', ..] = path {
        if drive.is_ascii_alphabetic() {
            out.push_str("file:///");
            out.extend([char::from(*drive), ':']);
            rest = &path[2..];
        }
    } else if path.starts_with(b"/") {
        out.push_str("file://");
    }
    for byte in rest {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(*byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' | b',' => out.push(char::from(*byte)),
            b'\\' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri(b"./gen dir/a:b.go"), "gen%20dir/a%3Ab.go");
        assert_eq!(uri(b"example.com/a b/main.go"), "example.com/a%20b/main.go");
        assert_eq!(uri("/src/日.go".as_bytes()), "file:///src/%E6%97%A5.go");
        assert_eq!(uri(b"C:\\src\\x.go"), "file:///C:/src/x.go");
        assert_eq!(uri(b"1:/x.go"), "1%3A/x.go");
    }
}
