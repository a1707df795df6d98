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

/// One event as it stands in the file.
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

/// Takes the next event; none at the end of the input.
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
            *arg = input.varint().map_err(|fault| at(fault, offset))?;
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
        *arg = block.varint().map_err(|fault| at(fault, offset))?;
    }
    if !block.is_empty() {
        return Err(Fault::new(ErrorKind::BadArity, offset));
    }
    Ok(Some(record))
}

#[cold]
fn at(fault: Fault, offset: u64) -> Fault {
    Fault::new(fault.kind, offset)
}

/// The bytes of an argument block whose length comes next.
fn block<'a>(input: &mut Cursor<'a>, offset: u64) -> Result<Cursor<'a>, Fault> {
    let len = input.varint().map_err(|fault| at(fault, offset))?;
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
            record.args[0] = input.varint().map_err(|fault| at(fault, offset))?;
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
                *arg = body.varint().map_err(|fault| at(fault, offset))?;
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
                    body.varint().map_err(|fault| at(fault, offset))?;
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
    let len = input.varint().map_err(|fault| at(fault, offset))?;
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
