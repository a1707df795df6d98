//! What a run was, in figures that can be compared with those of another: how long, of which binary, how much
//! of everything.

mod figure;
mod profiled;
mod traced;

pub use figure::{Better, Figure, Measure};
pub(crate) use traced::TIME;

use super::finding::Source;
use super::inputs::Inputs;
use crate::table::SortRows;
use crate::text::Printable;

/// What a run was.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Run {
    /// The build ids of the profiles, or the names of their binaries where they have no id; each once,
    /// sorted.
    pub binaries: Vec<String>,
    /// `GOMAXPROCS` of the traces, each once, sorted.
    pub gomaxprocs: Vec<usize>,
    /// The 1.N of Go that the traces' formats are of, each once, sorted.
    pub go_minors: Vec<u32>,
    /// What was recorded, by kind of input.
    pub recordings: Vec<Recording>,
    /// Requests per second, if a trace counts them.
    pub requests: Option<Figure>,
    /// What the run used and how long things took.
    pub figures: Vec<Figure>,
    /// What single functions used, those with most first.
    pub functions: Vec<Figure>,
}

/// The inputs of one kind together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Recording {
    /// Which kind.
    pub source: Source,
    /// How long they were collected, in nanoseconds; 0 where they do not say, since they count from the
    /// program's start.
    pub duration: i64,
    /// The sampling periods with their units, such as `10000000 nanoseconds`, each once, sorted.
    pub periods: Vec<String>,
}

impl Run {
    pub(crate) fn of(inputs: &Inputs<'_>) -> Self {
        let mut run = Self::default();
        for profiled in &inputs.profiles {
            let id = if profiled.build_id().is_empty() { profiled.binary() } else { profiled.build_id() };
            if !id.is_empty() {
                run.binaries.push(Printable(id).to_string());
            }
            let (profile, duration) = (profiled.profile, profiled.profile.duration_nanos().max(0));
            let unit = profile.period_type().map(|ty| Printable(profile.string(ty.unit)).to_string());
            let period =
                unit.filter(|_| profile.period() > 0).map(|unit| format!("{} {unit}", profile.period()));
            run.record(profiled.source, duration, period);
        }
        for (_, traced) in &inputs.traces {
            run.gomaxprocs.push(traced.gomaxprocs);
            run.go_minors.extend(traced.go_minor);
            run.record(Source::Trace, traced.elapsed, None);
        }
        sort(&mut run.binaries);
        sort(&mut run.gomaxprocs);
        sort(&mut run.go_minors);
        run.recordings.iter_mut().for_each(|recording| sort(&mut recording.periods));
        run.recordings.sort_rows_by_key(|recording| recording.source);
        traced::add(inputs, &mut run);
        profiled::add(inputs, &mut run);
        run
    }

    fn record(&mut self, source: Source, duration: i64, period: Option<String>) {
        match self.recordings.iter_mut().find(|recording| recording.source == source) {
            Some(known) => {
                known.duration = known.duration.saturating_add(duration);
                known.periods.extend(period);
            }
            None => {
                self.recordings.push(Recording { source, duration, periods: period.into_iter().collect() });
            }
        }
    }

    /// How long the inputs of a kind were collected, in nanoseconds; 0 if there are none, or they do not say.
    pub fn duration(&self, source: Source) -> i64 {
        self.recordings.iter().find(|recording| recording.source == source).map_or(0, |found| found.duration)
    }
}

/// Each value once.
fn sort<T: Ord>(values: &mut Vec<T>) {
    values.sort();
    values.dedup();
}
