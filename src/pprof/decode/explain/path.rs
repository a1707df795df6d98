//! Where in a profile an offset is, in words: `sample[17].location_id[3]`.

use std::fmt::Write;

use crate::pprof::decode::fields::{Value, next_field};
use crate::pprof::decode::schema::{FieldDescriptor, Holds, MessageDescriptor, PROFILE};
use crate::wire::Cursor;

/// Deeper than any message of a profile.
const MAX_DEPTH: usize = 4;

/// The path of the field of `message` that holds byte `offset`; empty outside of every field.
///
/// # Cost
/// Linear in `offset`: for errors and reports only.
pub(crate) fn locate(message: &[u8], offset: u64) -> String {
    let mut path = String::new();
    let mut cursor = Cursor::new(message);
    let mut ty = &PROFILE;
    for _ in 0..MAX_DEPTH {
        let Some(found) = find(cursor, ty, offset) else { break };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(found.field.name);
        if found.field.repeated {
            let _ = write!(path, "[{}]", found.index);
        }
        match (found.field.holds, found.inside) {
            (Holds::Message(inner), Some(inside)) => (ty, cursor) = (inner, inside),
            _ => break,
        }
    }
    path
}

struct Found<'a> {
    field: &'static FieldDescriptor,
    index: u64,
    /// The bytes of the field, where it is a whole one of wire type 2 that begins before the offset.
    inside: Option<Cursor<'a>>,
}

/// The field of a message of type `ty` that holds byte `offset`.
fn find<'a>(mut cursor: Cursor<'a>, ty: &'static MessageDescriptor, offset: u64) -> Option<Found<'a>> {
    let mut counts = [0u64; 16];
    loop {
        let start = cursor;
        let number = cursor.clone().varint().map_or(0, |key| key >> 3);
        let next = next_field(&mut cursor, 15);
        let broken = next.is_err();
        if let Ok(None) = next {
            return None;
        }
        let field = ty.field(number);
        let packed = match (&next, field) {
            (Ok(Some(on_wire)), Some(FieldDescriptor { repeated: true, holds: Holds::Number, .. })) => {
                match on_wire.value {
                    Value::Len(packed) => Some(packed),
                    Value::Varint(_) => None,
                }
            }
            _ => None,
        };
        let count = counts.get_mut(number as usize);
        if broken || offset < cursor.offset() {
            if offset < start.offset() {
                return None;
            }
            let before = packed.map_or(0, |packed| ends_before(packed, offset));
            let inside =
                next.ok().flatten().map(|on_wire| on_wire.bytes()).filter(|bytes| bytes.offset() <= offset);
            return Some(Found { field: field?, index: count.map_or(0, |count| *count) + before, inside });
        }
        if let Some(count) = count {
            *count += packed.map_or(1, |packed| ends_before(packed, u64::MAX));
        }
    }
}

/// How many packed numbers end before `offset`.
fn ends_before(packed: Cursor<'_>, offset: u64) -> u64 {
    let start = packed.offset();
    packed.rest().iter().zip(start..offset).filter(|(byte, _)| **byte < 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_a_name() {
        // sample_type {} ; sample { location_id: 1 2 300 (packed), 4 ; value: 5; label { str: 6 } } ; period:
        // 7
        let message = b"\x0a\x00\x12\x0e\x0a\x04\x01\x02\xac\x02\x08\x04\x10\x05\x1a\x02\x10\x06\x60\x07";
        for (offset, path) in [
            (0, "sample_type[0]"),
            (2, "sample[0]"),
            (4, "sample[0].location_id[0]"),
            (6, "sample[0].location_id[0]"),
            (7, "sample[0].location_id[1]"),
            (9, "sample[0].location_id[2]"),
            (10, "sample[0].location_id[3]"),
            (12, "sample[0].value[0]"),
            (16, "sample[0].label[0].str"),
            (18, "period"),
            (20, ""),
        ] {
            assert_eq!(locate(message, offset), path, "{offset}");
        }
    }

    #[test]
    fn a_broken_field_is_named_where_its_key_is_whole() {
        assert_eq!(locate(b"\x0a\x00\x12\x0eabc", 2), "sample[0]");
        assert_eq!(locate(b"\x0a\x00\x0d\x0eabc", 2), "sample_type[1]");
        assert_eq!(locate(b"\xff", 0), "");
    }
}
