//! The borrowed profile: tables and one lean row per sample; everything else is decoded where it lies.
//!
//! message → outline (what is where) → tables, decoded and checked → one pass over the samples that checks
//! every reference and keeps 16 bytes per sample. After that nothing can fail, and nothing allocates.

mod check;
mod columns;
mod frames;
mod index;
mod inflated;
mod sample;

use std::borrow::Cow;

use super::decode::tables::Tables;
use super::profile::Profile;
use super::source::{self, SampleSource, Source, Want};
use super::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};
use crate::error::Result;
use crate::limits::Limits;
use index::Index;

pub use columns::{Labels, Locations, Values};
pub use frames::{Frame, Frames};
pub(super) use inflated::Inflated;
pub use sample::{Sample, Samples};

/// A profile over the bytes of its protobuf message, which must not be compressed: see
/// [`decompress`](super::decompress).
///
/// Every reference was checked when it was made. Strings, stacks, values and labels are read where they lie,
/// without an error and without an allocation.
///
/// ```
/// use godiag::pprof::View;
/// # let profile = b"\x0a\x04\x08\x01\x10\x02\x12\x05\x0a\x01\x01\x10\x2a\x22\x06\x08\x01\x22\x02\x08\x01\x2a\x04\x08\x01\x10\x03\
/// #     \x32\x00\x32\x03cpu\x32\x02ns\x32\x06main.f";
/// # let profile = &profile[..];
/// let view = View::parse(profile)?;
/// for sample in view.samples() {
///     for frame in sample.frames() {
///         let name = frame.line.map(|line| view.function(line.function).name);
///         assert_eq!(name.map(|name| view.string(name)), Some(&b"main.f"[..]));
///     }
///     assert_eq!(sample.values().collect::<Vec<_>>(), [42]);
/// }
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Debug)]
pub struct View<'a> {
    message: &'a [u8],
    index: Index,
}

impl<'a> View<'a> {
    /// Indexes `message`, and checks every reference in it.
    ///
    /// # Errors
    /// What is wrong with the protobuf message; the first rule of validity that it breaks; `Limit`.
    ///
    /// # Cost
    /// Linear, under 1 ns per byte for most profiles; 16 bytes per sample and 4 per string beside the tables.
    pub fn parse(message: &'a [u8]) -> Result<Self> {
        Self::parse_with(message, &Limits::DEFAULT)
    }

    /// As [`parse`](Self::parse), within `limits`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(message: &'a [u8], limits: &Limits) -> Result<Self> {
        Ok(Self { message, index: check::index(message, limits)? })
    }

    /// The bytes that this is a view of.
    pub fn message(&self) -> &'a [u8] {
        self.message
    }

    /// The samples, in the order of the file.
    pub fn samples(&self) -> Samples<'_, 'a> {
        Samples::new(self)
    }

    /// Sample `index`.
    ///
    /// # Panics
    /// When there is no such sample.
    pub fn sample(&self, index: usize) -> Sample<'_, 'a> {
        Sample::new(self, index, self.index.rows[index])
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    #[inline]
    pub fn string(&self, id: StringId) -> &'a [u8] {
        self.index.string(self.message, id)
    }

    /// A string, where it is UTF-8.
    ///
    /// # Errors
    /// Where it is not.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn str(&self, id: StringId) -> std::result::Result<&'a str, std::str::Utf8Error> {
        std::str::from_utf8(self.string(id))
    }

    /// A string, with U+FFFD for what is not UTF-8. Copies only then.
    ///
    /// # Panics
    /// As [`string`](Self::string).
    pub fn string_lossy(&self, id: StringId) -> Cow<'a, str> {
        String::from_utf8_lossy(self.string(id))
    }

    /// The index of the value that reports show by default, by Go's rule: the one that
    /// [`default_sample_type`](Self::default_sample_type) names, or else the last one.
    pub fn default_value(&self) -> usize {
        self.index.default_value
    }
}

super::source::accessors::accessors!(View<'_>);

impl SampleSource for View<'_> {
    fn erased(&self) -> &dyn SampleSource {
        self
    }

    #[inline]
    fn tables(&self) -> &Tables {
        &self.index.tables
    }

    fn string_count(&self) -> usize {
        self.index.strings.len()
    }

    fn string(&self, id: StringId) -> &[u8] {
        Self::string(self, id)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(source::Sample<'_>)) {
        self.index.gather(self.message, want, each);
    }

    fn known_total(&self, column: usize) -> Option<i128> {
        self.index.known_total(column)
    }
}

impl Source for View<'_> {}

impl From<&View<'_>> for Profile {
    fn from(view: &View<'_>) -> Self {
        Self::copy_of(view)
    }
}
