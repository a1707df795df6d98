//! The fields of a profile's messages, as the decoders of this room read them.
//!
//! Stricter than [`wire::Fields`](crate::wire::Fields): like Go's reader it refuses groups, and a known field with
//! another wire type. Every known field number is below 16, so one `match` on the key finds it.

use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

pub(crate) type Scan<T> = Result<T, Fault>;

/// A field of a message, with its key and the offset of that.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) key: u64,
    pub(crate) at: u64,
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

impl<'a> Part<'a> {
    /// The number of a varint field, 0 for any other.
    #[inline(always)]
    pub(crate) fn varint(&self) -> u64 {
        match self.value {
            Value::Varint(value) => value,
            Value::Len(_) => 0,
        }
    }

    /// The bytes of a length-delimited field, none for any other.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> Cursor<'a> {
        match self.value {
            Value::Varint(_) => Cursor::at(&[], self.at),
            Value::Len(cursor) => cursor,
        }
    }

    /// Checks a field that no known one matched: unknown and to be left out, or known with a wrong wire type.
    #[inline(always)]
    pub(crate) fn unknown(&self, known: u64) -> Scan<()> {
        if self.key >> 3 <= known { Err(Fault::new(ErrorKind::WireType, self.at)) } else { Ok(()) }
    }
}

/// Reads the next field of wire type 0 or 2. Fields of wire type 1 and 5 are skipped where their number is above
/// `known`, the highest number of the message; numbers up to it never have these types.
#[inline(always)]
pub(crate) fn next_part<'a>(cursor: &mut Cursor<'a>, known: u64) -> Scan<Option<Part<'a>>> {
    loop {
        if cursor.is_empty() {
            return Ok(None);
        }
        let at = cursor.offset();
        let key = cursor.varint()?;
        match key & 7 {
            _ if key.wrapping_sub(8) >= MAX_KEY - 8 => return Err(Fault::new(ErrorKind::FieldNumber, at)),
            0 => return Ok(Some(Part { key, at, value: Value::Varint(cursor.varint()?) })),
            2 => {
                let len = cursor.varint()?;
                let part = cursor.sub(len).map_err(|fault| Fault { at, ..fault })?;
                return Ok(Some(Part { key, at, value: Value::Len(part) }));
            }
            _ => skip_fixed(cursor, key, known, at)?,
        }
    }
}

/// One more than the key of the highest legal field number.
const MAX_KEY: u64 = 1 << 32;

/// Skips a field of wire type 1 or 5, which must be unknown. Wire types 3, 4, 6 and 7 are an error in any field.
#[cold]
pub(crate) fn skip_fixed(cursor: &mut Cursor<'_>, key: u64, known: u64, at: u64) -> Scan<()> {
    match key & 7 {
        1 if key >> 3 > known => cursor.array::<8>().map(drop),
        5 if key >> 3 > known => cursor.array::<4>().map(drop),
        _ => Err(Fault::new(ErrorKind::WireType, at)),
    }
}
