//! Finds the way back into a damaged trace.

use super::wire::{Batch, Item, next_item};
use crate::wire::Cursor;

/// How many items must follow each other for their place to be believed.
const CHAIN: usize = 4;
/// How far ahead the number of a generation may be.
const AHEAD: u64 = 1 << 20;

/// The position of the first batch at or after `from` that can be believed: of generation `number` or a later one (any
/// if it is 0), and followed by three items, or by one and the end of the bytes.
///
/// # Cost
/// A few headers for each byte that could begin a batch.
pub(crate) fn resync(bytes: &[u8], from: usize, number: u64) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(1, 49, bytes.get(at..)?)?;
        if is_believable(bytes.get(at..)?, number) {
            return Some(at);
        }
        at += 1;
    }
}

fn is_believable(bytes: &[u8], number: u64) -> bool {
    let mut input = Cursor::new(bytes);
    let mut generation = number;
    for item in 0..CHAIN {
        match next_item(&mut input) {
            Ok(Some(Item::EndOfGeneration)) => {}
            Ok(Some(Item::Batch(batch))) => {
                let most =
                    if item == 0 { generation.saturating_add(AHEAD) } else { generation.saturating_add(1) };
                let fits = generation <= batch.generation && batch.generation <= most;
                if batch.generation == 0 || !(fits || generation == 0) {
                    return false;
                }
                generation = batch.generation;
            }
            Ok(None) => return item > 1,
            Err(_) => return false,
        }
    }
    true
}

/// The batch at the start of `bytes`.
pub(crate) fn batch_at(bytes: &[u8]) -> Option<Batch<'_>> {
    match next_item(&mut Cursor::new(bytes)) {
        Ok(Some(Item::Batch(batch))) => Some(batch),
        _ => None,
    }
}
