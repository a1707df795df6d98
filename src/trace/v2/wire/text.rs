//! The text form of traces of Go 1.22 and later: one line per event, written by hand in tests and by tools.
//!
//! ```text
//! Trace Go1.22
//! EventBatch gen=1 m=18446744073709551615 time=1 size=4
//! Strings
//! String id=1
//!     data="hello"
//! ```
//!
//! Source: `src/internal/trace/raw` of Go 1.27. The size of a batch is taken from the text even if it is
//! wrong, so that the text can describe a malformed trace, too.

use super::raw::{RawEvent, RawEvents, has_data};
use super::spec::{EventSpec, code};
use crate::error::{Error, ErrorKind, Result};
use crate::text::quote::{quote, unquote};
use crate::trace::header::Version;
use std::borrow::Cow;
use std::io::Write;

/// The names of a frame's numbers.
const FRAME: [&str; 4] = ["pc", "func", "file", "line"];

/// Writes all events of a trace as text, with the header line.
///
/// # Errors
/// Those of [`RawEvents`], and of `out`.
pub fn write_text(input: &[u8], out: &mut impl Write) -> Result<()> {
    let mut events = RawEvents::new(input)?;
    writeln!(out, "Trace Go1.{}", events.version().minor())?;
    let mut line = Vec::new();
    while let Some(event) = events.next_event()? {
        line.clear();
        append(&mut line, &event);
        out.write_all(&line)?;
    }
    Ok(())
}

/// Appends one event with its line end.
fn append(out: &mut Vec<u8>, event: &RawEvent<'_>) {
    out.extend_from_slice(event.spec.name.as_bytes());
    for (name, number) in event.spec.args.iter().zip(event.args()) {
        argument(out, b' ', name, *number);
    }
    for frame in event.frames() {
        out.push(b'\n');
        for (index, (name, number)) in FRAME.iter().zip(frame).enumerate() {
            argument(out, if index == 0 { b'\t' } else { b' ' }, name, number);
        }
    }
    // Go writes no line for no bytes, and then its own reader of the text fails: so the line is written here.
    if let Some(data) = event.data() {
        out.extend_from_slice(b"\n\tdata=");
        quote(out, data);
    }
    out.push(b'\n');
}

fn argument(out: &mut Vec<u8>, before: u8, name: &str, number: u64) {
    out.push(before);
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    out.extend_from_slice(number.to_string().as_bytes());
}

/// Reads the text form, and returns the trace that it describes.
///
/// ```
/// use godiag::trace::wire::parse_text;
/// let trace = parse_text(b"Trace Go1.26\nEndOfGeneration # nothing else\n");
/// assert!(trace.is_err()); // a comment must be on a line of its own
/// let trace = parse_text(b"Trace Go1.26\n# nothing else\nEndOfGeneration\n")?;
/// assert_eq!(trace, b"go 1.26 trace\0\0\0\x34");
/// # Ok::<(), godiag::Error>(())
/// ```
///
/// # Errors
/// With line and column: [`ErrorKind::BadMagic`] and [`ErrorKind::UnsupportedVersion`] in the header line,
/// [`ErrorKind::UnknownEvent`], [`ErrorKind::BadArity`] for missing, misnamed, malformed or surplus
/// arguments, [`ErrorKind::Truncated`] where frames or data are missing.
pub fn parse_text(text: &[u8]) -> Result<Vec<u8>> {
    let mut lines = Lines { text, number: 0 };
    let Some(header) = lines.next() else { return Err(Error::new(ErrorKind::Empty).at_line(1, 0)) };
    let version = parse_header(header)?;
    let mut out = version.header().to_vec();
    while let Some(mut line) = lines.next() {
        let name = line.token();
        let known = |spec: &&EventSpec| spec.since <= version.minor();
        let Some(spec) = EventSpec::named(name).filter(known) else {
            return Err(line.fault(ErrorKind::UnknownEvent, "no event of this format has this name"));
        };
        out.push(spec.code);
        let mut frames = 0;
        for name in spec.args {
            frames = line.argument(name, &mut out)?;
        }
        line.end()?;
        if spec.code == code::STACK {
            for _ in 0..frames {
                let Some(mut line) = lines.next() else {
                    return Err(lines.cut("frames are missing"));
                };
                for name in FRAME {
                    line.argument(name, &mut out)?;
                }
                line.end()?;
            }
        }
        if has_data(spec) {
            let Some(line) = lines.next() else { return Err(lines.cut("data is missing")) };
            let data = line.data()?;
            varint(&mut out, data.len() as u64);
            out.extend_from_slice(&data);
        }
    }
    Ok(out)
}

fn parse_header(mut line: Line<'_>) -> Result<Version> {
    if line.token() != b"Trace" {
        return Err(line.fault(ErrorKind::BadMagic, "the text form begins with Trace Go1.N"));
    }
    let version = line.token();
    let Some(minor) = version.strip_prefix(b"Go1.").and_then(number) else {
        return Err(line.fault(ErrorKind::BadMagic, "the text form begins with Trace Go1.N"));
    };
    let version = Version::ALL.into_iter().find(|version| u64::from(version.minor()) == minor);
    let Some(version) = version.filter(|version| version.is_v2()) else {
        return Err(
            line.fault(ErrorKind::UnsupportedVersion, "the text form is for Go 1.22, 1.23, 1.25 and 1.26")
        );
    };
    line.end()?;
    Ok(version)
}

/// Lines that are neither empty nor comments.
struct Lines<'a> {
    text: &'a [u8],
    number: u64,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        while !self.text.is_empty() {
            let end = memchr::memchr(b'\n', self.text).unwrap_or(self.text.len());
            let (line, rest) = self.text.split_at(end);
            self.text = rest.get(1..).unwrap_or_default();
            self.number += 1;
            let text = line.trim_ascii();
            if !matches!(text.first(), None | Some(b'#')) {
                return Some(Line { whole: line, rest: line, number: self.number });
            }
        }
        None
    }

    fn cut(&self, detail: &str) -> Error {
        Error::new(ErrorKind::Truncated).at_line(self.number + 1, 0).detail(detail)
    }
}

/// One line, read word by word.
struct Line<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    number: u64,
}

impl<'a> Line<'a> {
    /// The next word: up to white space or `#`.
    fn token(&mut self) -> &'a [u8] {
        self.rest = self.rest.trim_ascii_start();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'#' | 0x0b);
        let end = self.rest.iter().position(ends).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        token
    }

    /// Reads `name=number` and writes the number.
    fn argument(&mut self, name: &str, out: &mut Vec<u8>) -> Result<u64> {
        let token = self.token();
        let value = token.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
        let Some(number) = value.and_then(number) else {
            return Err(self.fault(ErrorKind::BadArity, format!("{name}=number is expected")));
        };
        varint(out, number);
        Ok(number)
    }

    /// Nothing but white space may follow.
    fn end(&self) -> Result<()> {
        if self.rest.trim_ascii().is_empty() {
            return Ok(());
        }
        Err(self.fault(ErrorKind::BadArity, "something follows the last argument"))
    }

    /// `data=` and a quoted string.
    fn data(&self) -> Result<Vec<u8>> {
        let (name, text) = match memchr::memchr(b'=', self.rest) {
            Some(index) => self.rest.split_at(index),
            None => (self.rest, &[][..]),
        };
        let quoted = text.strip_prefix(b"=").unwrap_or_default();
        let data = if name.trim_ascii() == b"data" {
            unquote(quoted.trim_ascii()).map(Cow::into_owned)
        } else {
            None
        };
        data.ok_or_else(|| self.fault(ErrorKind::BadArity, "data=\"quoted string\" is expected"))
    }

    #[cold]
    fn fault(&self, kind: ErrorKind, detail: impl Into<String>) -> Error {
        let column = (self.whole.len() - self.rest.len()) as u64 + 1;
        Error::new(kind).at_line(self.number, column).detail(detail)
    }
}

/// A decimal number without sign.
fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |sum, &digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Appends a number as short as possible.
fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Trace Go1.26\n\
        EventBatch gen=1 m=18446744073709551615 time=7 size=9\n\
        Strings\n\
        String id=1\n\tdata=\"a\\\"\\xff\"\n\
        EventBatch gen=1 m=18446744073709551615 time=7 size=9\n\
        Stacks\n\
        Stack id=3 nframes=2\n\tpc=1 func=1 file=1 line=300\n\tpc=2 func=1 file=1 line=0\n\
        EventBatch gen=1 m=4 time=7 size=3\n\
        GoStart dt=1 g=2 g_seq=3\n\
        ExperimentalBatch exp=1 gen=1 m=4 time=9\n\tdata=\"\"\n\
        EndOfGeneration\n";

    #[test]
    fn text_to_trace_to_text() {
        let trace = parse_text(TEXT.as_bytes()).unwrap();
        let mut text = Vec::new();
        write_text(&trace, &mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), TEXT);
    }

    #[test]
    fn errors_have_line_and_column() {
        for (text, kind, position) in [
            ("", ErrorKind::Empty, (1, 0)),
            ("Trace Go1.21\n", ErrorKind::UnsupportedVersion, (1, 13)),
            ("\n\nHello", ErrorKind::BadMagic, (3, 6)),
            ("Trace Go1.22\nGoSwitch dt=1 g=1 g_seq=1", ErrorKind::UnknownEvent, (2, 9)),
            ("Trace Go1.22\nGoStart dt=1 g=1", ErrorKind::BadArity, (2, 17)),
            ("Trace Go1.22\nGoStart dt=1 g=x g_seq=1", ErrorKind::BadArity, (2, 17)),
            ("Trace Go1.22\nGoStart dt=1 g=1 g_seq=1 #", ErrorKind::BadArity, (2, 25)),
            ("Trace Go1.22\nStack id=1 nframes=1\n", ErrorKind::Truncated, (3, 0)),
            ("Trace Go1.22\nString id=1\ndata=1", ErrorKind::BadArity, (3, 1)),
        ] {
            let error = parse_text(text.as_bytes()).unwrap_err();
            assert_eq!((error.kind(), error.line_column()), (kind, Some(position)), "{text:?}");
        }
    }
}
