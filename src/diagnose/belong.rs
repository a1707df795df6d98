//! Whether the inputs are of one program and one run.

use super::evidence::Source;
use super::join::Profiled;
use super::measure::Amount;
use super::report::Mismatch;
use super::rules::Context;
use crate::text::Printable;

/// Times this far apart, in nanoseconds, are not of one run to speak of: 15 minutes.
const APART: i64 = 15 * 60 * 1_000_000_000;

/// Compares every input with the first one that tells the same fact.
pub(super) fn check(context: &Context<'_>) -> Vec<Mismatch> {
    let mut out = Vec::new();
    let profiles = &context.profiles;
    for (at, profiled) in profiles.iter().enumerate() {
        let before = profiles.get(..at).unwrap_or_default();
        let Some(reason) = before.iter().find_map(|other| Some((other, differs(other, profiled)?))) else {
            continue;
        };
        let (other, reason) = reason;
        out.push(Mismatch { input: other.input.clone(), other: profiled.input.clone(), reason });
    }
    out
}

/// Why two profiles are not of one run of one program; `None` where nothing speaks against it.
fn differs(a: &Profiled<'_>, b: &Profiled<'_>) -> Option<String> {
    let (id_a, id_b) = (a.build_id(), b.build_id());
    if !id_a.is_empty() && !id_b.is_empty() && id_a != id_b {
        return Some(format!(
            "other builds: build id {} ({}) and {} ({})",
            Printable(id_a),
            Printable(a.binary()),
            Printable(id_b),
            Printable(b.binary())
        ));
    }
    // Equal build ids are proof enough; without them a name is better than nothing.
    let known = !id_a.is_empty() && id_a == id_b;
    if !known && !a.binary().is_empty() && !b.binary().is_empty() && a.binary() != b.binary() {
        return Some(format!("other binaries: {} and {}", Printable(a.binary()), Printable(b.binary())));
    }
    let ((from_a, to_a), (from_b, to_b)) = (interval(a)?, interval(b)?);
    let gap = from_a.saturating_sub(to_b).max(from_b.saturating_sub(to_a));
    // Snapshots of one kind are meant to be taken apart.
    (gap > APART && a.source != b.source && Source::Compiler != b.source)
        .then(|| format!("taken {} minutes apart", Amount::count(gap / 60_000_000_000)))
}

/// When a profile was collected.
fn interval(profiled: &Profiled<'_>) -> Option<(i64, i64)> {
    let from = profiled.profile.time_nanos();
    (from > 0).then(|| (from, from.saturating_add(profiled.profile.duration_nanos().max(0))))
}
