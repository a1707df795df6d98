//! What makes two runs hard to compare.

use crate::diagnose::finding::{Amount, Source};
use crate::diagnose::report::Report;

/// A recording that is shorter than this says little, in nanoseconds.
const SHORT: i64 = 2_000_000_000;

/// How many times as many requests make another load.
const LOAD: f64 = 2.0;

/// What makes two runs hard to compare, as sentences.
pub(super) fn caveats(before: &Report, after: &Report) -> Vec<String> {
    let (one, two) = (&before.run, &after.run);
    let mut out = Vec::new();
    differ("Other binaries", &one.binaries, &two.binaries, &mut out);
    differ(
        "Other versions of Go (by the traces' format)",
        &minors(&one.go_minors),
        &minors(&two.go_minors),
        &mut out,
    );
    differ("Other values of GOMAXPROCS", &one.gomaxprocs, &two.gomaxprocs, &mut out);
    let (mut since_start, mut short, mut unequal) = (Vec::new(), Vec::new(), Vec::new());
    for recording in &one.recordings {
        let source = recording.source;
        let Some(other) = two.recordings.iter().find(|other| other.source == source) else { continue };
        differ(
            &format!("Other periods of the {}", source.name()),
            &recording.periods,
            &other.periods,
            &mut out,
        );
        let durations = [recording.duration, other.duration];
        let [early, late] = durations.map(Amount::nanos);
        let both = format!("{} {early} before, {late} after", source.name());
        match durations {
            [0, 0] if counts_from_start(source) => since_start.push(source.name()),
            [0, _] | [_, 0] => {}
            _ if durations.iter().any(|duration| *duration < SHORT) => short.push(both),
            [a, b] if a.max(b) > a.min(b).saturating_mul(2) => unequal.push(both),
            _ => {}
        }
    }
    if !since_start.is_empty() {
        out.push(format!(
            "Counted from the start of each program, for a time that is not said: {}; of these only parts and what is in \
             use are compared",
            since_start.join(", ")
        ));
    }
    if !short.is_empty() {
        out.push(format!("Recordings below 2 s, which leave much to chance: {}", short.join("; ")));
    }
    if !unequal.is_empty() {
        out.push(format!("Recordings of other lengths, so that rates are compared: {}", unequal.join("; ")));
    }
    only(before, after, "before", &mut out);
    only(after, before, "after", &mut out);
    match (&one.requests, &two.requests) {
        (Some(a), Some(b)) => {
            let (a, b) = (a.amount.value, b.amount.value);
            if a.max(b) > a.min(b) * LOAD {
                let [a, b] = [a, b].map(Amount::per_second);
                out.push(format!("Another load: {a} requests before, {b} after"));
            }
        }
        _ => out.push(
            "Requests are not counted on both sides: an equal load is assumed, and rates are per second"
                .to_owned(),
        ),
    }
    out
}

/// Profiles that add up from the program's start, unless they are the difference of two.
fn counts_from_start(source: Source) -> bool {
    matches!(source, Source::HeapProfile | Source::MutexProfile | Source::BlockProfile)
}

fn minors(minors: &[u32]) -> Vec<String> {
    minors.iter().map(|minor| format!("1.{minor}")).collect()
}

/// Says so if both sides know something and it is not the same.
fn differ<T: PartialEq + ToString>(what: &str, before: &[T], after: &[T], out: &mut Vec<String>) {
    if before.is_empty() || after.is_empty() || before == after {
        return;
    }
    let list = |values: &[T]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    out.push(format!("{what}: {} before, {} after", list(before), list(after)));
}

/// Says which kinds of input only one run has.
fn only(one: &Report, other: &Report, when: &str, out: &mut Vec<String>) {
    let recordings = &other.run.recordings;
    let missing =
        one.run.recordings.iter().filter(|own| !recordings.iter().any(|known| known.source == own.source));
    for recording in missing {
        out.push(format!("Only {when} there is a {}", recording.source.name()));
    }
}
