//! Where a profile's values come from, one source position each: locks of block and mutex profiles,
//! allocations of heap profiles and how they grow.
//!
//! ```text
//! samples → site (the innermost line of the program's own code) → sums, wide enough for any profile
//! ```

use std::cmp::Reverse;

use super::profile::{Profile, Sample};
use super::types::Line;
use crate::error::{Error, ErrorKind, Result};
use crate::symbol::{FuncKey, FuncName};
use crate::table::{Map, SortRows};

/// A line of the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Site {
    /// The function, in the form on which all outputs agree.
    pub func: FuncKey<'static>,
    /// The source file.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub file: Vec<u8>,
    /// The line, from 1; 0 where it is not known.
    pub line: i64,
}

/// What waiting at one lock costs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LockSite {
    /// Where the lock is taken (block profile) or given back (mutex profile).
    pub site: Site,
    /// How often a goroutine had to wait.
    pub contentions: i128,
    /// For how long in all, in nanoseconds.
    pub delay_ns: i128,
}

impl LockSite {
    /// How long one wait takes on average, in nanoseconds.
    pub fn mean_delay_ns(&self) -> i128 {
        self.delay_ns.checked_div(self.contentions).unwrap_or(0)
    }
}

/// The lock sites of a block or mutex profile, the most expensive first.
///
/// # Errors
/// `Usage` for another kind of profile.
///
/// ```
/// use godiag::pprof::{Profile, lock_sites};
/// let text = b"--- mutex:\ncycles/second=1000000000\nsampling period=1\n90 3 @ 0x11 0x21\n\
///     #\t0x10\tsync.(*Mutex).Unlock+0x1\t/sync/mutex.go:9\n#\t0x20\tmain.f+0x2\t/a.go:7\n\n";
/// let sites = lock_sites(&Profile::parse(text)?)?;
/// assert_eq!((sites[0].site.func.as_bytes(), sites[0].mean_delay_ns()), (&b"main.f"[..], 30));
/// # Ok::<(), godiag::Error>(())
/// ```
pub fn lock_sites(profile: &Profile) -> Result<Vec<LockSite>> {
    let (Some(contentions), Some(delay)) = (column(profile, b"contentions"), column(profile, b"delay"))
    else {
        return Err(
            Error::new(ErrorKind::Usage).detail("not a block or mutex profile: no contentions and delay")
        );
    };
    let sums = sums(profile, &[contentions, delay], is_lock_package);
    let mut sites: Vec<LockSite> = sums
        .into_iter()
        .map(|(site, sums)| LockSite { site, contentions: sum(&sums, 0), delay_ns: sum(&sums, 1) })
        .collect();
    sites.sort_rows_by(|a, b| (Reverse(a.delay_ns), &a.site).cmp(&(Reverse(b.delay_ns), &b.site)));
    Ok(sites)
}

/// What one line has on the heap in each of several profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HeapSite {
    /// Where it is allocated.
    pub site: Site,
    /// Bytes in use in each profile.
    pub bytes: Vec<i128>,
    /// Objects in use in each profile.
    pub objects: Vec<i128>,
}

impl HeapSite {
    /// Bytes in the last profile less those in the first.
    pub fn growth(&self) -> i128 {
        self.bytes.last().copied().unwrap_or(0) - self.bytes.first().copied().unwrap_or(0)
    }

    /// More bytes with every profile.
    pub fn is_steady(&self) -> bool {
        self.bytes.len() > 2 && self.bytes.iter().zip(self.bytes.iter().skip(1)).all(|(a, b)| b > a)
    }
}

/// Follows what each line has on the heap through `profiles`, given in the order of time. The fastest
/// growing come first.
///
/// # Errors
/// `Usage` where a profile has no objects and bytes in use.
pub fn heap_growth(profiles: &[Profile]) -> Result<Vec<HeapSite>> {
    let mut rows: Map<Site, HeapSite> = Map::default();
    for (index, profile) in profiles.iter().enumerate() {
        let objects = column(profile, b"inuse_objects").or_else(|| column(profile, b"objects"));
        let bytes = column(profile, b"inuse_space").or_else(|| column(profile, b"space"));
        let (Some(objects), Some(bytes)) = (objects, bytes) else {
            return Err(
                Error::new(ErrorKind::Usage).detail("not a heap profile: no objects and bytes in use")
            );
        };
        for (site, sums) in sums(profile, &[objects, bytes], |_| false) {
            let row = rows.entry(site.clone()).or_insert_with(|| HeapSite {
                site,
                bytes: vec![0; profiles.len()],
                objects: vec![0; profiles.len()],
            });
            for (column, value) in [(&mut row.objects, sum(&sums, 0)), (&mut row.bytes, sum(&sums, 1))] {
                if let Some(slot) = column.get_mut(index) {
                    *slot = value;
                }
            }
        }
    }
    let mut rows: Vec<HeapSite> = rows.into_values().collect();
    rows.sort_rows_by(|a, b| (Reverse(a.growth()), &a.site).cmp(&(Reverse(b.growth()), &b.site)));
    Ok(rows)
}

fn sum(sums: &[i128; 2], at: usize) -> i128 {
    sums.get(at).copied().unwrap_or(0)
}

/// The column of a sample type.
fn column(profile: &Profile, kind: &[u8]) -> Option<usize> {
    profile.sample_types().iter().position(|ty| profile.string(ty.kind) == kind)
}

/// The sums of two columns at each site.
fn sums(profile: &Profile, columns: &[usize; 2], is_means: fn(&[u8]) -> bool) -> Map<Site, [i128; 2]> {
    let mut by_line: Map<Option<(u32, i64)>, [i128; 2]> = Map::default();
    for sample in profile.samples() {
        let line = own_line(profile, &sample, is_means);
        let sums = by_line.entry(line.map(|line| (line.function.index() as u32, line.line))).or_default();
        for (sum, &column) in sums.iter_mut().zip(columns) {
            *sum += i128::from(sample.values().get(column).copied().unwrap_or(0));
        }
    }
    let mut sites: Map<Site, [i128; 2]> = Map::default();
    for (key, values) in by_line {
        let function = key.and_then(|(function, _)| profile.functions().get(function as usize));
        let name = function.map_or(&b""[..], |function| profile.string(function.name));
        let file = function.map_or(&b""[..], |function| profile.string(function.filename)).to_vec();
        let func = FuncName::parse(name).key().into_owned();
        let site = Site { func, file, line: key.map_or(0, |(_, line)| line) };
        let sums = sites.entry(site).or_default();
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    sites
}

/// The innermost call of the program's own code; or else, in a stack of Go's code alone, the innermost one
/// that is neither the runtime's nor of a package that is only the means; or else the outermost one.
fn own_line(profile: &Profile, sample: &Sample<'_>, is_means: fn(&[u8]) -> bool) -> Option<Line> {
    let (mut go_caller, mut last) = (None, None);
    for line in sample.locations().iter().flat_map(|&location| profile.lines(location)) {
        let name = FuncName::parse(profile.string(profile.function(line.function).name));
        if name.is_user() {
            return Some(*line);
        }
        if go_caller.is_none() && !name.is_runtime() && !is_means(name.package()) {
            go_caller = Some(*line);
        }
        last = Some(*line);
    }
    go_caller.or(last)
}

/// Packages whose frames are the lock itself, not its user.
fn is_lock_package(package: &[u8]) -> bool {
    matches!(package, b"sync" | b"internal/sync" | b"internal/poll" | b"sync/atomic")
}
