//! Heap profiles of jemalloc, which Rust and C++ services write.

use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::{i64 as signed, space0};
use nom::sequence::delimited;

use super::draft::Draft;
use super::entry::rule_of;
use super::maps;
use super::reader::Reader;
use super::scale::unsample;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;

/// `heap_v2/RATE`, the sums, then for each stack `@ 0x1 0x2` and under it `t*: N: BYTES [N: BYTES]` for all
/// threads together, and a line for each thread.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    let (at, first) = reader.next_line()?.unwrap_or_default();
    let rate =
        first.strip_prefix(b"heap_v2/").and_then(|rate| std::str::from_utf8(rate).ok()?.parse::<i64>().ok());
    let Some(rate) = rate else { return Err(reader.error(ErrorKind::BadMagic, at)) };
    draft.columns(&[
        (b"alloc_objects", b"count"),
        (b"alloc_space", b"bytes"),
        (b"inuse_objects", b"count"),
        (b"inuse_space", b"bytes"),
    ]);
    draft.period((b"space", b"bytes"), rate);
    draft.drops_allocator();
    // Where the addresses begin whose numbers are still to come.
    let mut stack = None;
    while let Some((at, line)) = reader.next_line()? {
        if let Some(text) = line.strip_prefix(b"@") {
            let start = draft.start();
            stack.take().map(|start| draft.abandon(start)).unwrap_or_default();
            match draft.push_calls(text) {
                Ok(()) => stack = Some(start),
                Err(rule) => reader.bad(rule, at)?,
            }
        } else if let Some(numbers) = line.strip_prefix(b"t*:") {
            // The first such line is the sum of all stacks.
            if stack.take().is_some() {
                match counts(numbers) {
                    Ok([inuse, alloc]) => {
                        let ([a, b], [c, d]) =
                            (unsample(alloc[0], alloc[1], rate), unsample(inuse[0], inuse[1], rate));
                        draft.sample(&[a, b, c, d]);
                    }
                    Err(rule) => reader.bad(rule, at)?,
                }
            }
        } else if maps::is_sentinel(line) {
            draft.read_maps(reader.rest(), reader.options);
            break;
        } else if !line.is_empty() && !line.starts_with(b"t") {
            reader.bad(Rule::TextLine, at)?;
        }
    }
    Ok(())
}

/// `N: BYTES [N: BYTES]`: in use, and allocated in all if jemalloc keeps that (`prof_accum`).
fn counts(text: &[u8]) -> std::result::Result<[[i64; 2]; 2], Rule> {
    let colon = || delimited(space0, tag(":"), space0);
    let pair = || (signed::<&[u8], nom::error::Error<&[u8]>>, colon(), signed);
    let parsed = (space0, pair(), delimited(space0, tag("["), space0), pair(), tag("]")).parse_complete(text);
    let (_, (_, (a, _, b), _, (c, _, d), _)) = parsed.map_err(|error| rule_of(&error))?;
    Ok([[a, b], [c, d]])
}
