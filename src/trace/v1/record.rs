//! One event on the wire: type, numbers, text.
//!
//! ```text
//! byte: type in the low 6 bits, class c in the high 2
//!   c < 3:  c + 1 numbers (c + 2 in 1.5)      c = 3:  length in bytes, then that many bytes of numbers
//!   String: id, length, bytes                 UserLog: its numbers, then length, bytes
//! ```

use super::spec::{Kind, MAX_ARGS, Table};
use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

/// Longest argument block in bytes. Go 1.27 has the same bound; real ones are far below it.
const MAX_BLOCK: u64 = 2048;
/// Longest string, and longest message of a log, in bytes.
const MAX_STRING: u64 = 1_000_000;
/// Most frames of a stack.
const MAX_FRAMES: u64 = 1000;

/// One event as recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) kind: Kind,
    /// Offset of its first byte.
    pub(crate) offset: usize,
    /// Its numbers, times and sequence numbers included; as many as the table says, the rest 0.
    /// Of a stack: id, number of frames; of a string: id.
    pub(crate) args: [u64; MAX_ARGS],
    /// Text of a string or log; the frames of a stack, undecoded.
    pub(crate) text: &'a [u8],
    /// Offset of `text`.
    pub(crate) text_offset: usize,
}

/// The bytes that [`quick`] and [`skip`] read: more than any plain event has.
pub(crate) const WINDOW: usize = 64;

/// A plain event, decoded on the fast path; its arguments are elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quick {
    /// Its type's number.
    pub(crate) number: u8,
    pub(crate) len: usize,
    /// Its first number: how much time passed.
    pub(crate) step: u64,
}

/// Decodes a plain event at the start of `window`, its arguments into `args`. `None` for any other event,
/// which [`next`] must read.
///
/// The arguments are stored in place: copying them later would wait for the stores.
#[inline(always)]
pub(crate) fn quick(window: &[u8; WINDOW], table: &Table, args: &mut [u64; 4]) -> Option<Quick> {
    let number = window[0] & 0x3f;
    let class = window[0] >> 6;
    let arity = table.plain[usize::from(number)];
    let (mut position, end) = if class == 3 {
        if window[1] >= 0x40 || arity == 0 {
            return None;
        }
        (2, 2 + usize::from(window[1]))
    } else {
        if class + 1 != arity {
            return None;
        }
        (1, 0)
    };
    let step = quick_varint(window, &mut position)?;
    *args = [0; 4];
    for arg in args.iter_mut().take(usize::from(arity - 1)) {
        *arg = quick_varint(window, &mut position)?;
    }
    (class != 3 || position == end).then_some(Quick { number, len: position, step })
}

/// One number. A plain event has at most 5 of 10 bytes, so the mask never changes an index.
#[inline(always)]
fn quick_varint(window: &[u8; WINDOW], position: &mut usize) -> Option<u64> {
    let byte = window[*position & (WINDOW - 1)];
    *position += 1;
    if byte < 0x80 {
        return Some(u64::from(byte));
    }
    let mut value = u64::from(byte & 0x7f);
    let mut shift = 7;
    loop {
        let byte = window[*position & (WINDOW - 1)];
        *position += 1;
        if shift == 63 && byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

/// The type's number and the length of a plain event at the start of `window`, without looking at its
/// numbers. `None` for any other event.
#[inline(always)]
pub(crate) fn skip(window: &[u8; WINDOW], table: &Table) -> Option<(u8, usize)> {
    let number = window[0] & 0x3f;
    let class = window[0] >> 6;
    let arity = table.plain[usize::from(number)];
    if class == 3 {
        return (window[1] < 0x80 && arity != 0).then_some((number, 2 + usize::from(window[1])));
    }
    if class + 1 != arity {
        return None;
    }
    // Bit 7 of each byte that ends a number.
    let (_, numbers) = window.split_first_chunk::<1>()?;
    let mut ends = !u64::from_le_bytes(*numbers.first_chunk()?) & 0x8080_8080_8080_8080;
    for _ in 1..arity {
        ends &= ends.wrapping_sub(1);
    }
    (ends != 0).then(|| (number, 2 + ends.trailing_zeros() as usize / 8))
}

/// Takes the next event; `None` at the end of the input.
///
/// # Errors
/// All at the offset of the event's first byte.
#[inline(always)]
pub(crate) fn next<'a>(input: &mut Cursor<'a>, table: &Table) -> Result<Option<Record<'a>>, Fault> {
    let offset = input.offset();
    let Ok(first) = input.byte() else { return Ok(None) };
    let number = first & 0x3f;
    let arity = table.arity[usize::from(number)];
    let Some(kind) = Kind::of(number) else { return Err(Fault::new(ErrorKind::UnknownEvent, offset)) };
    let mut record = Record { kind, offset: offset as usize, args: [0; MAX_ARGS], text: &[], text_offset: 0 };
    if matches!(kind, Kind::String | Kind::Stack | Kind::UserLog) {
        texts(input, table, first, &mut record)?;
        return Ok(Some(record));
    }
    let inline = first >> 6;
    let inline = if table.version < 7 { inline + 2 } else { inline + 1 };
    let limit = if table.version < 7 { 4 } else { 3 };
    if inline == arity && inline <= limit {
        for arg in record.args.iter_mut().take(usize::from(arity)) {
            *arg = input.varint().map_err(|fault| with_offset(fault, offset))?;
        }
        return Ok(Some(record));
    }
    if arity == 0 {
        return Err(Fault::new(ErrorKind::UnknownEvent, offset));
    }
    if inline <= limit || kind == Kind::Batch {
        return Err(Fault::new(ErrorKind::BadArity, offset));
    }
    let mut block = block(input, offset)?;
    for arg in record.args.iter_mut().take(usize::from(arity)) {
        if block.is_empty() {
            return Err(Fault::new(ErrorKind::BadArity, offset));
        }
        *arg = block.varint().map_err(|fault| with_offset(fault, offset))?;
    }
    if !block.is_empty() {
        return Err(Fault::new(ErrorKind::BadArity, offset));
    }
    Ok(Some(record))
}

#[cold]
fn with_offset(fault: Fault, offset: u64) -> Fault {
    Fault::new(fault.kind, offset)
}

/// The bytes of an argument block whose length comes next.
fn block<'a>(input: &mut Cursor<'a>, offset: u64) -> Result<Cursor<'a>, Fault> {
    let len = input.varint().map_err(|fault| with_offset(fault, offset))?;
    if len > MAX_BLOCK {
        return Err(Fault::new(ErrorKind::Limit, offset));
    }
    input.sub(len).map_err(|_| Fault::new(ErrorKind::Truncated, offset))
}

/// Strings, stacks and logs.
#[inline(never)]
fn texts<'a>(input: &mut Cursor<'a>, table: &Table, first: u8, record: &mut Record<'a>) -> Result<(), Fault> {
    let offset = record.offset as u64;
    let arity = table.arity[record.kind as usize];
    if arity == 0 {
        return Err(Fault::new(ErrorKind::UnknownEvent, offset));
    }
    match record.kind {
        Kind::String => {
            record.args[0] = input.varint().map_err(|fault| with_offset(fault, offset))?;
            if record.args[0] == 0 {
                return Err(Fault::new(ErrorKind::IdZero, offset));
            }
            text(input, record)?;
            if record.text.is_empty() {
                return Err(Fault::new(ErrorKind::BadArity, offset));
            }
        }
        Kind::Stack => {
            let long = first >> 6 == 3;
            let mut body = if long { block(input, offset)? } else { *input };
            for arg in &mut record.args[..2] {
                *arg = body.varint().map_err(|fault| with_offset(fault, offset))?;
            }
            if record.args[1] > MAX_FRAMES {
                return Err(Fault::new(ErrorKind::Limit, offset));
            }
            if long {
                record.text_offset = body.offset() as usize;
                record.text = body.rest();
                frames(body, record.args[1], table).map_err(|kind| Fault::new(kind, offset))?;
            } else {
                // In 1.5 three numbers fit: id, 1, pc.
                let numbers = (first >> 6) + if table.version < 7 { 2 } else { 1 };
                let start = body;
                for _ in 2..numbers {
                    body.varint().map_err(|fault| with_offset(fault, offset))?;
                }
                let len = (body.offset() - start.offset()) as usize;
                record.text_offset = start.offset() as usize;
                record.text = start.rest().get(..len).unwrap_or_default();
                let own = Cursor::at(record.text, start.offset());
                frames(own, record.args[1], table).map_err(|kind| Fault::new(kind, offset))?;
                *input = body;
            }
        }
        _ => {
            if first >> 6 != 3 {
                return Err(Fault::new(ErrorKind::BadArity, offset));
            }
            let mut block = block(input, offset)?;
            for arg in record.args.iter_mut().take(usize::from(arity)) {
                *arg = block.varint().map_err(|_| Fault::new(ErrorKind::BadArity, offset))?;
            }
            if !block.is_empty() {
                return Err(Fault::new(ErrorKind::BadArity, offset));
            }
            text(input, record)?;
        }
    }
    Ok(())
}

/// Length and bytes.
fn text<'a>(input: &mut Cursor<'a>, record: &mut Record<'a>) -> Result<(), Fault> {
    let offset = record.offset as u64;
    let len = input.varint().map_err(|fault| with_offset(fault, offset))?;
    if len > MAX_STRING {
        let fits = len <= input.rest().len() as u64;
        let kind = if fits { ErrorKind::Limit } else { ErrorKind::LengthPastEnd };
        return Err(Fault::new(kind, offset));
    }
    record.text_offset = input.offset() as usize;
    record.text = input.take(len).map_err(|_| Fault::new(ErrorKind::Truncated, offset))?;
    Ok(())
}

/// Checks that `body` holds exactly `count` frames.
fn frames(mut body: Cursor<'_>, count: u64, table: &Table) -> Result<(), ErrorKind> {
    let numbers = if table.version < 7 { count } else { 4 * count };
    for _ in 0..numbers {
        if body.is_empty() {
            return Err(ErrorKind::BadArity);
        }
        body.varint().map_err(|fault| fault.kind)?;
    }
    if body.is_empty() { Ok(()) } else { Err(ErrorKind::BadArity) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(version: u8, bytes: &[u8]) -> Result<Vec<(Kind, [u64; MAX_ARGS])>, Fault> {
        let table = Table::of(version);
        let mut cursor = Cursor::new(bytes);
        let mut out = Vec::new();
        while let Some(record) = next(&mut cursor, &table)? {
            out.push((record.kind, record.args));
        }
        Ok(out)
    }

    #[test]
    fn inline_and_prefixed_arguments_say_the_same() {
        // GoStart ts=5 g=7 seq=1, once with class 2 and once with a length.
        let inline = all(21, &[14 | 2 << 6, 5, 7, 1]).unwrap();
        let prefixed = all(21, &[14 | 3 << 6, 3, 5, 7, 1]).unwrap();
        assert_eq!(inline, prefixed);
        assert_eq!(inline, [(Kind::GoStart, [5, 7, 1, 0, 0, 0])]);
    }

    proptest! {
        #[test]
        fn the_quick_roads_agree_with_the_slow_one(version in prop::sample::select(vec![5u8, 7, 11, 19, 21]),
            number in 1u8..50, class in 0u8..4, numbers: [(u64, u32); 6], len in 0u8..80, junk: bool) {
            let table = Table::of(version);
            let mut window = [0x81; WINDOW];
            let mut body = Vec::new();
            let arity = usize::from(table.arity[usize::from(number)]);
            for (value, shift) in numbers.into_iter().take(if junk { 6 } else { arity }) {
                let mut value = value >> (shift % 64);
                while value >= 0x80 {
                    body.push(value as u8 | 0x80);
                    value >>= 7;
                }
                body.push(value as u8);
            }
            let mut bytes = vec![number | class << 6];
            if class == 3 {
                bytes.push(if junk { len } else { body.len() as u8 });
            }
            bytes.extend(body);
            let used = bytes.len().min(WINDOW);
            window[..used].copy_from_slice(&bytes[..used]);
            let mut args = [0; 4];
            let mut cursor = Cursor::new(&window);
            let slow = next(&mut cursor, &table);
            if let Some(Quick { number, len, step }) = quick(&window, &table, &mut args) {
                let record = slow.unwrap().unwrap();
                prop_assert_eq!((record.kind as u8, cursor.offset()), (number, len as u64));
                prop_assert_eq!(record.args, [step, args[0], args[1], args[2], args[3], 0]);
                // Skipping looks at 8 bytes of numbers only.
                prop_assert!(skip(&window, &table).is_none_or(|skipped| skipped == (number, len)));
            }
        }
    }

    #[test]
    fn faults_are_at_the_event() {
        for (bytes, kind) in [
            (&[6, 0, 63][..], ErrorKind::UnknownEvent),
            (&[6, 0, 49 | 3 << 6, 5, 1, 1, 1, 1, 1], ErrorKind::UnknownEvent),
            (&[6, 0, 6 | 1 << 6, 1, 1], ErrorKind::BadArity),
            (&[6, 0, 14 | 3 << 6, 2, 1, 1], ErrorKind::BadArity),
            (&[6, 0, 14 | 3 << 6, 4, 1, 1, 1, 1], ErrorKind::BadArity),
            (&[6, 0, 14 | 3 << 6, 4, 1, 1], ErrorKind::Truncated),
            (&[6, 0, 14 | 2 << 6, 4, 1], ErrorKind::Truncated),
            (&[6, 0, 37, 0, 1, 65], ErrorKind::IdZero),
            (&[6, 0, 37, 1, 2, 65], ErrorKind::Truncated),
            (&[6, 0, 3 | 3 << 6, 3, 1, 1, 1], ErrorKind::BadArity),
            (&[6, 0, 1, 0], ErrorKind::BadArity),
        ] {
            assert_eq!(all(11, bytes), Err(Fault::new(kind, 2)), "{bytes:?}");
        }
    }
}
