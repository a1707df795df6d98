//! CPU profiles in binary words: gperftools, Go before 1.9, Java.

use super::draft::Draft;
use super::java;
use super::lines::clean;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::Profile;
use crate::pprof::rule::{Damage, Defects};
use crate::table::Map;

/// Words of 4 or 8 bytes in either byte order.
struct Words<'a> {
    rest: &'a [u8],
    size: usize,
    is_big_endian: bool,
}

impl Words<'_> {
    fn next_word(&mut self) -> Option<u64> {
        let (word, rest) = self.rest.split_at_checked(self.size)?;
        self.rest = rest;
        let byte = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.is_big_endian { word.iter().fold(0, byte) } else { word.iter().rev().fold(0, byte) })
    }
}

/// Header words 0, 3, 0 (1 for Java), period in microseconds, 0; then for each stack its count, its length
/// and its addresses; count 0 with one address 0 ends it, and text follows.
pub(super) fn read(input: &[u8], options: &ReadOptions) -> Result<(Profile, Defects)> {
    let (mut words, is_java, period) = header(input)
        .ok_or_else(|| Error::new(ErrorKind::BadMagic).at(0).detail("no header of a CPU profile"))?;
    let nanos = i64::try_from(period).ok().and_then(|period| period.checked_mul(1000));
    let nanos = nanos.ok_or_else(|| Error::new(ErrorKind::Number).at(0).path("period"))?;
    let mut defects = Defects::default();
    let mut draft = Draft::new(options);
    draft
        .columns(&[(b"samples", b"count"), (b"cpu", b"nanoseconds")])
        .period((b"cpu", b"nanoseconds"), nanos);
    loop {
        let at = input.len() - words.rest.len();
        if words.rest.is_empty() {
            break;
        }
        let start = draft.start();
        match stack(&mut words, &mut draft, is_java) {
            Ok(Some(count)) => {
                let Some(time) = count.checked_mul(nanos) else {
                    draft.abandon(start);
                    return Err(Error::new(ErrorKind::Number).at(at as u64));
                };
                draft.sample(&[count, time]);
            }
            Ok(None) => break,
            Err(kind) if options.lenient && draft.len() > 0 => {
                draft.abandon(start);
                let lost_bytes = (input.len() - at) as u64;
                defects.damage =
                    Some(Damage { kind, offset: at as u64, whole_fields: draft.len() as u64, lost_bytes });
                words.rest = &[];
                break;
            }
            Err(kind) => return Err(Error::new(kind).at(at as u64)),
        }
    }
    let text = clean(words.rest.into());
    if is_java {
        java::locations(&text, &mut draft);
        return Ok((draft.finish()?, defects));
    }
    drop_handler(&mut draft);
    draft.read_maps(&text, options);
    // A leaf that was found twice: by unwinding, and in the signal's context.
    draft.retain_addresses(|stack, i| {
        i != 1 || stack.first() != stack.get(1).map(|next| next.wrapping_add(1)).as_ref()
    });
    Ok((draft.finish()?, defects))
}

fn header(input: &[u8]) -> Option<(Words<'_>, bool, u64)> {
    [(4, false), (4, true), (8, false), (8, true)].into_iter().find_map(|(size, is_big_endian)| {
        let mut words = Words { rest: input, size, is_big_endian };
        let header: [Option<u64>; 5] = std::array::from_fn(|_| words.next_word());
        match header {
            [Some(0), Some(3), Some(java @ 0..=1), Some(period @ 1..), Some(0)] => {
                Some((words, java == 1, period))
            }
            _ => None,
        }
    })
}

/// Reads one stack; its count, or `None` at the end. All but the leaf are return addresses.
fn stack(
    words: &mut Words<'_>,
    draft: &mut Draft<'_, '_>,
    is_java: bool,
) -> std::result::Result<Option<i64>, ErrorKind> {
    let count = words.next_word().ok_or(ErrorKind::Truncated)?;
    let len = words.next_word().ok_or(ErrorKind::Truncated)?;
    if len > (words.rest.len() / words.size) as u64 {
        return Err(ErrorKind::LengthPastEnd);
    }
    let start = draft.start();
    for i in 0..len {
        let address = words.next_word().ok_or(ErrorKind::Truncated)?;
        if i == 0 || is_java {
            draft.push_leaf(address);
        } else {
            draft.push_call(address);
        }
    }
    if (count, len) == (0, 1) && draft.is_zero(start) {
        draft.abandon(start);
        return Ok(None);
    }
    i64::try_from(count).map(Some).map_err(|_| ErrorKind::Number)
}

/// Drops a second frame that nearly all stacks share: the signal handler left it there. At most two of them.
fn drop_handler(draft: &mut Draft<'_, '_>) {
    for _ in 0..2 {
        let total = draft.len();
        let mut seen: Map<u64, usize> = Map::default();
        for second in draft.stacks().filter_map(|stack| stack.get(1)) {
            *seen.entry(*second).or_default() += 1;
        }
        let common = seen.into_iter().filter(|&(_, count)| count >= total - total / 32);
        // With one or two stacks any second frame is common to nearly all: the lowest one, to be
        // deterministic.
        if let Some(handler) = common.map(|(address, _)| address).min() {
            draft.retain_addresses(|stack, i| i != 1 || stack.get(1) != Some(&handler));
        }
    }
}
