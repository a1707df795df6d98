//! Fields out of chunks, as an inflater or a network hands them out.

use super::item::{Item, item};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::pprof::decode::fields::{Field, next_field};
use crate::pprof::decode::schema::profile;
use crate::wire::Cursor;

/// The longest field that may be cut by the end of a chunk.
const MAX_CARRY: usize = 64 << 10;

/// Reads a profile in chunks of any size.
///
/// A field that a chunk cuts is kept until its end arrives: at most 64 KiB, whatever the input. A field that
/// is longer and cut is a `Limit` error; inflate such a profile as a whole.
#[derive(Debug, Default)]
pub struct Push {
    /// The beginning of a field.
    carry: Vec<u8>,
    /// The offset of `carry`, or where it is empty of the next chunk.
    offset: u64,
}

impl Push {
    /// A reader that waits for the first chunk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `visit` with every field that ends in `chunk`.
    ///
    /// # Errors
    /// What is wrong with the wire; `Limit` for a long field that is cut; what `visit` returns. Not to be
    /// called again after an error.
    pub fn feed(&mut self, chunk: &[u8], visit: &mut impl FnMut(Item<'_>) -> Result<()>) -> Result<()> {
        self.feed_fields(chunk, &mut |field| visit(item(field)?))
    }

    /// As [`feed`](Self::feed), with fields that are not decoded yet.
    pub(crate) fn feed_fields(
        &mut self,
        mut chunk: &[u8],
        visit: &mut impl FnMut(Field<'_>) -> Result<()>,
    ) -> Result<()> {
        while !self.carry.is_empty() && !chunk.is_empty() {
            let missing = self.missing(&self.carry)?.min(chunk.len());
            let (now, later) = chunk.split_at(missing);
            self.carry.reserve_exact(missing);
            self.carry.extend_from_slice(now);
            chunk = later;
            let carry = std::mem::take(&mut self.carry);
            let used = self.whole_fields(&carry, visit)?;
            self.carry = carry;
            self.carry.drain(..used);
        }
        if self.carry.is_empty() {
            let used = self.whole_fields(chunk, visit)?;
            let rest = chunk.get(used..).unwrap_or_default();
            self.missing(rest)?;
            self.carry.reserve_exact(rest.len());
            self.carry.extend_from_slice(rest);
        }
        Ok(())
    }

    /// Ends the profile.
    ///
    /// # Errors
    /// `Truncated` where it ends inside a field.
    pub fn finish(self) -> Result<()> {
        if self.carry.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Truncated).at(self.offset)) }
    }

    /// Visits what lies whole at the front of `bytes`; gives its length.
    #[inline]
    fn whole_fields(
        &mut self,
        bytes: &[u8],
        visit: &mut impl FnMut(Field<'_>) -> Result<()>,
    ) -> Result<usize> {
        let start = self.offset;
        let mut cursor = Cursor::at(bytes, start);
        let mut more = true;
        while more {
            match next_field(&mut cursor, profile::LAST) {
                Ok(Some(field)) => visit(field)?,
                Ok(None) => more = false,
                Err(Fault { kind: ErrorKind::Truncated | ErrorKind::LengthPastEnd, .. }) => break,
                Err(fault) => return Err(fault.into()),
            }
            self.offset = cursor.offset();
        }
        Ok((self.offset - start) as usize)
    }

    /// How many bytes are missing of the field that `bytes` begin, as far as that is known; at least one.
    fn missing(&self, bytes: &[u8]) -> Result<usize> {
        let mut cursor = Cursor::new(bytes);
        let len = match (cursor.varint(), cursor.varint()) {
            (Ok(key), Ok(len)) if key & 7 == 2 => len,
            _ => return Ok(1),
        };
        let missing = len.saturating_sub(cursor.rest().len() as u64);
        if len > MAX_CARRY as u64 {
            let detail = format!("a field of {len} bytes is cut; at most {MAX_CARRY} are kept");
            return Err(Error::new(ErrorKind::Limit).at(self.offset).detail(detail));
        }
        Ok(missing.max(1) as usize)
    }
}
