//! The optimizer's JSON log, `-json=0,DIR` (`cmd/compile/internal/logopt/log_opts.go`): one object per line.
//! The first one of each file is a header that names the toolchain, the machine and the source file.

use std::borrow::Cow;

use super::text::json::{Object, elements};
use super::text::position::Pos;

/// What the header of a log says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogHeader<'a> {
    /// Import path of the package.
    pub package: Cow<'a, [u8]>,
    /// GOOS.
    pub goos: Cow<'a, [u8]>,
    /// GOARCH.
    pub goarch: Cow<'a, [u8]>,
    /// The toolchain, such as `go1.27.3`.
    pub go_version: Cow<'a, [u8]>,
    /// The source file.
    pub file: Cow<'a, [u8]>,
}

/// One record of a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LogRecord<'a> {
    /// The header above it: an index into [`log_headers`](super::CompilerOutput::log_headers).
    pub header: Option<u32>,
    /// What it is about.
    pub code: LogCode,
    /// The line, from 1.
    pub source_line: u32,
    /// The column, from 1; 0 where it is not known.
    pub column: u32,
    /// The message; empty where the code says everything.
    pub message: Cow<'a, [u8]>,
    /// The related messages: the inline stack (`inlineLoc`) and the steps of an escape flow.
    pub related: Vec<Cow<'a, [u8]>>,
    /// The line in the input, from 1.
    pub line: u32,
}

/// What a [`LogRecord`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LogCode {
    /// A function can be inlined; the message has its cost.
    CanInlineFunction,
    /// A function cannot be inlined; the message says why.
    CannotInlineFunction,
    /// A call was not inlined.
    CannotInlineCall,
    /// A value escapes. There are two records per site; the one with a message has the flow.
    Escape,
    /// A parameter leaks.
    Leak,
    /// A nil check stays.
    NilCheck,
    /// The bounds check of an index stays.
    IsInBounds,
    /// The bounds check of a slice expression stays.
    IsSliceInBounds,
    /// A copy of 128 bytes or more; the message has the size.
    Copy,
    /// Another code.
    Other,
}

impl LogCode {
    fn parse(code: &[u8]) -> Self {
        match code {
            b"canInlineFunction" => Self::CanInlineFunction,
            b"cannotInlineFunction" => Self::CannotInlineFunction,
            b"cannotInlineCall" => Self::CannotInlineCall,
            b"escape" | b"escapes" => Self::Escape,
            b"leak" => Self::Leak,
            b"nilcheck" => Self::NilCheck,
            b"isInBounds" => Self::IsInBounds,
            b"isSliceInBounds" => Self::IsSliceInBounds,
            b"copy" => Self::Copy,
            _ => Self::Other,
        }
    }
}

/// All logs of an input, in order.
#[derive(Debug, Default)]
pub(crate) struct Logs<'a> {
    pub(crate) headers: Vec<LogHeader<'a>>,
    pub(crate) records: Vec<LogRecord<'a>>,
}

impl<'a> Logs<'a> {
    /// Adds one line; false where it is no whole record.
    pub(crate) fn add(&mut self, text: &'a [u8], line: u32) -> bool {
        let Some(object) = Object::parse(text) else { return false };
        if object.has(b"version") {
            let text = |key: &[u8]| object.string(key).unwrap_or_default();
            self.headers.push(LogHeader {
                package: text(b"package"),
                goos: text(b"goos"),
                goarch: text(b"goarch"),
                go_version: text(b"gc_version"),
                file: text(b"file"),
            });
            return true;
        }
        let start = object.object(b"range").and_then(|range| range.object(b"start"));
        let (Some(start), Some(code)) = (start, object.string(b"code")) else { return false };
        let related = object.raw(b"relatedInformation").map(elements).into_iter().flatten();
        self.records.push(LogRecord {
            header: self.headers.len().checked_sub(1).map(|last| last as u32),
            code: LogCode::parse(&code),
            source_line: start.number(b"line").unwrap_or(0),
            column: start.number(b"character").unwrap_or(0),
            message: object.string(b"message").unwrap_or_default(),
            related: related.filter_map(|item| Object::parse(item)?.string(b"message")).collect(),
            line,
        });
        true
    }

    /// The source position of a record.
    pub(crate) fn position<'l>(&'l self, record: &LogRecord<'_>) -> Pos<'l> {
        let header = record.header.and_then(|index| self.headers.get(index as usize));
        Pos {
            file: header.map_or(&[], |header| &header.file),
            line: record.source_line,
            column: record.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_and_a_record() {
        let mut logs = Logs::default();
        assert!(logs.add(br#"{"version":0,"package":"p","goos":"linux","goarch":"amd64","gc_version":"go1.27.3","file":"/p/a.go"}"#, 1));
        assert!(logs.add(br#"{"range":{"start":{"line":8,"character":10},"end":{"line":8,"character":10}},"severity":3,"code":"isInBounds","source":"go compiler","message":"","relatedInformation":[{"location":{},"message":"inlineLoc"}]}"#, 2));
        assert!(!logs.add(br#"{"range":{"start""#, 3));
        let record = &logs.records[0];
        assert_eq!((record.code, record.related.len()), (LogCode::IsInBounds, 1));
        assert_eq!(logs.position(record).to_string(), "/p/a.go:8:10");
    }
}
