//! Two profiles in one input: where does the second one begin?

use crate::pprof::decode::fields::{Field, next_field};
use crate::pprof::decode::outline::Outline;
use crate::pprof::decode::schema::profile;
use crate::pprof::decode::tables;
use crate::wire::Cursor;

/// How many places are tried.
const MAX_TRIES: usize = 16;

/// The offset at which a second whole profile begins after a first one.
///
/// Both begin with the same field where both come from the same program; the offset is right when what
/// precedes it has strings and tables that hold together.
///
/// # Cost
/// At most [`MAX_TRIES`] times that of decoding the tables: for errors and reports only.
pub(crate) fn second_profile(message: &[u8]) -> Option<u64> {
    let mut cursor = Cursor::new(message);
    let mut fields = std::iter::from_fn(|| next_field(&mut cursor, profile::LAST).ok().flatten());
    let first = fields.next()?.key;
    let mut strings_seen = false;
    let mut before = first;
    let mut starts = fields.filter_map(|Field { key, offset, .. }| {
        strings_seen |= key == profile::STRING;
        let start = key == first && before != first && strings_seen;
        before = key;
        start.then_some(offset)
    });
    let whole = |offset: &u64| {
        let head = message.get(..*offset as usize).unwrap_or_default();
        Outline::new(head).and_then(|outline| tables::decode(head, &outline)).is_ok()
    };
    starts.by_ref().take(MAX_TRIES).find(whole)
}
