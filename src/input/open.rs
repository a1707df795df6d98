//! From bytes, a reader or a file to an [`Input`].

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::kind::Kind;
use super::{Input, inflate};
use crate::asm;
use crate::error::Result;
use crate::format::{Format, detect};
use crate::limits::Limits;
use crate::text::utf16;

impl<'a> Input<'a> {
    /// Recognises bytes, gzipped or not; a slice is borrowed.
    ///
    /// # Errors
    /// A damaged gzip stream, and `Limit`. Other errors show when the content is opened.
    pub fn parse(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self> {
        Self::parse_with(bytes, &Limits::DEFAULT)
    }

    /// As [`parse`](Self::parse), within `limits`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    ///
    /// # Cost
    /// Linear in the inflated bytes; of a profile only the first 64 KiB are inflated. UTF-16 is converted
    /// once.
    pub fn parse_with(bytes: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Self> {
        let mut bytes = bytes.into();
        let mut format = detect(&bytes);
        let is_compressed = format == Format::Gzip;
        if is_compressed {
            format = detect(&inflate::head(&bytes, limits)?);
            if format != Format::Pprof {
                bytes = Cow::Owned(inflate::whole(&bytes, limits)?);
            }
            if matches!(format, Format::Text | Format::Json) {
                format = detect(&bytes);
            }
        }
        if format == Format::Utf16 {
            bytes = Cow::Owned(utf16::decode(&bytes).into_owned());
            format = detect(&bytes);
        }
        let kind = Kind::new(format, &bytes);
        if kind == Some(Kind::Compiler) {
            bytes = unwrapped(bytes)?;
        }
        Ok(Self { bytes, format, kind, is_compressed, limits: *limits })
    }

    /// As [`parse_with`](Self::parse_with), but of the given `kind`, whatever the bytes look like: nothing is
    /// recognised, and what is wrong with them shows when the content is opened.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_as(kind: Kind, bytes: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Self> {
        let mut bytes = bytes.into();
        let is_compressed = detect(&bytes) == Format::Gzip;
        if is_compressed && kind != Kind::Profile {
            bytes = Cow::Owned(inflate::whole(&bytes, limits)?);
        }
        if kind == Kind::Compiler {
            bytes = unwrapped(bytes)?;
        }
        Ok(Self { format: detect(&bytes), bytes, kind: Some(kind), is_compressed, limits: *limits })
    }

    /// How many bytes there are, inflated. Those of a gzipped profile are counted piece by piece.
    ///
    /// # Errors
    /// A damaged gzip stream, and `Limit`.
    pub fn inflated_len(&self) -> Result<u64> {
        if detect(&self.bytes) == Format::Gzip {
            inflate::len(&self.bytes, &self.limits)
        } else {
            Ok(self.bytes.len() as u64)
        }
    }

    /// The bytes, without a copy where they are owned.
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        self.bytes
    }
}

impl Input<'static> {
    /// Reads everything from `reader`, and recognises it.
    ///
    /// # Errors
    /// Those of `reader`, and those of [`parse`](Self::parse).
    pub fn read(mut reader: impl Read) -> Result<Self> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        Self::parse(bytes)
    }

    /// Reads the file at `path`, and recognises it.
    ///
    /// # Errors
    /// Those of reading the file, and those of [`parse`](Self::parse).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::parse(std::fs::read(path)?)
    }
}

/// Compiler output without what JSON and terminals wrap it in.
fn unwrapped(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>> {
    let text = match asm::plain(&bytes)? {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    };
    Ok(text.map_or(bytes, Cow::Owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_borrows_stays_borrowed() {
        let text: &[u8] = b"./a.go:3:6: can inline f\n";
        let input = Input::parse(text).unwrap();
        assert_eq!(input.kind(), Some(Kind::Compiler));
        assert!(matches!(input.into_bytes(), Cow::Borrowed(_)));
        let coloured: &[u8] = b"\x1b[31m./a.go:1:2:\x1b[0m can inline f\n";
        assert!(matches!(Input::parse(coloured).unwrap().into_bytes(), Cow::Owned(_)));
        assert_eq!(Input::parse(&b"<html>"[..]).unwrap().kind(), None);
    }

    #[test]
    fn a_kind_that_was_said_is_not_doubted() {
        let text: &[u8] = b"nothing that anybody knows\n";
        assert_eq!(Input::parse(text).unwrap().kind(), None);
        let input = Input::parse_as(Kind::Compiler, text, &Limits::DEFAULT).unwrap();
        assert_eq!(input.compiler(&asm::Options::default()).unwrap().counts().unclassified, 1);
        let input = Input::parse_as(Kind::Trace, text, &Limits::DEFAULT).unwrap();
        assert!(input.content().is_err());
    }
}
