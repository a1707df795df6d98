//! The borrowed profile: tables and one lean row a sample; everything else is decoded where it lies.
//!
//! message → outline (what is where) → tables, decoded and checked → one pass over the samples that checks every
//! reference and keeps 16 bytes a sample. After that nothing can fail, and nothing allocates.

mod frames;
mod gather;
mod index;
mod owned;
mod sample;

use std::borrow::Cow;

use super::decode::budget::{self, Purpose};
use super::decode::explain::refuse;
use super::decode::ids::NONE;
use super::decode::packed::Resolver;
use super::decode::tables::Tables;
use super::types::{
    Function, FunctionId, Line, Location, LocationId, Mapping, MappingId, StringId, ValueType,
};
use crate::error::Result;
use crate::limits::Limits;
use crate::wire::Cursor;

pub use frames::{Frame, Frames};
pub use sample::{Labels, Locations, Sample, Samples, Values};

/// A profile over the bytes of its protobuf message, which must not be compressed: see
/// [`decompress`](super::decompress).
///
/// Every reference was checked when it was made. Strings, stacks, values and labels are read where they lie, without
/// an error and without an allocation.
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
    /// For each string, the offset of its field.
    strings: Vec<u32>,
    tables: Tables,
    locations: Resolver,
    rows: Vec<Row>,
    default_value: usize,
}

/// What is kept of a sample.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// The value that reports show unless told otherwise.
    value: i64,
    /// The offset of the sample's field.
    at: u32,
    /// The row of its leaf's location, [`NONE`] for an empty stack.
    leaf: u32,
}

impl<'a> View<'a> {
    /// Indexes `message`, and checks every reference in it.
    ///
    /// # Errors
    /// What is wrong with the protobuf message; the first rule of validity that it breaks; `Limit`.
    ///
    /// # Cost
    /// Linear, under 1 ns a byte for most profiles; 16 bytes a sample and 4 a string beside the tables.
    pub fn parse(message: &'a [u8]) -> Result<Self> {
        Self::parse_with(message, &Limits::DEFAULT)
    }

    /// As [`parse`](Self::parse), within `limits`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(message: &'a [u8], limits: &Limits) -> Result<Self> {
        let outline = budget::outline(message, limits, Purpose::View)?;
        index::view(message, &outline).map_err(|fault| refuse(message, fault))
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
        Sample::new(self, index, self.rows[index])
    }

    /// The bytes of a string; nothing says that they are UTF-8.
    ///
    /// # Panics
    /// When this profile has no such string.
    #[inline]
    pub fn string(&self, id: StringId) -> &'a [u8] {
        let at = self.strings[id.index()] as usize;
        field_bytes(self.message, at).rest()
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

    /// The index of the value that reports show unless told otherwise, by Go's rule: the one that
    /// [`default_sample_type`](Self::default_sample_type) names, or else the last one.
    pub fn default_value(&self) -> usize {
        self.default_value
    }

    /// How many strings there are, entry 0, the empty one, included.
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }
}

super::source::accessors::accessors!(View<'_>);

/// The bytes of the field at offset `at`, which was found to be whole and of wire type 2.
#[inline(always)]
pub(crate) fn field_bytes(message: &[u8], at: usize) -> Cursor<'_> {
    let mut cursor = Cursor::at(message.get(at..).unwrap_or_default(), at as u64);
    let _ = cursor.varint();
    let len = cursor.varint().unwrap_or(0);
    cursor.sub(len).unwrap_or(Cursor::at(&[], at as u64))
}
