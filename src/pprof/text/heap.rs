//! Heap profiles of Go and gperftools, and gperftools' growth and fragmentation profiles.

use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{space0, u64 as unsigned};
use nom::combinator::opt;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::draft::Draft;
use super::entry::{HeapCounts, heap_counts, rule_of};
use super::maps;
use super::reader::Reader;
use super::scale::unsample;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;

/// What the header says.
struct Form {
    /// Bytes between two samples; `None` if the values need no unsampling.
    rate: Option<i64>,
    period: i64,
    has_alloc: bool,
}

/// `heap profile: N: B [N: B] @ heap/RATE`, then lines `N: B [N: B] @ 0x1 0x2`.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    let Some((at, line)) = reader.next_line()? else { return Err(reader.error(ErrorKind::BadMagic, 0)) };
    let Some(form) = header(line).ok().and_then(|(_, form)| form) else {
        return Err(reader.error(ErrorKind::BadMagic, at));
    };
    if form.has_alloc {
        let columns: [(&[u8], &[u8]); 4] = [
            (b"alloc_objects", b"count"),
            (b"alloc_space", b"bytes"),
            (b"inuse_objects", b"count"),
            (b"inuse_space", b"bytes"),
        ];
        draft.columns(&columns);
    } else {
        draft.columns(&[(b"objects", b"count"), (b"space", b"bytes")]);
    }
    draft.period((b"space", b"bytes"), form.period);
    draft.drops_allocator();
    while let Some((at, line)) = reader.next_line()? {
        if line.starts_with(b"#") {
            draft.comment(line);
        } else if maps::is_sentinel(line) {
            draft.read_maps(reader.rest(), reader.options);
            break;
        } else if !(line.is_empty() || reader.is_cut(at) && draft.has_symbols()) {
            if let Err(rule) = entry(line, &form, draft) {
                reader.bad(rule, at)?;
            }
        }
    }
    Ok(())
}

fn header(line: &[u8]) -> IResult<&[u8], Option<Form>> {
    let (rest, counts) = preceded((tag("heap profile:"), space0), heap_counts).parse_complete(line)?;
    let (rest, kind) =
        preceded(space0, take_while1(|b: u8| b.is_ascii_alphanumeric() || b == b'_')).parse_complete(rest)?;
    let (rest, rate) = opt(preceded(tag("/"), unsigned)).parse_complete(rest)?;
    let rate = i64::try_from(rate.unwrap_or(0)).unwrap_or(i64::MAX);
    let [objects, space] = counts.inuse;
    let has_alloc = counts.alloc != counts.inuse
        && (counts.alloc[0] != objects && counts.alloc[0] != 0
            || counts.alloc[1] != space && counts.alloc[1] != 0);
    let form = match kind {
        b"heapz_v2" | b"heap_v2" => Some(Form { rate: Some(rate), period: rate, has_alloc }),
        b"heapprofile" => Some(Form { rate: None, period: 1, has_alloc }),
        // Twice the rate, for the sake of readers of old.
        b"heap" => Some(Form { rate: Some(rate / 2), period: rate / 2, has_alloc }),
        b"growth" | b"growthz" | b"fragmentation" | b"fragmentationz" => {
            Some(Form { rate: None, period: 1, has_alloc: false })
        }
        _ => None,
    };
    Ok((rest, form))
}

fn entry(line: &[u8], form: &Form, draft: &mut Draft<'_, '_>) -> std::result::Result<(), Rule> {
    let (stack, counts) = heap_counts(line).map_err(|error| rule_of(&error))?;
    let HeapCounts { inuse, alloc } = counts;
    let mut values = [0; 4];
    let mut size = 0;
    let pairs = if form.has_alloc { [Some(alloc), Some(inuse)] } else { [Some(inuse), None] };
    for (slot, [count, bytes]) in values.chunks_mut(2).zip(pairs.into_iter().flatten()) {
        if count == 0 && bytes != 0 {
            return Err(Rule::TextNumber);
        }
        if count != 0 {
            size = bytes.wrapping_div(count);
        }
        slot.copy_from_slice(&match form.rate {
            Some(rate) if count != 0 => unsample(count, bytes, rate),
            _ => [count, bytes],
        });
    }
    draft.push_calls(stack)?;
    draft.sample(values.get(..if form.has_alloc { 4 } else { 2 }).unwrap_or_default());
    draft.number(b"bytes", size);
    Ok(())
}
