//! A baseline as a file: JSON Lines, a header and then one object per function, sorted, without paths and
//! line numbers, so that a difference between two of them is small and says what changed.

use std::io::{self, Read};
use std::path::Path;

use super::baseline::Baseline;
use super::build::Build;
use super::record::Record;
use crate::asm::analysis::Metrics;
use crate::asm::text::header::Abi;
use crate::asm::text::json::Object;
use crate::error::{Error, ErrorKind, Result};
use crate::text::json::push_string;

const FORMAT: &str = "godiag-asm-baseline";
const VERSION: u32 = 1;

impl Baseline {
    /// Writes the baseline as JSON Lines.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json_lines(&self, mut out: impl io::Write) -> io::Result<()> {
        let mut line = String::new();
        line.push_str(&format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION}"));
        for (name, value) in self.build.fields() {
            line.push_str(&format!(",\"{name}\":"));
            push_string(&mut line, value);
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes())?;
        for record in &self.functions {
            line.clear();
            line.push_str("{\"pkg\":");
            push_string(&mut line, &record.package);
            line.push_str(",\"fn\":");
            push_string(&mut line, &record.name);
            let abi = if record.abi == Abi::Internal { 1 } else { 0 };
            line.push_str(&format!(
                ",\"abi\":{abi},\"n\":{},\"fp\":\"{:016x}\"",
                record.occurrence, record.fingerprint
            ));
            if let Some(cost) = record.inline_cost {
                line.push_str(&format!(",\"inline_cost\":{cost}"));
            }
            if record.cannot_inline {
                line.push_str(",\"cannot_inline\":true");
            }
            for (name, value) in record.metrics.fields().filter(|(_, value)| *value > 0) {
                line.push_str(&format!(",\"{name}\":{value}"));
            }
            line.push_str("}\n");
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and `Io`.
    pub fn read(mut input: impl Read) -> Result<Self> {
        let mut text = Vec::new();
        input.read_to_end(&mut text)?;
        Self::parse(&text)
    }

    /// Reads the baseline in the file at `path`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(std::fs::File::open(path)?)
    }

    /// Parses a baseline.
    ///
    /// # Errors
    /// `Baseline` for text that is no baseline, with the number of the first bad line; `UnsupportedVersion`
    /// for another version of the format.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let mut lines =
            (1u64..).zip(text.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
        let bad = |number, what: &str| Error::new(ErrorKind::Baseline).at_line(number, 0).detail(what);
        let (number, first) = lines.next().ok_or_else(|| bad(1, "the baseline is empty"))?;
        let header = Object::parse(first).ok_or_else(|| bad(number, "the header is no JSON object"))?;
        if header.string(b"format").as_deref() != Some(FORMAT.as_bytes()) {
            return Err(bad(number, "this is not a baseline of godiag asm metrics"));
        }
        if header.number(b"version") != Some(VERSION) {
            return Err(Error::new(ErrorKind::UnsupportedVersion).at_line(number, 0));
        }
        let text = |object: &Object<'_>, key: &str| {
            object
                .string(key.as_bytes())
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .unwrap_or_default()
        };
        let build = Build {
            go_version: text(&header, "go_version"),
            goos: text(&header, "goos"),
            goarch: text(&header, "goarch"),
            variant: text(&header, "variant"),
            tags: text(&header, "tags"),
            gcflags: text(&header, "gcflags"),
            pgo: text(&header, "pgo"),
        };
        let mut functions = Vec::new();
        for (number, line) in lines {
            let object = Object::parse(line).ok_or_else(|| bad(number, "not a JSON object"))?;
            if !object.has(b"fn") {
                return Err(bad(number, "a function without a name"));
            }
            functions.push(Record {
                package: text(&object, "pkg"),
                name: text(&object, "fn"),
                abi: if object.number(b"abi") == Some(1) { Abi::Internal } else { Abi::Abi0 },
                occurrence: object.number(b"n").unwrap_or(0),
                fingerprint: u64::from_str_radix(&text(&object, "fp"), 16).unwrap_or(0),
                inline_cost: object.number(b"inline_cost"),
                cannot_inline: object.raw(b"cannot_inline") == Some(b"true"),
                metrics: Metrics::from_fields(|name| object.number(name.as_bytes())),
                place: None,
            });
        }
        Ok(Self { build, functions })
    }
}
