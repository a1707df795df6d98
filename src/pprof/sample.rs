//! The fields of one sample message, handed to whoever wants them.

use super::scan::{Scan, next_part};
use super::schema::sample;
use crate::wire::Cursor;

/// Takes the fields of a sample, in the order of the file.
pub(crate) trait Fields<'a> {
    /// A packed list of location ids.
    fn locations(&mut self, packed: Cursor<'a>) -> Scan<()>;
    /// One location id, with the offset of its field.
    fn location(&mut self, id: u64, at: u64) -> Scan<()>;
    /// A packed list of values.
    fn values(&mut self, packed: Cursor<'a>) -> Scan<()>;
    /// One value.
    fn value(&mut self, value: i64);
    /// A label.
    fn label(&mut self, message: Cursor<'a>) -> Scan<()>;
}

/// Hands the fields of `message` to `fields`.
#[inline(always)]
pub(crate) fn each_field<'a>(mut message: Cursor<'a>, fields: &mut impl Fields<'a>) -> Scan<()> {
    while let Some(part) = next_part(&mut message, sample::LAST)? {
        match part.key {
            sample::LOCATION_IDS => fields.locations(part.bytes())?,
            sample::LOCATION_ID => fields.location(part.varint(), part.at)?,
            sample::VALUES => fields.values(part.bytes())?,
            sample::VALUE => fields.value(part.varint() as i64),
            sample::LABEL => fields.label(part.bytes())?,
            _ => part.unknown(sample::LAST)?,
        }
    }
    Ok(())
}
