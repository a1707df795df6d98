//! Doubts about a valid profile: figures that cannot be, and figures that are not whole.
//!
//! ```text
//! samples → one pass (labels, values, stacks) → Doubts, in words
//! two headers → Doubts about their comparison
//! ```
//!
//! The format allows all of this, and every reader accepts it, but a reader of the report has to know.

mod doubt;
mod labels;
mod stacks;
mod values;

use super::source::{SampleSource, Source, Want};
use super::units::{self, AUTO};
use crate::pprof::source::labels::text;
use crate::table::SortRows;
pub use doubt::{Doubt, DoubtKind};
use labels::Units;
use stacks::Stacks;
use values::Values;

/// The doubts about `profile`, which ran on `procs` processors where that is known.
///
/// ```
/// use godiag::pprof::{Builder, DoubtKind, ValueType, doubts};
/// let mut builder = Builder::new();
/// let (cpu, ns) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
/// builder.sample_type(ValueType::new(cpu, ns));
/// builder.sample(&[], &[5], &[]);
/// assert_eq!(doubts(&builder.finish()?, None)[0].kind, DoubtKind::NoStack);
/// # Ok::<(), godiag::Error>(())
/// ```
///
/// # Cost
/// A pass over the samples with their stacks and labels.
pub fn doubts(profile: &impl Source, procs: Option<usize>) -> Vec<Doubt> {
    of_source(profile.erased(), procs)
}

fn of_source(source: &dyn SampleSource, procs: Option<usize>) -> Vec<Doubt> {
    let main = source.tables().default_value(|a, b| source.string(a) == source.string(b));
    let (mut units, mut values, mut stacks) =
        (Units::default(), Values::new(source), Stacks::new(source, main));
    source.each_sample(Want::ALL, &mut |sample| {
        units.add(source, sample.labels);
        values.add(&sample);
        stacks.add(&sample);
    });
    let mut doubts = units.doubts();
    doubts.extend(values.doubts(procs));
    doubts.extend(stacks.doubts());
    doubts.sort_rows_by_key(|doubt| doubt.kind);
    doubts
}

/// The doubts about a comparison of `after` with `before`.
pub fn doubts_between(before: &impl Source, after: &impl Source) -> Vec<Doubt> {
    let headers = [before.erased().header(), after.erased().header()];
    let mut doubts = Vec::new();
    let unit = |at: usize| {
        let source = if at == 0 { before.erased() } else { after.erased() };
        let period_type = headers.get(at).and_then(|header| header.period_type);
        period_type.map_or(String::new(), |ty| text(source.string(ty.unit)).into_owned())
    };
    let periods = headers.map(|header| header.period);
    if periods.iter().all(|&period| period > 0) {
        let [early, late] = [0, 1].map(|at| units::label(periods[at].into(), &unit(at), AUTO));
        if early != late {
            let text = format!("sampling periods differ: {early} before, {late} after");
            doubts.push(Doubt::new(DoubtKind::PeriodsDiffer, text));
        }
    }
    let durations = headers.map(|header| header.duration_nanos);
    if durations.iter().all(|&duration| duration > 0) {
        let [early, late] = durations.map(|nanos| units::label(nanos.into(), "ns", AUTO));
        // A profiler that sleeps ten seconds takes a little longer each time.
        if durations[0].abs_diff(durations[1]) > durations[0].unsigned_abs() / 20 {
            let text = format!("durations differ, and totals are compared: {early} before, {late} after");
            doubts.push(Doubt::new(DoubtKind::DurationsDiffer, text));
        }
    }
    doubts
}
