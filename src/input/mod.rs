//! The door: anything that godiag reads, from bytes or a file, recognised, inflated and opened.
//!
//! ```text
//! bytes → format → kind → profile | goroutine dump | trace | compiler output
//! ```
//!
//! An [`Input`] holds the bytes; its models borrow from it. A gzipped profile stays compressed, since its
//! reader inflates it piece by piece; everything else is inflated once.

mod inflate;
mod kind;
mod open;

pub use kind::Kind;

use std::borrow::Cow;

use crate::asm::{self, CompilerOutput};
use crate::error::{Error, ErrorKind, Result};
use crate::format::Format;
use crate::limits::Limits;
use crate::pprof::{AnyProfile, GoroutineDump, Profile, ReadOptions};
use crate::trace::{self, Reader};

/// Bytes of anything that godiag reads, and what they are.
///
/// ```
/// use godiag::{Content, Input};
/// let input = Input::parse(b"goroutine 1 [running]:\nmain.main()\n\t/app/main.go:5 +0x18\n")?;
/// let Content::Goroutines(dump) = input.content()? else { panic!("a goroutine dump") };
/// assert_eq!(dump.goroutines().len(), 1);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// Inflated, but for profiles.
    bytes: Cow<'a, [u8]>,
    format: Format,
    kind: Option<Kind>,
    is_compressed: bool,
    limits: Limits,
}

/// What an [`Input`] holds, opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Content<'i> {
    /// A profile of any kind, in any form but a goroutine dump; a large one is a stream.
    Profile(Box<AnyProfile<'i>>),
    /// A goroutine dump (debug=2), or the log of a crash.
    Goroutines(Box<GoroutineDump<'i>>),
    /// An execution trace; reading it leaves out what is damaged.
    Trace(Box<Reader<'i>>),
    /// Compiler output, or a listing of `go tool objdump`.
    Compiler(Box<CompilerOutput<'i>>),
}

impl Input<'_> {
    /// The format, that of the inflated bytes.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What can be read from it; `None` for a format that godiag does not read.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Whether the bytes came gzipped.
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    /// The bytes: inflated, and compiler output without the wrapping of JSON and terminals. A gzipped profile
    /// stays as it is.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Opens it as what it is.
    ///
    /// # Errors
    /// Those of the reader of its kind; `Unsupported` if there is no such reader.
    pub fn content(&self) -> Result<Content<'_>> {
        match self.kind {
            Some(Kind::Profile) => {
                Ok(Content::Profile(Box::new(AnyProfile::parse_with(&self.bytes, &self.reading())?.0)))
            }
            Some(Kind::Goroutines) => Ok(Content::Goroutines(Box::new(self.goroutines()?))),
            Some(Kind::Trace) => {
                Ok(Content::Trace(Box::new(self.trace(&trace::Options::salvage().with_limits(self.limits))?)))
            }
            Some(Kind::Compiler) => Ok(Content::Compiler(Box::new(self.compiler(&asm::Options::default())?))),
            None => Err(self.unreadable()),
        }
    }

    /// Reads it as a profile of its own, whatever its size; a goroutine dump becomes a goroutine profile.
    ///
    /// # Errors
    /// Those of [`Profile::parse_with`].
    pub fn profile(&self) -> Result<Profile> {
        Ok(Profile::parse_with(&self.bytes, &self.reading())?.0)
    }

    /// Reads it as a goroutine dump.
    ///
    /// # Errors
    /// Those of [`GoroutineDump::parse_with`].
    pub fn goroutines(&self) -> Result<GoroutineDump<'_>> {
        GoroutineDump::parse_with(&self.bytes, &self.reading())
    }

    /// Opens it as a trace.
    ///
    /// # Errors
    /// Those of [`Reader::parse_with`].
    pub fn trace(&self, options: &trace::Options) -> Result<Reader<'_>> {
        Reader::parse_with(&self.bytes, options)
    }

    /// Reads it as compiler output.
    ///
    /// # Errors
    /// Those of [`CompilerOutput::parse_with`].
    pub fn compiler(&self, options: &asm::Options) -> Result<CompilerOutput<'_>> {
        CompilerOutput::parse_with(&self.bytes, options)
    }

    fn reading(&self) -> ReadOptions {
        ReadOptions::strict().with_limits(self.limits)
    }

    fn unreadable(&self) -> Error {
        Error::new(ErrorKind::Unsupported).detail(format!("this is {}", self.format.describe()))
    }
}
