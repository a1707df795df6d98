//! Heap and contention profiles of Java, and the symbols that follow all of Java's forms.

use nom::Parser;
use nom::character::complete::{i64 as signed, space1};

use super::draft::Draft;
use super::entry::{Symbol, addresses, hex, rule_of};
use super::lines::Lines;
use super::reader::Reader;
use super::scale::unsample;
use crate::error::{ErrorKind, Result};
use crate::pprof::rule::Rule;
use crate::text::search::rfind_pair;

/// Bytes between two samples.
const HEAP_RATE: i64 = 524_288;

/// `--- heapz 1 ---` or `--- contentionz 1 ---`, attributes, samples `BYTES COUNT @ 0x1 0x2`, then names of
/// the addresses, which are mere numbers.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, draft: &mut Draft<'a, '_>) -> Result<()> {
    let (at, first) = reader.next_line()?.unwrap_or_default();
    let is_heap = first == b"--- heapz 1 ---";
    if !is_heap && first != b"--- contentionz 1 ---" {
        return Err(reader.error(ErrorKind::BadMagic, at));
    }
    draft.symbolic();
    let mut period = 0;
    while reader.peek().is_some_and(|line| line.is_empty() || line.contains(&b'=') && !line.contains(&b'@')) {
        let Some((at, line)) = reader.next_line()? else { break };
        if let Err(rule) = attribute(line, is_heap, &mut period, draft) {
            reader.bad(rule, at)?;
        }
    }
    while reader.peek().is_some_and(|line| line.is_empty() || is_sample(line)) {
        let Some((at, line)) = reader.next_line()? else { break };
        if !line.is_empty() {
            if let Err(rule) = sample(line, is_heap, period, draft) {
                reader.bad(rule, at)?;
            }
        }
    }
    locations(reader.rest(), draft);
    Ok(())
}

fn attribute<'a>(
    line: &'a [u8],
    is_heap: bool,
    period: &mut i64,
    draft: &mut Draft<'a, '_>,
) -> std::result::Result<(), Rule> {
    let Some(equals) = line.iter().position(|&byte| byte == b'=') else { return Ok(()) };
    let (key, value) = line.split_at(equals);
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    let number = || {
        std::str::from_utf8(value).ok().and_then(|value| value.parse::<i64>().ok()).ok_or(Rule::TextNumber)
    };
    match (key.trim_ascii(), is_heap) {
        (b"format", _) if value == b"java" => {}
        (b"resolution", true) => {
            draft.columns(&[(b"inuse_objects", b"count"), (b"inuse_space", value)]);
        }
        (b"resolution", false) => {
            draft.columns(&[(b"contentions", b"count"), (b"delay", value)]);
        }
        (b"sampling period", false) => {
            *period = number()?;
            draft.period((b"contentions", b"count"), *period);
        }
        (b"ms since reset", false) => {
            draft.duration(number()?.checked_mul(1_000_000).ok_or(Rule::TextNumber)?);
        }
        _ => return Err(Rule::TextLine),
    }
    Ok(())
}

fn is_sample(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_digit)
        && !line.starts_with(b"0x")
        && memchr::memchr(b'@', line).is_some()
}

fn sample(
    line: &[u8],
    is_heap: bool,
    period: i64,
    draft: &mut Draft<'_, '_>,
) -> std::result::Result<(), Rule> {
    let at = memchr::memchr(b'@', line).ok_or(Rule::TextLine)?;
    let (numbers, stack) = line.split_at(at);
    let numbers = (signed::<&[u8], nom::error::Error<&[u8]>>, space1, signed).parse_complete(numbers);
    let (_, (second, _, first)) = numbers.map_err(|error| rule_of(&error))?;
    let start = draft.start();
    if let Err(rule) = addresses(stack.get(1..).unwrap_or_default(), |address| draft.push_leaf(address)) {
        draft.abandon(start);
        return Err(rule);
    }
    let values = match (is_heap, period) {
        (true, _) if first == 0 => {
            draft.abandon(start);
            return Err(Rule::TextNumber);
        }
        (true, _) => unsample(first, second, HEAP_RATE),
        (false, 0) => [first, second],
        (false, period) => [first.saturating_mul(period), second.saturating_mul(period)],
    };
    draft.sample(&values);
    if is_heap {
        draft.number(b"bytes", second.wrapping_div(first));
    }
    Ok(())
}

/// The names of addresses: `0x1f name (file:line)`, `0x1f name (library)`, or words.
pub(super) fn locations<'a>(text: &'a [u8], draft: &mut Draft<'a, '_>) {
    draft.symbolic();
    for (_, line) in Lines::new(text) {
        let line = line.trim_ascii();
        let Some(rest) = line.strip_prefix(b"0x") else { continue };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, name) = rest.split_at(digits);
        let Ok(pc) = hex(digits) else { continue };
        if name.first().is_some_and(u8::is_ascii_whitespace) {
            let (name, file, line) = place(name.trim_ascii());
            draft.name(Symbol { pc, entry: pc, name, file, line });
        }
    }
}

fn place(text: &[u8]) -> (&[u8], &[u8], i64) {
    let open = rfind_pair(text, *b" (");
    if let Some((name, inner)) =
        open.zip(text.strip_suffix(b")")).and_then(|(open, text)| text.split_at_checked(open))
    {
        let (name, inner) = (name.trim_ascii_end(), inner.get(2..).unwrap_or_default());
        if let Some(colon) = memchr::memrchr(b':', inner).filter(|&colon| colon > 0) {
            let line =
                inner.get(colon + 1..).and_then(|line| std::str::from_utf8(line).ok()?.parse::<i64>().ok());
            if let Some(line) = line {
                return (name, inner.get(..colon).unwrap_or_default(), line.max(0));
            }
        }
        // A library: its folder is of no interest.
        let base = memchr::memrchr(b'/', inner).map_or(0, |slash| slash + 1);
        return (name, inner.get(base..).unwrap_or_default(), 0);
    }
    if memchr::memmem::find(text, b"generated stub/JIT").is_some() {
        return (b"STUB", b"", 0);
    }
    (text, b"", 0)
}
