//! All inputs, by kind.

use super::compiled::Compiled;
use super::crashed::Crashed;
use super::profiled::Profiled;
use super::traced::Traced;
use crate::diagnose::finding::Source;
use crate::diagnose::thresholds::Thresholds;
use crate::format::Format;
use crate::table::SortRows;

/// All inputs.
#[derive(Debug, Default)]
pub(crate) struct Inputs<'a> {
    pub(crate) thresholds: Thresholds,
    pub(crate) profiles: Vec<Profiled<'a>>,
    pub(crate) compilers: Vec<Compiled<'a>>,
    /// Traces with their names.
    pub(crate) traces: Vec<(String, &'a Traced)>,
    /// The crashes of each log that has any, with its name.
    pub(crate) crashes: Vec<(String, &'a [Crashed])>,
}

impl<'a> Inputs<'a> {
    /// Puts the profiles into the order of time, then of names; the rules about growth need it.
    pub(crate) fn sort_by_time(&mut self) {
        self.profiles.sort_rows_by(|a, b| {
            a.profile.time_nanos().cmp(&b.profile.time_nanos()).then_with(|| a.input.cmp(&b.input))
        });
    }

    /// The profiles of one kind, in the order of time.
    pub(crate) fn of_kind(&self, source: Source) -> Vec<&Profiled<'a>> {
        self.profiles.iter().filter(|profiled| profiled.source == source).collect()
    }

    /// Goroutine profiles that can be compared: those of one form, all with a time or all without, and as
    /// many as there are. A text of the same moment as a profile is no second snapshot.
    pub(crate) fn snapshots(&self) -> Vec<&Profiled<'a>> {
        let mut series: Vec<((bool, Format), Vec<&Profiled<'a>>)> = Vec::new();
        for snapshot in self.of_kind(Source::GoroutineProfile) {
            let key = (snapshot.profile.time_nanos() > 0, snapshot.form);
            match series.iter_mut().find(|(other, _)| *other == key) {
                Some((_, snapshots)) => snapshots.push(snapshot),
                None => series.push((key, vec![snapshot])),
            }
        }
        series.sort_rows_by_key(|((timed, _), snapshots)| (std::cmp::Reverse(snapshots.len()), !timed));
        series.into_iter().next().map(|(_, snapshots)| snapshots).unwrap_or_default()
    }

    /// The last profile of one kind: heap, mutex and block profiles count from the program's start.
    pub(crate) fn last(&self, source: Source) -> Option<&Profiled<'a>> {
        self.profiles.iter().rev().find(|profiled| profiled.source == source)
    }

    /// Whether there is an input of a kind.
    pub(crate) fn has(&self, source: Source) -> bool {
        match source {
            Source::Trace => !self.traces.is_empty(),
            Source::Compiler => !self.compilers.is_empty(),
            Source::CrashLog => !self.crashes.is_empty(),
            _ => self.last(source).is_some(),
        }
    }
}

/// A file that was given and not used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LeftAside {
    /// Its name, as it was given.
    pub name: String,
    /// Why: what it is, or what is wrong with it.
    pub reason: String,
}
