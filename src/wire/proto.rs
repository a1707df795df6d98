//! Protobuf messages as a run of fields.
//!
//! Wire types 0, 1, 2 and 5 are handed out; groups (3 and 4) are skipped as a whole, nested ones too.
//! Which numbers are known, and with which wire type, is the caller's business.

use super::cursor::Cursor;
use crate::error::{ErrorKind, Fault, Result};

/// The deepest nesting of groups that is skipped.
const MAX_GROUP_DEPTH: usize = 64;

/// The highest legal field number.
const MAX_FIELD_NUMBER: u64 = (1 << 29) - 1;

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field number, 1 to 2^29-1.
    pub number: u32,
    /// What it holds.
    pub value: Value<'a>,
    /// Absolute offset of the field's key.
    pub offset: u64,
    /// Absolute offset of its value: of the first byte after the length for [`Value::Len`].
    pub value_offset: u64,
}

/// The value of a field, by wire type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2: a string, bytes, a message or packed numbers.
    Len(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
}

/// Reads a message field by field, without copying.
///
/// ```
/// use godiag::wire::{Fields, Value};
/// let mut fields = Fields::new(b"\x08\x96\x01\x12\x02hi");
/// assert_eq!(fields.next_field()?.unwrap().value, Value::Varint(150));
/// assert_eq!(fields.next_field()?.unwrap().value, Value::Len(b"hi"));
/// assert_eq!(fields.next_field()?, None);
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Fields<'a> {
    /// A reader of `message`, whose first byte has offset 0.
    pub const fn new(message: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(message) }
    }

    /// A reader of `message`, whose first byte has the absolute offset `base`.
    pub const fn at(message: &'a [u8], base: u64) -> Self {
        Self { cursor: Cursor::at(message, base) }
    }

    /// Reads the next field; `None` at the end of the message. After an error every further call gives
    /// `None`.
    ///
    /// # Errors
    /// `Truncated`, `VarintOverflow`, `LengthPastEnd`, `WireType` (6 and 7), `FieldNumber`, `Group`.
    pub fn next_field(&mut self) -> Result<Option<Field<'a>>> {
        Ok(self.next_fault()?)
    }

    #[inline]
    pub(crate) fn next_fault(&mut self) -> std::result::Result<Option<Field<'a>>, Fault> {
        let field = self.read();
        if field.is_err() {
            self.cursor = Cursor::at(&[], self.cursor.offset());
        }
        field
    }

    #[inline]
    fn read(&mut self) -> std::result::Result<Option<Field<'a>>, Fault> {
        loop {
            if self.cursor.is_empty() {
                return Ok(None);
            }
            let offset = self.cursor.offset();
            let (number, wire_type) = self.key()?;
            let mut value_offset = self.cursor.offset();
            let value = match wire_type {
                0 => Value::Varint(self.cursor.varint()?),
                1 => Value::Fixed64(u64::from_le_bytes(self.cursor.array()?)),
                2 => {
                    let len = self.cursor.varint()?;
                    value_offset = self.cursor.offset();
                    Value::Len(self.cursor.take(len).map_err(|fault| Fault::new(fault.kind, offset))?)
                }
                3 => {
                    self.skip_group(number, offset)?;
                    continue;
                }
                4 => return Err(Fault::new(ErrorKind::Group, offset)),
                5 => Value::Fixed32(u32::from_le_bytes(self.cursor.array()?)),
                _ => return Err(Fault::new(ErrorKind::WireType, offset)),
            };
            return Ok(Some(Field { number, value, offset, value_offset }));
        }
    }

    #[inline]
    fn key(&mut self) -> std::result::Result<(u32, u8), Fault> {
        let offset = self.cursor.offset();
        let key = self.cursor.varint()?;
        let number = key >> 3;
        if number == 0 || number > MAX_FIELD_NUMBER {
            return Err(Fault::new(ErrorKind::FieldNumber, offset));
        }
        Ok((number as u32, key as u8 & 7))
    }

    /// Skips what follows the start key of group `number`, up to and with its end key.
    #[cold]
    fn skip_group(&mut self, number: u32, offset: u64) -> std::result::Result<(), Fault> {
        let mut open = [0u32; MAX_GROUP_DEPTH];
        open[0] = number;
        let mut depth = 1;
        while depth > 0 {
            if self.cursor.is_empty() {
                return Err(Fault::new(ErrorKind::Group, offset));
            }
            let start = self.cursor.offset();
            let (number, wire_type) = self.key()?;
            match wire_type {
                0 => drop(self.cursor.varint()?),
                1 => drop(self.cursor.array::<8>()?),
                2 => {
                    let len = self.cursor.varint()?;
                    self.cursor.take(len)?;
                }
                3 => {
                    *open.get_mut(depth).ok_or(Fault::new(ErrorKind::Group, start))? = number;
                    depth += 1;
                }
                4 if open[depth - 1] == number => depth -= 1,
                4 => return Err(Fault::new(ErrorKind::Group, start)),
                5 => drop(self.cursor.array::<4>()?),
                _ => return Err(Fault::new(ErrorKind::WireType, start)),
            }
        }
        Ok(())
    }
}

/// The varints of a packed field.
#[derive(Clone, Debug)]
pub struct Packed<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Packed<'a> {
    /// The varints in `chunk`, whose first byte has the absolute offset `base`.
    pub const fn at(chunk: &'a [u8], base: u64) -> Self {
        Self { cursor: Cursor::at(chunk, base) }
    }
}

impl Iterator for Packed<'_> {
    type Item = Result<u64>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        let value = self.cursor.varint();
        if value.is_err() {
            self.cursor = Cursor::at(&[], self.cursor.offset());
        }
        Some(value.map_err(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(bytes: &[u8]) -> std::result::Result<Vec<(u32, u64)>, (ErrorKind, u64)> {
        let mut fields = Fields::at(bytes, 100);
        let mut out = Vec::new();
        loop {
            match fields.next_fault() {
                Ok(Some(field)) => out.push((field.number, field.offset)),
                Ok(None) => return Ok(out),
                Err(fault) => {
                    assert_eq!(fields.next_fault(), Ok(None));
                    return Err((fault.kind, fault.at));
                }
            }
        }
    }

    #[test]
    fn groups_are_skipped_and_must_balance() {
        // 3{ 1:5 4{ } 2:"x" } 5:7
        assert_eq!(kinds(b"\x1b\x08\x05\x23\x24\x12\x01x\x1c\x28\x07"), Ok(vec![(5, 109)]));
        assert_eq!(kinds(b"\x1b\x08\x05\x24"), Err((ErrorKind::Group, 103)));
        assert_eq!(kinds(b"\x1b\x08\x05"), Err((ErrorKind::Group, 100)));
        assert_eq!(kinds(b"\x08\x05\x24"), Err((ErrorKind::Group, 102)));
        assert_eq!(kinds(&[0x1b; 70]), Err((ErrorKind::Group, 164)));
    }

    #[test]
    fn every_fault_has_the_offset_of_its_field() {
        assert_eq!(kinds(b"\x08\x05\x00\x00"), Err((ErrorKind::FieldNumber, 102)));
        assert_eq!(kinds(b"\x0e\x05"), Err((ErrorKind::WireType, 100)));
        assert_eq!(kinds(b"\x08\x05\x12\x05abc"), Err((ErrorKind::LengthPastEnd, 102)));
        assert_eq!(
            kinds(b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
            Err((ErrorKind::LengthPastEnd, 100))
        );
        assert_eq!(kinds(b"\x09\x05"), Err((ErrorKind::Truncated, 101)));
        assert_eq!(kinds(b"\x08"), Err((ErrorKind::Truncated, 101)));
    }
}
