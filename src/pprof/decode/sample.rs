//! The fields of one sample message, handed to a visitor.

use super::fields::{Scan, next_field};
use super::schema::sample;
use crate::pprof::types::LocationId;
use crate::wire::Cursor;

/// Takes the fields of a sample, in the order of the file.
pub(crate) trait Fields<'a> {
    /// A packed list of location ids.
    fn locations(&mut self, packed: Cursor<'a>) -> Scan<()>;
    /// One location id, with the offset of its field.
    fn location(&mut self, id: u64, offset: u64) -> Scan<()>;
    /// A packed list of values.
    #[inline(always)]
    fn values(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        while !packed.is_empty() {
            let value = packed.varint()?;
            self.value(value as i64);
        }
        Ok(())
    }
    /// One value.
    fn value(&mut self, value: i64);
    /// A label.
    fn label(&mut self, message: Cursor<'a>) -> Scan<()>;
}

/// Hands the fields of `message` to `fields`.
#[inline(always)]
pub(crate) fn each_field<'a>(mut message: Cursor<'a>, fields: &mut impl Fields<'a>) -> Scan<()> {
    loop {
        // What nearly all fields are: a key of one byte, and a value or length of one byte.
        match *message.rest() {
            [] => return Ok(()),
            [VALUE, value @ 0..0x80, ..] => {
                message.skip(2);
                fields.value(value.into());
                continue;
            }
            [key @ (LOCATION_IDS | VALUES | LABEL), 0..0x80, ..] => {
                if let Some(bytes) = message.short_bytes() {
                    match key {
                        LOCATION_IDS => fields.locations(bytes)?,
                        VALUES => fields.values(bytes)?,
                        _ => fields.label(bytes)?,
                    }
                    continue;
                }
            }
            _ => {}
        }
        any_field(&mut message, fields)?;
    }
}

const VALUE: u8 = sample::VALUE as u8;
const VALUES: u8 = sample::VALUES as u8;
const LOCATION_IDS: u8 = sample::LOCATION_IDS as u8;
const LABEL: u8 = sample::LABEL as u8;

/// Reads one field, of whatever form.
#[inline(always)]
fn any_field<'a>(message: &mut Cursor<'a>, fields: &mut impl Fields<'a>) -> Scan<()> {
    let Some(field) = next_field(message, sample::LAST)? else { return Ok(()) };
    match field.key {
        sample::LOCATION_IDS => fields.locations(field.bytes()),
        sample::LOCATION_ID => fields.location(field.varint(), field.offset),
        sample::VALUES => fields.values(field.bytes()),
        sample::VALUE => {
            fields.value(field.varint() as i64);
            Ok(())
        }
        sample::LABEL => fields.label(field.bytes()),
        _ => field.unknown(sample::LAST),
    }
}

/// Pushes the rows of packed ids that count up from 1 and were checked.
#[inline(always)]
pub(crate) fn push_counting_up(rows: &mut Vec<LocationId>, mut packed: Cursor<'_>) {
    let start = rows.len();
    rows.resize(start + packed.rest().len(), LocationId(0));
    let mut count = 0;
    for slot in rows.iter_mut().skip(start) {
        let Ok(id) = packed.varint() else { break };
        *slot = LocationId((id as u32).wrapping_sub(1));
        count += 1;
        if packed.is_empty() {
            break;
        }
    }
    rows.truncate(start + count);
}
