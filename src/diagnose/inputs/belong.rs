//! Whether the inputs are of one program and one run.
//!
//! Build ids decide where both have one. A trace has none, so the addresses of functions and the clock
//! decide. Compiler output has neither: the lines at which a profile has a function must be lines of that
//! function.

use super::by_kind::Inputs;
use super::compiled::Compiled;
use super::profiled::Profiled;
use super::traced::Traced;
use crate::diagnose::finding::{Amount, Source};
use crate::format::Format;
use crate::table::{Map, Set};
use crate::text::Printable;

/// Inputs taken further apart than this, in nanoseconds, do not show the same moment: 15 minutes.
const APART: i64 = 15 * 60 * 1_000_000_000;

/// No function is as long as this, in bytes.
const FUNCTION: u64 = 1 << 20;

/// Two inputs that are not of the same run of the same program, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Mismatch {
    /// One input's name.
    pub input: String,
    /// The other's.
    pub other: String,
    /// What shows it.
    pub reason: String,
}

/// Compares every input with the first one that knows the same fact.
pub(crate) fn mismatches(inputs: &Inputs<'_>) -> Vec<Mismatch> {
    let mut out = Vec::new();
    let mut report = |input: &str, other: &str, reason: String| {
        out.push(Mismatch { input: input.to_owned(), other: other.to_owned(), reason });
    };
    let profiles = &inputs.profiles;
    for (index, profiled) in profiles.iter().enumerate() {
        let before = profiles.get(..index).unwrap_or_default().iter();
        if let Some((other, reason)) =
            before.into_iter().find_map(|other| Some((other, differs(other, profiled)?)))
        {
            report(&other.input, &profiled.input, reason);
        }
    }
    for (name, traced) in &inputs.traces {
        // A goroutine dump has no addresses, only distances from the beginning of a function.
        let mut addressed = profiles.iter().filter(|profiled| profiled.form != Format::Goroutines);
        let other = addressed.find_map(|profiled| Some((profiled, trace_differs(profiled, traced)?)));
        if let Some((profiled, reason)) = other {
            report(&profiled.input, name, reason);
        }
    }
    for compiled in &inputs.compilers {
        let other =
            profiles.iter().find_map(|profiled| Some((profiled, source_differs(profiled, compiled)?)));
        if let Some((profiled, reason)) = other {
            report(&profiled.input, &compiled.input, reason);
        }
        for (name, traced) in &inputs.traces {
            if let Some(reason) = version_differs(traced, compiled) {
                report(name, &compiled.input, reason);
            }
        }
    }
    out
}

/// Why two profiles are not of one run of one program; `None` where nothing speaks against it.
fn differs(a: &Profiled<'_>, b: &Profiled<'_>) -> Option<String> {
    let (id_a, id_b) = (a.build_id(), b.build_id());
    if !id_a.is_empty() && !id_b.is_empty() && id_a != id_b {
        return Some(format!(
            "different builds: build id {} ({}) and {} ({})",
            Printable(id_a),
            Printable(a.binary()),
            Printable(id_b),
            Printable(b.binary())
        ));
    }
    // Equal build ids are proof enough; without them a name is better than nothing.
    let known = !id_a.is_empty() && id_a == id_b;
    if !known && !a.binary().is_empty() && !b.binary().is_empty() && a.binary() != b.binary() {
        return Some(format!("different binaries: {} and {}", Printable(a.binary()), Printable(b.binary())));
    }
    // Snapshots of one kind are meant to be taken apart.
    if a.source == b.source { None } else { apart(interval(a)?, interval(b)?) }
}

/// When a profile was collected.
fn interval(profiled: &Profiled<'_>) -> Option<(i64, i64)> {
    let from = profiled.profile.time_nanos();
    (from > 0).then(|| (from, from.saturating_add(profiled.profile.duration_nanos().max(0))))
}

/// Why two intervals are too far apart.
fn apart((from_a, to_a): (i64, i64), (from_b, to_b): (i64, i64)) -> Option<String> {
    let gap = from_a.saturating_sub(to_b).max(from_b.saturating_sub(to_a));
    (gap > APART).then(|| format!("taken {} minutes apart", Amount::count(gap / 60_000_000_000)))
}

/// A function of a program lies at one place: if none that both inputs know does, they are of two builds.
fn trace_differs(profiled: &Profiled<'_>, traced: &Traced) -> Option<String> {
    let mut nearest: Map<&[u8], u64> = Map::default();
    let profile = profiled.profile;
    for (index, location) in profile.locations().iter().enumerate() {
        let id = crate::pprof::LocationId::from_index(u32::try_from(index).ok()?);
        // The function that holds the address, not those inlined there.
        let Some(line) = profile.lines(id).last() else { continue };
        let Some(key) = profiled.key(line.function.index()) else { continue };
        let Some(&address) = traced.addresses.get(key.as_bytes()) else { continue };
        let distance = location.address.abs_diff(address);
        let least = nearest.entry(key.as_bytes()).or_insert(distance);
        *least = distance.min(*least);
    }
    if nearest.len() >= 3 && nearest.values().all(|distance| *distance > FUNCTION) {
        return Some(format!("different builds: none of {} functions has the same address", nearest.len()));
    }
    let interval = interval(profiled).filter(|_| profiled.source != Source::HeapProfile)?;
    apart(interval, traced.wall?)
}

/// Where the profile has the compiler's functions at lines that these do not have, the source was another.
fn source_differs(profiled: &Profiled<'_>, compiled: &Compiled<'_>) -> Option<String> {
    let mut lines: Map<&[u8], Set<u32>> = Map::default();
    let (mut fits, mut seen) = (0u64, 0u64);
    let profile = profiled.profile;
    for index in 0..profile.locations().len() {
        let id = crate::pprof::LocationId::from_index(u32::try_from(index).ok()?);
        for line in profile.lines(id) {
            let Some(key) =
                profiled.key(line.function.index()).filter(|key| !compiled.functions(key).is_empty())
            else {
                continue;
            };
            let known = lines.entry(key.as_bytes()).or_insert_with(|| {
                let ids = compiled.functions(key).iter();
                ids.flat_map(|id| compiled.output.insts(*id)).map(|inst| inst.position.line).collect()
            });
            seen += 1;
            fits += u64::from(u32::try_from(line.line).is_ok_and(|line| known.contains(&line)));
        }
    }
    (seen >= 4 && fits * 2 < seen).then(|| {
        format!("different source: of {seen} lines in the profile only {fits} are lines of these functions")
    })
}

/// A trace's format is of a release that the compiler's output cannot be of.
fn version_differs(traced: &Traced, compiled: &Compiled<'_>) -> Option<String> {
    let newest = compiled.output.go_versions().max.map(u32::from)?;
    let format = traced.go_minor?;
    (format > newest).then(|| {
        format!("different toolchains: the trace is from Go 1.{format} or later, the compiler from Go 1.{newest} or before")
    })
}
