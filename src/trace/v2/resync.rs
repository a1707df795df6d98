//! Finds where reading can resume in a damaged trace.

use super::wire::{Batch, Item, next_item};
use crate::wire::Cursor;

/// How many items in a row make an offset plausible.
const CHAIN: usize = 4;
/// How much larger the number of a later generation may be.
const AHEAD: u64 = 1 << 20;
/// The earliest plausible time, in clock units, of a batch without the runtime's padding when nothing else is
/// known of the generation. Bytes inside events often look like batches, but with times in the clock's first
/// second.
const FIRST_SECOND: u64 = 1 << 24;
/// Bytes of the size field in a batch of the runtime, which reserves room for any number and fills it in
/// later.
const RESERVED: usize = 10;

/// The position of the first plausible batch at or after `from`: of generation `number` or a later one (any
/// if it is 0), and followed by three items, or by one and the end of the bytes. `since` is the earliest time
/// known of the generation, or 0.
///
/// # Cost
/// A few headers per byte that could begin a batch.
pub(crate) fn resync(bytes: &[u8], from: usize, number: u64, since: u64) -> Option<usize> {
    let mut offset = from;
    loop {
        offset += memchr::memchr2(1, 49, bytes.get(offset..)?)?;
        if is_believable(bytes.get(offset..)?, number, since) {
            return Some(offset);
        }
        offset += 1;
    }
}

fn is_believable(bytes: &[u8], number: u64, since: u64) -> bool {
    let mut input = Cursor::new(bytes);
    let (mut generation, mut is_marked) = (number, true);
    for item in 0..CHAIN {
        let before = input.rest();
        match next_item(&mut input) {
            Ok(Some(Item::EndOfGeneration)) if !is_marked => is_marked = true,
            Ok(Some(Item::Batch(batch))) => {
                is_marked = false;
                let most =
                    if item == 0 { generation.saturating_add(AHEAD) } else { generation.saturating_add(1) };
                let fits = generation <= batch.generation && batch.generation <= most;
                if batch.generation == 0 || !(fits || generation == 0) {
                    return false;
                }
                let header = before.len() - input.rest().len() - batch.data.len();
                let least = if since == 0 { FIRST_SECOND } else { since };
                if !is_reserved(before.get(..header).unwrap_or_default()) && batch.time < least {
                    return false;
                }
                generation = batch.generation;
            }
            Ok(None) => return item > 1,
            _ => return false,
        }
    }
    true
}

/// Whether the number at the end of a header fills the room that the runtime reserves.
fn is_reserved(header: &[u8]) -> bool {
    header
        .last_chunk::<RESERVED>()
        .is_some_and(|[before @ .., last]| *last == 0 && before.iter().all(|byte| byte & 0x80 != 0))
}

/// The batch at the start of `bytes`.
pub(crate) fn batch_at(bytes: &[u8]) -> Option<Batch<'_>> {
    match next_item(&mut Cursor::new(bytes)) {
        Ok(Some(Item::Batch(batch))) => Some(batch),
        _ => None,
    }
}
