//! The fields of a profile's messages, as the decoders of this room read them.
//!
//! Stricter than [`wire::Fields`](crate::wire::Fields): like Go's reader it refuses groups, and a known field
//! with another wire type. Every known field number is below 16, so one `match` on the key finds it.

use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

pub(crate) type Scan<T> = Result<T, Fault>;

/// A field of a message, with its key and the offset of its key.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) key: u64,
    pub(crate) offset: u64,
    pub(crate) value: Value<'a>,
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 2.
    Len(Cursor<'a>),
}

impl<'a> Field<'a> {
    /// The number of a varint field, 0 for any other.
    #[inline(always)]
    pub(crate) fn varint(&self) -> u64 {
        match self.value {
            Value::Varint(value) => value,
            Value::Len(_) => 0,
        }
    }

    /// The bytes of a length-delimited field; empty for any other.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> Cursor<'a> {
        match self.value {
            Value::Varint(_) => Cursor::at(&[], self.offset),
            Value::Len(cursor) => cursor,
        }
    }

    /// Checks a field that no known one matched: unknown and to be left out, or known with a wrong wire type.
    #[inline(always)]
    pub(crate) fn unknown(&self, known: u64) -> Scan<()> {
        if self.key >> 3 <= known { Err(Fault::new(ErrorKind::WireType, self.offset)) } else { Ok(()) }
    }
}

/// Reads the next field of wire type 0 or 2. Fields of wire type 1 and 5 are skipped where their number is
/// above `known`, the highest number of the message; numbers up to it never have these types.
#[inline(always)]
pub(crate) fn next_field<'a>(cursor: &mut Cursor<'a>, known: u64) -> Scan<Option<Field<'a>>> {
    let offset = cursor.offset();
    let Some(&key) = cursor.rest().first() else { return Ok(None) };
    // Keys of one byte are all but universal.
    let value = match key {
        8..0x80 if key & 7 == 2 => {
            cursor.skip(1);
            Value::Len(bytes(cursor, offset)?)
        }
        8..0x80 if key & 7 == 0 => {
            cursor.skip(1);
            Value::Varint(cursor.varint()?)
        }
        _ => return rare_field(cursor, known),
    };
    Ok(Some(Field { key: key.into(), offset, value }))
}

/// The bytes of the field at `offset`, of which only the key has been read.
#[inline(always)]
fn bytes<'a>(cursor: &mut Cursor<'a>, offset: u64) -> Scan<Cursor<'a>> {
    let len = cursor.varint()?;
    cursor.sub(len).map_err(|fault| Fault { at: offset, ..fault })
}

/// One more than the key of the highest legal field number.
const MAX_KEY: u64 = 1 << 32;

#[inline(never)]
fn rare_field<'a>(cursor: &mut Cursor<'a>, known: u64) -> Scan<Option<Field<'a>>> {
    while !cursor.is_empty() {
        let offset = cursor.offset();
        let key = cursor.varint()?;
        if !(8..MAX_KEY).contains(&key) {
            return Err(Fault::new(ErrorKind::FieldNumber, offset));
        }
        let value = match key & 7 {
            0 => Value::Varint(cursor.varint()?),
            2 => Value::Len(bytes(cursor, offset)?),
            1 if key >> 3 > known => {
                cursor.array::<8>()?;
                continue;
            }
            5 if key >> 3 > known => {
                cursor.array::<4>()?;
                continue;
            }
            _ => return Err(Fault::new(ErrorKind::WireType, offset)),
        };
        return Ok(Some(Field { key, offset, value }));
    }
    Ok(None)
}

/// The bytes of the field at `offset`, which was found to be whole and of wire type 2.
#[inline(always)]
pub(crate) fn field_bytes(message: &[u8], offset: usize) -> Cursor<'_> {
    let mut cursor = Cursor::at(message.get(offset..).unwrap_or_default(), offset as u64);
    let _ = cursor.varint();
    let len = cursor.varint().unwrap_or(0);
    cursor.sub(len).unwrap_or(Cursor::at(&[], offset as u64))
}
