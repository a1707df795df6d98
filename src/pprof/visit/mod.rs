//! Profiles one field at a time, as they stand on the wire: for jobs that need no model.
//!
//! bytes → [`Items`] (or chunks of bytes → [`Push`], which keeps what a chunk cuts) → [`Item`]: a sample, a row of a
//! table, a string. Nothing is checked but the wire: ids and indices are as the file gives them, and may lead nowhere.
//! Nothing is allocated but what [`Push`] must keep, at most 64 KiB. [`Flat`] is such a job, whole.
//!
//! ```
//! use godiag::pprof::visit::{Item, Items};
//! # let message = b"\x0a\x04\x08\x01\x10\x02\x12\x05\x0a\x01\x01\x10\x2a\x32\x00";
//! let mut items = Items::new(message);
//! let mut total = 0;
//! while let Some(item) = items.next_item()? {
//!     if let Item::Sample(sample) = item {
//!         total += sample.value(0)?.unwrap_or(0);
//!     }
//! }
//! assert_eq!(total, 42);
//! # Ok::<(), godiag::Error>(())
//! ```

mod flat;
mod push;
mod sample;

use super::decode::fields::{Part, Scan, Value, next_part};
use super::decode::judge::Strict;
use super::decode::outline::is_single;
use super::decode::schema::{line, location, profile};
use super::decode::tables;
use super::profile::encode::varint_len;
use super::types::{Function, Mapping, ValueType};
use crate::error::Result;
use crate::wire::{self, Cursor};

pub use flat::{Flat, FlatRow};
pub use push::Push;
pub use sample::{Labels, Numbers, Sample};

/// One field of a profile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A column of values.
    SampleType(ValueType),
    /// A sample, not decoded yet.
    Sample(Sample<'a>),
    /// A mapping.
    Mapping(Mapping),
    /// A location.
    Location(Location<'a>),
    /// A function.
    Function(Function),
    /// The next string of the table.
    String(&'a [u8]),
    /// Any other field: a single value, or one that is not known.
    Other(wire::Field<'a>),
}

/// A location as it stands on the wire.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Location<'a> {
    /// Its id.
    pub id: u64,
    /// The id of its mapping, 0 for none.
    pub mapping_id: u64,
    /// Its address.
    pub address: u64,
    /// Whether several symbols have this address.
    pub is_folded: bool,
    message: Cursor<'a>,
}

/// A line of a location as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// The id of the function.
    pub function_id: u64,
    /// The line in its file.
    pub line: i64,
    /// The column.
    pub column: i64,
}

/// Takes string indices as they come, as far as they fit a handle.
const RAW: Strict = Strict { strings: 1 << 32 };

/// The fields of a profile that is in memory, uncompressed.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Items<'a> {
    /// The fields of `message`.
    pub fn new(message: &'a [u8]) -> Self {
        Self::at(Cursor::new(message))
    }

    pub(super) fn at(cursor: Cursor<'a>) -> Self {
        Self { cursor }
    }

    /// The next field; `None` at the end. After an error every further call gives `None`.
    ///
    /// # Errors
    /// What is wrong with the wire, at its offset.
    #[inline]
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>> {
        let item = match next_part(&mut self.cursor, profile::LAST) {
            Ok(None) => return Ok(None),
            Ok(Some(part)) => item(part),
            Err(fault) => Err(fault),
        };
        match item {
            Ok(item) => Ok(Some(item)),
            Err(fault) => {
                self.cursor = Cursor::at(&[], self.cursor.offset());
                Err(fault.into())
            }
        }
    }
}

/// Decodes a field of the top-level message.
#[inline(always)]
pub(super) fn item(part: Part<'_>) -> Scan<Item<'_>> {
    match part.key {
        profile::SAMPLE => Ok(Item::Sample(Sample::new(part.bytes()))),
        profile::STRING => Ok(Item::String(part.bytes().rest())),
        _ => rare(part),
    }
}

#[inline(never)]
fn rare(part: Part<'_>) -> Scan<Item<'_>> {
    let bytes = part.bytes();
    Ok(match part.key {
        profile::SAMPLE_TYPE => Item::SampleType(tables::value_type(bytes, &RAW)?),
        profile::MAPPING => Item::Mapping(tables::mapping(bytes, &RAW)?),
        profile::LOCATION => Item::Location(Location::read(bytes)?),
        profile::FUNCTION => Item::Function(tables::function(bytes, &RAW)?),
        key => {
            if !is_single(key) && !matches!(key, profile::PERIOD_TYPE | profile::COMMENTS) {
                part.unknown(profile::LAST)?;
            }
            let (value, value_offset) = match part.value {
                Value::Varint(value) => (wire::Value::Varint(value), part.at + varint_len(key) as u64),
                Value::Len(bytes) => (wire::Value::Len(bytes.rest()), bytes.offset()),
            };
            Item::Other(wire::Field { number: (key >> 3) as u32, value, offset: part.at, value_offset })
        }
    })
}

impl<'a> Location<'a> {
    fn read(message: Cursor<'a>) -> Scan<Self> {
        let mut found = Self { id: 0, mapping_id: 0, address: 0, is_folded: false, message };
        let mut rest = message;
        while let Some(part) = next_part(&mut rest, location::LAST)? {
            match part.key {
                location::ID => found.id = part.varint(),
                location::MAPPING_ID => found.mapping_id = part.varint(),
                location::ADDRESS => found.address = part.varint(),
                location::IS_FOLDED => found.is_folded = part.varint() != 0,
                location::LINE => {}
                _ => part.unknown(location::LAST)?,
            }
        }
        Ok(found)
    }

    /// Its lines, innermost first.
    pub fn lines(&self) -> Lines<'a> {
        Lines { message: self.message }
    }
}

/// The lines of a [`Location`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    message: Cursor<'a>,
}

impl Lines<'_> {
    fn read(&mut self) -> Scan<Option<Line>> {
        while let Some(part) = next_part(&mut self.message, location::LAST)? {
            if part.key != location::LINE {
                continue;
            }
            let mut found = Line { function_id: 0, line: 0, column: 0 };
            let mut rest = part.bytes();
            while let Some(part) = next_part(&mut rest, line::LAST)? {
                match part.key {
                    line::FUNCTION_ID => found.function_id = part.varint(),
                    line::LINE => found.line = part.varint() as i64,
                    line::COLUMN => found.column = part.varint() as i64,
                    _ => part.unknown(line::LAST)?,
                }
            }
            return Ok(Some(found));
        }
        Ok(None)
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.read();
        if line.is_err() {
            self.message = Cursor::new(&[]);
        }
        line.map_err(Into::into).transpose()
    }
}
