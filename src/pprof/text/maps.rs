//! The memory map after a profile: `/proc/PID/maps`, or the brief form of gperftools.
//!
//! Names may hold `$name`, which an earlier line `name=value` defines.

use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::hex_digit1;
use nom::combinator::opt;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::entry::hex;
use super::lines::Lines;
use super::reader::Reader;
use crate::error::Result;
use crate::intern::Map;
use crate::pprof::options::ReadOptions;
use crate::pprof::profile::Builder;
use crate::pprof::types::Mapping;

use std::borrow::Cow;

/// What google/pprof drops from the leaves of legacy profiles that are no heap or lock profiles.
pub(super) const SIGNAL_FRAMES: &[u8] =
    b"ProfileData::Add|ProfileData::prof_handler|CpuProfiler::prof_handler|__pthread_sighandler|__restore";
/// What it drops from the leaves of heap profiles.
pub(super) const ALLOCATOR_FRAMES: &[u8] = br"calloc|cfree|malloc|free|memalign|do_memalign|(__)?posix_memalign|pvalloc|valloc|realloc|tcmalloc::.*|tc_calloc|tc_cfree|tc_malloc|tc_free|tc_memalign|tc_posix_memalign|tc_pvalloc|tc_valloc|tc_realloc|tc_new|tc_delete|tc_newarray|tc_deletearray|tc_new_nothrow|tc_newarray_nothrow|malloc_zone_malloc|malloc_zone_calloc|malloc_zone_valloc|malloc_zone_realloc|malloc_zone_memalign|malloc_zone_free|runtime\..*|BaseArena::.*|(::)?do_malloc_no_errno|(::)?do_malloc_pages|(::)?do_malloc|DoSampledAllocation|MallocedMemBlock::MallocedMemBlock|_M_allocate|__builtin_(vec_)?delete|__builtin_(vec_)?new|__gnu_cxx::new_allocator::allocate|__libc_malloc|__malloc_alloc_template::allocate|allocate|cpp_alloc|operator new(\[\])?|simple_alloc::allocate";
/// What it keeps of those nevertheless.
pub(super) const KEPT_FRAMES: &[u8] = br"runtime\.panic|runtime\.reflectcall|runtime\.call[0-9]*";
/// What it drops from the leaves of lock profiles.
pub(super) const LOCK_FRAMES: &[u8] = br"RecordLockProfileData|(base::)?RecordLockProfileData.*|(base::)?SubmitMutexProfileData.*|(base::)?SubmitSpinLockProfileData.*|(base::Mutex::)?AwaitCommon.*|(base::Mutex::)?Unlock.*|(base::Mutex::)?UnlockSlow.*|(base::Mutex::)?ReaderUnlock.*|(base::MutexLock::)?~MutexLock.*|(Mutex::)?AwaitCommon.*|(Mutex::)?Unlock.*|(Mutex::)?UnlockSlow.*|(Mutex::)?ReaderUnlock.*|(MutexLock::)?~MutexLock.*|(SpinLock::)?Unlock.*|(SpinLock::)?SlowUnlock.*|(SpinLockHolder::)?~SpinLockHolder.*";

/// Whether a memory map follows `line`.
pub(super) fn is_sentinel(line: &[u8]) -> bool {
    [&b"--- Memory map: ---"[..], b"MAPPED_LIBRARIES:"]
        .iter()
        .any(|word| memchr::memmem::find(line, word).is_some())
}

/// Reads on until a memory map follows; whether one does.
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

/// `line` without what glog puts before it: `…file:line] `.
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

/// Reads a line of either form. `None` if it is of neither; `Some(None)` for a range that is not executable.
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

/// `$name` and its value: a tree of the names' bytes, so that looking is linear in the text however many
/// names there are.
#[derive(Default)]
struct Names<'a> {
    steps: Map<(u32, u8), u32>,
    /// The value at each node, and which definition gave it; the first definition that matches counts.
    values: Vec<Option<(u32, &'a [u8])>>,
    definitions: u32,
}

impl<'a> Names<'a> {
    fn is_empty(&self) -> bool {
        self.definitions == 0
    }

    /// Takes `name=value`; anything else is ignored.
    fn define(&mut self, line: &'a [u8]) {
        let Some(equals) = line.iter().position(|&byte| byte == b'=') else { return };
        let (name, value) = line.split_at(equals);
        let name = name.trim_ascii();
        if name.is_empty() || name.contains(&b'$') {
            return;
        }
        if self.values.is_empty() {
            self.values.push(None);
        }
        let mut node = 0;
        for &byte in name {
            let next = self.values.len() as u32;
            node = *self.steps.entry((node, byte)).or_insert(next);
            if node == next {
                self.values.push(None);
            }
        }
        if let Some(slot) = self.values.get_mut(node as usize) {
            slot.get_or_insert((self.definitions, value.get(1..).unwrap_or_default().trim_ascii()));
        }
        self.definitions += 1;
    }

    /// `line` with every known `$name` replaced; `None` when `budget` bytes do not suffice.
    fn replace(&self, line: &[u8], budget: &mut usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut rest = line;
        while let Some(at) = memchr::memchr(b'$', rest) {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before);
            let (value, len) = self.longest_first(from.get(1..)?).unwrap_or((b"$", 0));
            out.extend_from_slice(value);
            rest = from.get(len + 1..)?;
            *budget = budget.checked_sub(value.len())?;
        }
        out.extend_from_slice(rest);
        Some(out)
    }

    /// The value of the first defined name that `text` begins with, and the name's length.
    fn longest_first(&self, text: &[u8]) -> Option<(&'a [u8], usize)> {
        let (mut node, mut best) = (0, None::<(u32, &[u8], usize)>);
        for (i, &byte) in text.iter().enumerate() {
            let Some(&next) = self.steps.get(&(node, byte)) else { break };
            node = next;
            if let Some(&Some((order, value))) = self.values.get(node as usize) {
                if best.is_none_or(|(first, ..)| order < first) {
                    best = Some((order, value, i + 1));
                }
            }
        }
        best.map(|(_, value, len)| (value, len))
    }
}

/// Finds the mapping of an address, by google/pprof's rules.
pub(super) struct Lookup<'a> {
    ranges: Vec<Range<'a>>,
    /// Disjoint stretches of addresses, in order, and the first range that holds each.
    stretches: Vec<(u64, u64, u32)>,
    has_fake: bool,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(ranges: Vec<Range<'a>>) -> Self {
        let mut ranges = join(ranges);
        if let Some(main) = ranges.iter().position(is_main) {
            ranges.swap(0, main);
        }
        if ranges.len() > 1 && ranges.first().is_some_and(|first| first.file.starts_with(b"/anon_hugepage")) {
            let is_next = ranges.first().map(|first| first.limit) == ranges.get(1).map(|next| next.start);
            if is_next {
                ranges.remove(0);
            }
        }
        if let Some(main) =
            ranges.first_mut().filter(|main| main.start.wrapping_sub(main.offset) == 0x40_0000)
        {
            (main.start, main.offset) = (0x40_0000, 0);
        }
        Self { ranges, stretches: Vec::new(), has_fake: false }
    }

    /// Extends ranges backwards, and adds one for everything, as `addresses` need it.
    pub(super) fn assign(&mut self, addresses: &[u64]) {
        self.stretches = stretches(self.ranges.iter().map(|range| (range.start, range.limit)));
        // Some handlers leave out the first part of a mapping that was split.
        let before = |range: &Range<'_>| match range.offset {
            0 => (0, 0),
            offset => (range.start.saturating_sub(offset), range.start),
        };
        let gaps = stretches(self.ranges.iter().map(before));
        let mut extended = false;
        for &address in addresses.iter().filter(|&&address| address != 0) {
            if find(&self.stretches, address).is_some() {
                continue;
            }
            match find(&gaps, address).and_then(|i| self.ranges.get_mut(i as usize)) {
                Some(range) => {
                    range.start = range.start.saturating_sub(range.offset);
                    range.offset = 0;
                    extended = true;
                }
                None => self.has_fake = true,
            }
        }
        if extended {
            self.stretches = stretches(self.ranges.iter().map(|range| (range.start, range.limit)));
        }
        if self.has_fake {
            let all = Range {
                start: 0,
                limit: u64::MAX,
                offset: 0,
                file: Cow::Borrowed(b""),
                build_id: Cow::Borrowed(b""),
            };
            self.ranges.push(all);
        }
    }

    /// The mappings, in order.
    pub(super) fn mappings(&self) -> impl Iterator<Item = &Range<'a>> {
        self.ranges.iter()
    }

    /// The index of the mapping that holds `address`.
    pub(super) fn find(&self, address: u64) -> Option<usize> {
        if address == 0 {
            return None;
        }
        let found = find(&self.stretches, address).map(|i| i as usize);
        found.or_else(|| self.has_fake.then(|| self.ranges.len() - 1))
    }
}

/// A row for the profile's table of mappings.
pub(super) fn row(builder: &mut Builder, range: &Range<'_>) -> Mapping {
    let mut mapping = Mapping::new(0);
    mapping.memory_start = range.start;
    mapping.memory_limit = range.limit;
    mapping.file_offset = range.offset;
    mapping.filename = builder.string(&range.file);
    mapping.build_id = builder.string(&range.build_id);
    mapping
}

/// Joins neighbours of one file whose offsets agree.
fn join(ranges: Vec<Range<'_>>) -> Vec<Range<'_>> {
    let mut joined: Vec<Range<'_>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if is_adjacent(last, &range) => {
                last.limit = range.limit;
                if !range.file.is_empty() {
                    last.file = range.file;
                }
                if !range.build_id.is_empty() {
                    last.build_id = range.build_id;
                }
            }
            _ => joined.push(range),
        }
    }
    joined
}

fn is_adjacent(a: &Range<'_>, b: &Range<'_>) -> bool {
    let agree = |a: &[u8], b: &[u8]| a.is_empty() || b.is_empty() || a == b;
    agree(&a.file, &b.file)
        && agree(&a.build_id, &b.build_id)
        && a.limit == b.start
        && (a.offset == 0
            || b.offset == 0
            || a.offset.wrapping_add(a.limit.wrapping_sub(a.start)) == b.offset)
}

/// Whether this could be the program itself: named, no library, nothing of the kernel.
fn is_main(range: &Range<'_>) -> bool {
    let file = range.file.trim_ascii();
    let file = file.strip_suffix(b"(deleted)").unwrap_or(file).trim_ascii();
    let version = file.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = file.get(..file.len() - version).unwrap_or_default();
    let is_library =
        file.ends_with(b".so") || version > 0 && (stem.ends_with(b".so.") || stem.ends_with(b".so_"));
    !file.is_empty() && !is_library && !file.starts_with(b"[")
}

/// Cuts possibly overlapping ranges into disjoint stretches, each with the first range that holds it.
fn stretches(ranges: impl Iterator<Item = (u64, u64)> + Clone) -> Vec<(u64, u64, u32)> {
    let mut edges: Vec<(u64, bool, u32)> = Vec::new();
    for (i, (start, limit)) in ranges.enumerate().filter(|(_, (start, limit))| start < limit) {
        edges.push((start, true, i as u32));
        edges.push((limit, false, i as u32));
    }
    edges.sort_unstable();
    let (mut open, mut out, mut at) = (std::collections::BTreeSet::new(), Vec::new(), 0);
    for (edge, opens, i) in edges {
        if let Some(&first) = open.first().filter(|_| at < edge) {
            out.push((at, edge, first));
        }
        at = edge;
        if opens {
            open.insert(i);
        } else {
            open.remove(&i);
        }
    }
    out
}

fn find(stretches: &[(u64, u64, u32)], address: u64) -> Option<u32> {
    let after = stretches.partition_point(|&(start, ..)| start <= address);
    let &(_, limit, first) = stretches.get(after.checked_sub(1)?)?;
    (address < limit).then_some(first)
}
