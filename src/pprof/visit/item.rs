//! One field of the top-level message after the other.

use super::location::Location;
use super::sample::Sample;
use crate::error::Result;
use crate::pprof::decode::fields::{Field, Scan, Value, next_field};
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::outline::is_single;
use crate::pprof::decode::schema::profile;
use crate::pprof::decode::tables;
use crate::pprof::types::{Function, Mapping, ValueType};
use crate::wire::{self, Cursor};

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

/// The fields of a profile that is in memory, uncompressed.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Items<'a> {
    /// The fields of `message`.
    pub fn new(message: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(message) }
    }

    /// The next field; `None` at the end. After an error every further call gives `None`.
    ///
    /// # Errors
    /// What is wrong with the wire, at its offset.
    #[inline]
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>> {
        let item = match next_field(&mut self.cursor, profile::LAST) {
            Ok(None) => return Ok(None),
            Ok(Some(field)) => item(field),
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
pub(super) fn item(field: Field<'_>) -> Scan<Item<'_>> {
    match field.key {
        profile::SAMPLE => Ok(Item::Sample(Sample::new(field.bytes()))),
        profile::STRING => Ok(Item::String(field.bytes().rest())),
        _ => rare(field),
    }
}

#[inline(never)]
fn rare(field: Field<'_>) -> Scan<Item<'_>> {
    let bytes = field.bytes();
    Ok(match field.key {
        profile::SAMPLE_TYPE => Item::SampleType(tables::value_type(bytes, &Strict::UNCHECKED)?),
        profile::MAPPING => Item::Mapping(tables::mapping(bytes, &Strict::UNCHECKED)?),
        profile::LOCATION => Item::Location(Location::read(bytes)?),
        profile::FUNCTION => Item::Function(tables::function(bytes, &Strict::UNCHECKED)?),
        key => {
            if !is_single(key) && !matches!(key, profile::PERIOD_TYPE | profile::COMMENTS) {
                field.unknown(profile::LAST)?;
            }
            let (value, value_offset) = match field.value {
                Value::Varint(value) => {
                    (wire::Value::Varint(value), field.offset + wire::varint_len(key) as u64)
                }
                Value::Len(bytes) => (wire::Value::Len(bytes.rest()), bytes.offset()),
            };
            Item::Other(wire::Field { number: (key >> 3) as u32, value, offset: field.offset, value_offset })
        }
    })
}
