//! Reading a profile into memory, decoded.

use std::io::Read;
use std::path::Path;

use super::{repair, text};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget;
use crate::pprof::decode::explain::instead;
use crate::pprof::decode::unknown::Unknown;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::{self, Profile};
use crate::pprof::rule::Defects;
use crate::pprof::source::inflate;

impl Profile {
    /// Reads the profile in `input`, gzipped or not: protobuf, Go's text forms (debug=1 and debug=2), or one
    /// of the older forms of gperftools, Java and jemalloc.
    ///
    /// # Errors
    /// Those of [`decompress`](crate::pprof::decompress); what is wrong with the protobuf message, at its
    /// offset in the decompressed input; the first rule of validity that it breaks.
    ///
    /// # Cost
    /// Linear, about 2 ns per byte; under 200 allocations.
    #[doc(alias = "ParseData")]
    #[doc(alias = "Parse")]
    pub fn parse(input: &[u8]) -> Result<Self> {
        Self::parse_with(input, &ReadOptions::strict()).map(|(profile, _)| profile)
    }

    /// Reads a profile from `input`, gzipped or not.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and `Io`.
    pub fn read(input: impl Read) -> Result<Self> {
        Self::parse(&inflate::read_all(input, &Limits::DEFAULT)?)
    }

    /// Reads the profile in the file at `path`, gzipped or not.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(std::fs::File::open(path).map_err(Error::from)?)
    }

    /// Reads the profile in `input`, gzipped or not, as `options` say. Strict reading reports no defects.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); in lenient mode `Limit`, and where not a single field is whole.
    pub fn parse_with(input: &[u8], options: &ReadOptions) -> Result<(Self, Defects)> {
        if !options.lenient {
            let message = inflate::decompress(input, &options.limits)?;
            if let Some(text) = text::read(&message, None, options) {
                return text;
            }
            let mut profile = profile::from_message(&message, &options.limits)?;
            if options.unknown_fields {
                profile.unknown = Some(Box::new(Unknown::collect(&message)?));
            }
            return Ok((profile, Defects::default()));
        }
        let (message, damage) = inflate::decompress_prefix(input, &options.limits)?;
        if let Some(text) = text::read(&message, damage.as_ref(), options) {
            return text;
        }
        budget::within(&message, &options.limits)?;
        let (profile, defects) = repair::repair(&message, damage.as_ref(), &mut |_, _| {});
        match &defects.damage {
            Some(found) if found.whole_fields == 0 => Err(damage.unwrap_or_else(|| refused(&message))),
            // Text may pass for fields that mean nothing.
            _ if profile.sample_types().is_empty() && instead(&message).is_some() => Err(refused(&message)),
            _ => Ok((profile, defects)),
        }
    }
}

/// What strict reading says about a message that has not a single whole field.
#[cold]
fn refused(message: &[u8]) -> Error {
    profile::from_message(message, &Limits::DEFAULT).err().unwrap_or_else(|| Error::new(ErrorKind::Empty))
}
