//! Small profiles for profile-guided optimization: what `go build -pgo` reads of a CPU profile, heaviest first.
//!
//! ```text
//! samples → the two innermost locations of each → calls with their weights → the heaviest that fit
//! ```
//!
//! Go's compiler looks at calls only: who calls whom, how many lines into the caller, and how often; of each
//! stack at those of the two innermost locations. Sources: `cmd/internal/pgo/pprof.go`,
//! `internal/profile/graph.go`.

use std::cmp::Reverse;

use super::merge::Merge;
use super::profile::{Builder, Profile};
use super::types::{Line, LocationId, StringId, ValueType};
use crate::error::{Error, ErrorKind, Result};
use crate::table::Map;

/// How many of a stack's locations the compiler looks at.
const LOCATIONS: usize = 2;

/// A profile for profile-guided optimization, and what is left of the whole one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PgoProfile {
    /// The profile.
    pub profile: Profile,
    /// How many calls it has, each a caller, a line in it and a callee.
    pub edges: usize,
    /// How many the whole profile has.
    pub all_edges: usize,
    /// The part of their weight that is left, from 0 to 1.
    pub share: f64,
}

/// A call as the compiler knows it: caller, callee, and the line in the caller counted from its first.
type Edge = (StringId, StringId, i64);

/// The calls of some samples, each with its weight.
type Edges = Map<Edge, i128>;

/// What `go build -pgo` reads of a CPU profile, in at most `max_bytes` gzipped: calls are dropped from the
/// lightest on. A profile that fits as it is stays whole; otherwise its stacks are cut to what the compiler
/// looks at, and files, labels, addresses and mappings are left out.
///
/// ```
/// # fn main() -> godiag::Result<()> {
/// # let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/logs/merge-weights-lost-tail.pb.gz");
/// let profile = godiag::pprof::Profile::open(file)?;
/// let small = godiag::pprof::trim_for_pgo(&profile, 700)?;
/// assert!(small.edges < small.all_edges && small.share > 0.5);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::Usage`] if the profile counts neither `samples/count` nor `cpu/nanoseconds`, or if not even the
/// heaviest call fits.
///
/// # Cost
/// A pass over the samples; then some twenty times the time to write the profile.
pub fn trim_for_pgo(profile: &Profile, max_bytes: usize) -> Result<PgoProfile> {
    let column = column(profile)?;
    let all = edges_of(profile, column);
    if size(profile)? <= max_bytes {
        let (edges, profile) = (all.len(), profile.clone());
        return Ok(PgoProfile { profile, edges, all_edges: edges, share: 1.0 });
    }
    let cut = cut(profile)?;
    // The samples, those of the heaviest calls first. A call's samples come before those of lighter ones only,
    // so that it is whole or gone, or part of a heavier one's stack.
    let weights = edges_of(&cut, column);
    let mut order: Vec<(Reverse<i128>, usize)> = (0..cut.samples().len())
        .map(|index| {
            let heaviest = edges(&cut, index).into_iter().filter_map(|edge| weights.get(&edge)).max();
            (Reverse(heaviest.copied().unwrap_or(0)), index)
        })
        .collect();
    order.sort_unstable();
    let (mut fits, mut too_many) = (0, order.len() + 1);
    while fits + 1 < too_many {
        let middle = fits + (too_many - fits) / 2;
        let is_small = size(&first(&cut, &order, middle)?)? <= max_bytes;
        if is_small { fits = middle } else { too_many = middle }
    }
    if fits == 0 {
        let detail = format!("not even the heaviest call fits in {max_bytes} bytes");
        return Err(Error::new(ErrorKind::Usage).detail(detail));
    }
    let profile = first(&cut, &order, fits)?;
    let left = edges_of(&profile, column);
    let total = |edges: &Edges| edges.values().sum::<i128>() as f64;
    let share = if all.is_empty() { 1.0 } else { total(&left) / total(&all) };
    Ok(PgoProfile { profile, edges: left.len(), all_edges: all.len(), share })
}

/// The column that Go's compiler takes.
fn column(profile: &Profile) -> Result<usize> {
    let is = |ty: &ValueType| {
        let names = (profile.string(ty.kind), profile.string(ty.unit));
        matches!(names, (b"samples", b"count") | (b"cpu", b"nanoseconds"))
    };
    profile.sample_types().iter().position(is).ok_or_else(|| {
        let detail =
            "the compiler reads CPU profiles: this one has neither samples/count nor cpu/nanoseconds";
        Error::new(ErrorKind::Usage).detail(detail)
    })
}

fn size(profile: &Profile) -> Result<usize> {
    let mut bytes = Vec::new();
    profile.write_gz(&mut bytes)?;
    Ok(bytes.len())
}

/// The calls of all samples that weigh anything.
fn edges_of(profile: &Profile, column: usize) -> Edges {
    let mut all = Edges::default();
    for (index, sample) in profile.samples().enumerate() {
        let weight = sample.values().get(column).copied().unwrap_or(0);
        if weight == 0 {
            continue;
        }
        for edge in edges(profile, index) {
            *all.entry(edge).or_default() += i128::from(weight);
        }
    }
    all
}

/// The calls that the compiler sees in sample `index`, each pair of places once.
fn edges(profile: &Profile, index: usize) -> Vec<Edge> {
    let stack = profile.sample(index).locations();
    let seen = stack.get(..LOCATIONS).unwrap_or(stack);
    // Two calls on one line of a recursion are two places.
    let places: Vec<(u64, Line)> = seen
        .iter()
        .rev()
        .flat_map(|&id| profile.lines(id).iter().rev().map(move |&line| (profile.location(id).address, line)))
        .collect();
    let mut pairs: Vec<((u64, Line), (u64, Line))> = Vec::new();
    for pair in places.windows(2) {
        if let [caller, callee] = *pair {
            if caller != callee && !pairs.contains(&(caller, callee)) {
                pairs.push((caller, callee));
            }
        }
    }
    let edge = |((_, caller), (_, callee)): ((u64, Line), (u64, Line))| {
        let function = profile.function(caller.function);
        let name = profile.function(callee.function).name;
        (function.name, name, caller.line.wrapping_sub(function.start_line))
    };
    pairs.into_iter().map(edge).collect()
}

/// The profile with the innermost locations of each stack only, equal samples added up.
fn cut(profile: &Profile) -> Result<Profile> {
    let mut builder = Copier::new(profile);
    for sample in profile.samples() {
        let stack = sample.locations();
        builder.sample(stack.get(..LOCATIONS).unwrap_or(stack), sample.values());
    }
    let mut merge = Merge::new();
    merge.add(&builder.finish()?)?;
    merge.finish()
}

/// The first `count` samples in `order`.
fn first(profile: &Profile, order: &[(Reverse<i128>, usize)], count: usize) -> Result<Profile> {
    let mut builder = Copier::new(profile);
    for &(_, index) in order.iter().take(count) {
        let sample = profile.sample(index);
        builder.sample(sample.locations(), sample.values());
    }
    builder.finish()
}

/// Copies what the compiler needs of samples.
struct Copier<'p> {
    profile: &'p Profile,
    builder: Builder,
    locations: Map<LocationId, LocationId>,
}

impl<'p> Copier<'p> {
    fn new(profile: &'p Profile) -> Self {
        let mut builder = Builder::new();
        for ty in profile.sample_types() {
            let ty = ValueType::new(
                builder.string(profile.string(ty.kind)),
                builder.string(profile.string(ty.unit)),
            );
            builder.sample_type(ty);
        }
        if let Some(ty) = profile.period_type() {
            let ty = ValueType::new(
                builder.string(profile.string(ty.kind)),
                builder.string(profile.string(ty.unit)),
            );
            builder.period(ty, profile.period());
        }
        builder.time_nanos(profile.time_nanos()).duration_nanos(profile.duration_nanos());
        Self { profile, builder, locations: Map::default() }
    }

    fn sample(&mut self, stack: &[LocationId], values: &[i64]) {
        let stack: Vec<LocationId> = stack.iter().map(|&id| self.location(id)).collect();
        self.builder.sample(&stack, values, &[]);
    }

    fn location(&mut self, id: LocationId) -> LocationId {
        if let Some(&known) = self.locations.get(&id) {
            return known;
        }
        let (profile, builder) = (self.profile, &mut self.builder);
        let lines = profile.lines(id).iter().map(|line| {
            let function = profile.function(line.function);
            let name = builder.string(profile.string(function.name));
            let function = builder.function(name, StringId::EMPTY, StringId::EMPTY, function.start_line);
            Line { function, line: line.line, column: 0 }
        });
        let lines: Vec<Line> = lines.collect();
        // Of addresses matters only that they differ, and small numbers take less room.
        let number = self.locations.len() as u64 + 1;
        let copy = self.builder.location(None, number, false, &lines);
        self.locations.insert(id, copy);
        copy
    }

    fn finish(self) -> Result<Profile> {
        self.builder.finish()
    }
}
