//! The memory map after a profile: `/proc/PID/maps`, or the brief form of gperftools.

use std::borrow::Cow;

use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::hex_digit1;
use nom::combinator::opt;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::entry::hex;
use super::lines::Lines;
use super::map_names::Names;
use super::reader::Reader;
use crate::error::Result;
use crate::pprof::options::ReadOptions;

/// Whether a memory map follows `line`.
pub(super) fn is_sentinel(line: &[u8]) -> bool {
    [&b"--- Memory map: ---"[..], b"MAPPED_LIBRARIES:"]
        .iter()
        .any(|word| memchr::memmem::find(line, word).is_some())
}

/// Reads on until a memory map follows; false at the end.
pub(super) fn skip_to_sentinel(reader: &mut Reader<'_, '_>) -> Result<bool> {
    while let Some((_, line)) = reader.next_line()? {
        if is_sentinel(line) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One range of addresses that a file is mapped to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range<'a> {
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) file: Cow<'a, [u8]>,
    pub(super) build_id: Cow<'a, [u8]>,
}

/// The executable ranges of a memory map. Other lines are skipped.
pub(super) fn parse<'a>(text: &'a [u8], options: &ReadOptions) -> Vec<Range<'a>> {
    let mut ranges = Vec::new();
    let mut names = Names::default();
    let mut budget = text.len().saturating_mul(4) + (1 << 20);
    for (_, line) in Lines::new(text).filter(|(_, line)| line.len() as u64 <= options.limits.line) {
        let line = without_log_prefix(line);
        let found = match memchr::memchr(b'$', line) {
            Some(_) if !names.is_empty() => match names.replace(line, &mut budget) {
                Some(replaced) => range(&replaced).map(|found| found.map(Range::into_owned)),
                None => None,
            },
            _ => range(line),
        };
        match found {
            Some(found) => ranges.extend(found),
            None => names.define(line),
        }
    }
    ranges
}

impl<'a> Range<'a> {
    fn into_owned(self) -> Range<'static> {
        let Self { start, limit, offset, file, build_id } = self;
        let own = |text: Cow<'a, [u8]>| Cow::Owned(text.into_owned());
        Range { start, limit, offset, file: own(file), build_id: own(build_id) }
    }
}

/// `line` without the prefix of glog: `…file:line] `.
fn without_log_prefix(line: &[u8]) -> &[u8] {
    let Some(end) = line.iter().position(|byte| b"[]".contains(byte)) else { return line };
    let (before, after) = line.split_at(end);
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let is_log = digits > 0
        && before.get(..before.len() - digits).is_some_and(|file| file.len() > 1 && file.ends_with(b":"))
        && after.first() == Some(&b']')
        && after.get(1).is_some_and(u8::is_ascii_whitespace);
    if is_log { after.get(2..).unwrap_or_default() } else { line }
}

/// Reads a line of either form. `None` for any other line; `Some(None)` for a range that is not executable.
fn range(line: &[u8]) -> Option<Option<Range<'_>>> {
    let (rest, (start, limit)) = bounds(line.trim_ascii_start()).ok()?;
    if !rest.first().is_none_or(u8::is_ascii_whitespace) {
        return None;
    }
    let mut words = rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).peekable();
    let is_perm = |word: &&[u8]| word.iter().all(|byte| b"-rwxp".contains(byte));
    let perm = words.next_if(is_perm);
    let words: [&[u8]; 4] = std::array::from_fn(|_| words.next().unwrap_or_default());
    let (start, limit) = (hex(start).ok()?, hex(limit).ok()?);
    let (offset, file, build_id) = details(words)?;
    if perm.is_some_and(|perm| !perm.contains(&b'x')) {
        return Some(None);
    }
    Some(Some(Range { start, limit, offset, file: file.into(), build_id: build_id.into() }))
}

/// Offset, file and build id: from `offset dev inode file`, or from `file (@offset) buildid`.
fn details(words: [&[u8]; 4]) -> Option<(u64, &[u8], &[u8])> {
    let is_hex = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_hexdigit);
    let is_device = |word: &[u8]| {
        let mut halves = word.split(|&byte| byte == b':');
        matches!((halves.next(), halves.next(), halves.next()), (Some(a), Some(b), None) if is_hex(a) && is_hex(b))
    };
    let [first, second, third, fourth] = words;
    if is_hex(first) && is_device(second) && third.first().is_some_and(u8::is_ascii_digit) {
        return Some((hex(first).ok()?, fourth, b""));
    }
    let offset =
        second.strip_prefix(b"(@").and_then(|word| word.strip_suffix(b")")).filter(|word| is_hex(word));
    let build_id = if offset.is_some() { third } else { second };
    let offset = match offset {
        Some(digits) => hex(digits).ok()?,
        None => 0,
    };
    Some((offset, first, if is_hex(build_id) { build_id } else { b"" }))
}

/// `400000-4f0000`, with or without `0x`; one space may replace the dash, and a colon may follow.
fn bounds(line: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    let number = || preceded(opt(tag("0x")), hex_digit1);
    let space = || opt(take_while1(|byte: u8| byte.is_ascii_whitespace()));
    let (rest, (start, _, _, _, limit, _)) =
        (number(), space(), opt(tag("-")), space(), number(), opt(tag(":"))).parse_complete(line)?;
    Ok((rest, (start, limit)))
}
