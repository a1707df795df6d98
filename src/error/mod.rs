//! Errors of every room: what is wrong, where, and what to do about it.
//!
//! Decoders work with the 16-byte [`Fault`]; at a room's door it becomes, once and on the cold path, the
//! public [`Error`]: one pointer wide, with the byte offset (or line) and the path of the field that was
//! being read.

mod kind;

pub use kind::ErrorKind;

use std::fmt;

/// The result of every fallible function in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What a decoder's hot path returns: the kind, and the offset in the input it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: u64,
    pub(crate) kind: ErrorKind,
}

impl Fault {
    #[cold]
    pub(crate) const fn new(kind: ErrorKind, at: u64) -> Self {
        Self { at, kind }
    }
}

/// Why an input could not be read, and where.
///
/// One pointer wide. The text is at most a few hundred bytes however large the input is, and has no control
/// characters.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    at: Position,
    path: String,
    detail: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Clone, Copy)]
enum Position {
    Nowhere,
    Byte(u64),
    Line { line: u64, column: u64 },
}

/// Longest path or detail text that an error keeps, in bytes.
const MAX_TEXT: usize = 200;

impl Error {
    /// An error of `kind`, at no offset yet.
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            at: Position::Nowhere,
            path: String::new(),
            detail: String::new(),
            source: None,
        }))
    }

    /// Sets the byte offset.
    #[must_use]
    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.0.at = Position::Byte(offset);
        self
    }

    /// Sets the line and column of a text input, both counted from 1.
    #[must_use]
    pub(crate) fn at_line(mut self, line: u64, column: u64) -> Self {
        self.0.at = Position::Line { line, column };
        self
    }

    /// Sets the path of the field that was being read, such as `sample[17].location_id[3]`.
    #[must_use]
    pub(crate) fn path(mut self, path: impl Into<String>) -> Self {
        self.0.path = clean(path.into());
        self
    }

    /// Sets the sentence that says what the input is instead, or what to do.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = clean(detail.into());
        self
    }

    /// Sets the error that caused this one.
    #[must_use]
    pub(crate) fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The byte offset at which it was found, in the *decompressed* input unless the kind is one of gzip's.
    pub fn offset(&self) -> Option<u64> {
        match self.0.at {
            Position::Byte(offset) => Some(offset),
            Position::Nowhere | Position::Line { .. } => None,
        }
    }

    /// The line and column of a text input, both counted from 1.
    pub fn line_column(&self) -> Option<(u64, u64)> {
        match self.0.at {
            Position::Line { line, column } => Some((line, column)),
            Position::Nowhere | Position::Byte(_) => None,
        }
    }

    /// The path of the field that was being read; empty if there is none.
    pub fn field_path(&self) -> &str {
        &self.0.path
    }

    /// What the input seems to be instead, or what to do; empty where there is nothing to add.
    pub fn hint(&self) -> &str {
        &self.0.detail
    }

    /// The input ends before the data does.
    pub fn is_truncated(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Truncated | ErrorKind::LengthPastEnd | ErrorKind::GzipTruncated | ErrorKind::Empty
        )
    }

    /// A maximum of [`Limits`](crate::Limits) was reached; raise it to read the input.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind(), ErrorKind::Limit)
    }

    /// The input is of a recognised format or version that this build does not read.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unsupported | ErrorKind::UnsupportedVersion)
    }

    /// Reading or writing failed, not the data.
    pub fn is_io(&self) -> bool {
        matches!(self.kind(), ErrorKind::Io)
    }
}

/// Keeps a text short and free of control characters, so that an error can be printed anywhere.
fn clean(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        let cut = (0..=MAX_TEXT).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    if text.chars().any(char::is_control) {
        text = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    }
    text
}

impl From<Fault> for Error {
    #[cold]
    fn from(fault: Fault) -> Self {
        Self::new(fault.kind).at(fault.at)
    }
}

impl From<std::io::Error> for Error {
    #[cold]
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io).because(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}", inner.kind)?;
        match inner.at {
            Position::Nowhere => {}
            Position::Byte(offset) => write!(f, " at byte {offset}")?,
            Position::Line { line, column: 0 } => write!(f, " at line {line}")?,
            Position::Line { line, column } => write!(f, " at line {line}, column {column}")?,
        }
        if !inner.path.is_empty() {
            write!(f, " in {}", inner.path)?;
        }
        if !inner.detail.is_empty() {
            write!(f, ": {}", inner.detail)?;
        }
        if let Some(source) = &inner.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.kind().name())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_16_bytes_and_an_error_one_pointer() {
        assert_eq!(size_of::<Fault>(), 16);
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn the_text_is_short_and_printable() {
        let error = Error::new(ErrorKind::WireType).at(7).path("\x1b[2J").detail("x".repeat(10_000));
        let text = error.to_string();
        assert!(text.len() < 512 && !text.contains('\x1b'), "{text}");
        assert!(text.contains("at byte 7"), "{text}");
    }
}
