//! Packed location ids, the bulk of every profile: checked eight bytes at a time.
//!
//! Where ids count up from 1 to `n`, a list is good when no varint in it is 0 or above `n`. That can be seen
//! from the bytes without decoding them: no byte is 0, and the last byte of every varint that is as long as
//! `n`'s own is below the last byte of `n`, its top seven bits. What this quick look cannot vouch for is
//! decoded one by one.

use super::fields::Scan;
use super::ids::Ids;
use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// How location ids are checked and resolved.
#[derive(Debug)]
pub(crate) struct Resolver {
    ids: Ids,
    /// What the quick look needs to know; `None` where ids do not count up.
    quick: Option<Quick>,
}

/// The quick look at ids from 1 to some `n`.
#[derive(Clone, Copy, Debug)]
struct Quick {
    /// How many bytes the varint of `n` has: 1 to 3.
    len: u32,
    /// Eight times what makes a byte that is at least the last byte of that varint reach 0x80.
    reach: u64,
}

/// Eight bytes of a list, and the two before them.
type Window = [u8; 10];

impl Quick {
    fn new(n: u32) -> Option<Self> {
        let len = (n | 1).ilog2() / 7 + 1;
        let last = u64::from(n >> (7 * (len - 1)));
        // With one byte, `n` itself is good.
        let first_bad = if len == 1 { last + 1 } else { last };
        (len <= 3).then_some(Self { len, reach: ONES * (0x80 - first_bad) })
    }

    /// Whether a list of at least eight bytes, after two bytes that belong to what is before it, is good.
    #[inline(always)]
    fn good(self, bytes: &[u8]) -> bool {
        match self.len {
            1 => self.good_as::<1>(bytes),
            2 => self.good_as::<2>(bytes),
            _ => self.good_as::<3>(bytes),
        }
    }

    #[inline(always)]
    fn good_as<const LEN: u32>(self, bytes: &[u8]) -> bool {
        let mut bad = 0;
        let mut rest = bytes;
        while let Some(window) = rest.first_chunk::<10>() {
            bad |= self.bad_in::<LEN>(window);
            rest = rest.split_at(8).1;
        }
        // What is left of the last eight bytes, and the end: the last varint must end inside.
        bad |= bytes.last_chunk::<10>().map_or(HIGH, |window| self.bad_in::<LEN>(window));
        bad |= u64::from(bytes.last().copied().unwrap_or(0x80) & 0x80);
        bad == 0
    }

    /// Not 0 where the last eight bytes of a window hold anything bad.
    #[inline(always)]
    fn bad_in<const LEN: u32>(self, window: &Window) -> u64 {
        let [_, from1 @ ..] = window;
        let [_, from2 @ ..] = from1;
        let (word, before, before2) = (eight(from2), eight(from1), eight(window));
        // For each byte: is it the last of a varint as long as n's, or does the varint go on even then?
        let long = match LEN {
            1 => HIGH,
            2 => before,
            _ => before & before2,
        };
        let high_enough = ((word & !HIGH).wrapping_add(self.reach) | word) & long;
        // The lowest zero byte is always found; a byte of 1 above it may be taken for zero too.
        let zero = word.wrapping_sub(ONES) & !word;
        (high_enough | zero) & HIGH
    }
}

/// The first eight bytes, of which there are at least as many.
#[inline(always)]
fn eight(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

impl Resolver {
    pub(crate) fn new(ids: Ids) -> Self {
        let quick = match ids {
            Ids::CountUp(n) => Quick::new(n),
            _ => None,
        };
        Self { ids, quick }
    }

    /// The row of `id`, which is at `offset`.
    #[inline(always)]
    pub(crate) fn row(&self, id: u64, offset: u64) -> Scan<u32> {
        match self.ids.row(id) {
            Some(row) => Ok(row),
            None => Err(Fault::new(ErrorKind::UnknownRef, offset)),
        }
    }

    /// The ids of the rows.
    pub(crate) fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Checks the ids in `message` from byte `start` to the end of `packed`, which are preceded by a key and
    /// a length.
    ///
    /// # Errors
    /// `UnknownRef` at the first bad id, or what is wrong with a varint.
    #[inline(always)]
    pub(crate) fn check(&self, message: &[u8], packed: Cursor<'_>) -> Scan<()> {
        if self.is_quickly_good(message, packed) { Ok(()) } else { self.check_each(packed) }
    }

    #[inline(always)]
    pub(crate) fn is_quickly_good(&self, message: &[u8], packed: Cursor<'_>) -> bool {
        let Some(quick) = self.quick else { return false };
        let start = packed.offset() as usize;
        let len = packed.rest().len();
        // The two bytes before are the end of a length and what is before it; the former ends a varint.
        let bytes = start.checked_sub(2).and_then(|start| message.get(start..start + 2 + len));
        bytes.is_some_and(|bytes| len >= 8 && quick.good(bytes))
    }

    #[inline(never)]
    fn check_each(&self, mut packed: Cursor<'_>) -> Scan<()> {
        while !packed.is_empty() {
            let offset = packed.offset();
            let id = packed.varint()?;
            self.row(id, offset)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(n: u32, bytes: &[u8]) -> (bool, Scan<()>) {
        let mut message = vec![0x0a, bytes.len() as u8];
        message.extend(bytes);
        let resolver = Resolver::new(Ids::CountUp(n));
        let packed = Cursor::at(bytes, 2);
        (resolver.is_quickly_good(&message, packed), resolver.check_each(packed))
    }

    fn varint(mut value: u64, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    #[test]
    fn ids_far_below_the_last_pass_quickly() {
        for (n, id) in [(60, 60), (127, 127), (128, 127), (300, 255), (16_384, 16_383), (50_000, 49_151)] {
            let mut bytes = Vec::new();
            for _ in 0..20 {
                varint(id, &mut bytes);
                varint(1, &mut bytes);
            }
            assert_eq!(check(n, &bytes), (true, Ok(())), "{n}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_look_never_passes_a_bad_list(
            n in prop_oneof![1u32..300, 16_000u32..17_000, 1u32..3_000_000],
            wild in prop::collection::vec((any::<u32>(), 0u32..32, 0u8..40), 0..40),
        ) {
            let mut bytes = Vec::new();
            for (id, shift, pick) in wild {
                match pick {
                    0 => bytes.push(0x80),
                    1 => bytes.extend([0x81, 0]),
                    2 => varint(u64::from(id >> shift), &mut bytes),
                    3 => varint(u64::from(n) + 1, &mut bytes),
                    4 => varint(u64::from(n), &mut bytes),
                    _ => varint(u64::from(id % n) + 1, &mut bytes),
                }
            }
            let (quick, each) = check(n, &bytes);
            prop_assert!(!quick || each.is_ok(), "{n}: {bytes:x?}");
        }
    }
}
