//! Which mapping an address belongs to, by google/pprof's rules.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::maps::Range;
use crate::pprof::profile::Builder;
use crate::pprof::types::Mapping;

/// Finds the mapping of an address.
pub(super) struct Lookup<'a> {
    ranges: Vec<Range<'a>>,
    /// Disjoint stretches of addresses, in order, and the first range that holds each.
    stretches: Vec<(u64, u64, u32)>,
    has_fake: bool,
}

impl<'a> Lookup<'a> {
    /// The mappings of `ranges`: extended backwards, and with one for everything, as `addresses` need it.
    pub(super) fn new(ranges: Vec<Range<'a>>, addresses: &[u64]) -> Self {
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
        let mut lookup = Self { ranges, stretches: Vec::new(), has_fake: false };
        lookup.assign(addresses);
        lookup
    }

    fn assign(&mut self, addresses: &[u64]) {
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

/// Whether this could be the program itself: named, neither a library nor part of the kernel.
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
    let (mut open, mut out, mut at) = (BTreeSet::new(), Vec::new(), 0);
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
