//! All inputs, by kind.

use super::compiled::Compiled;
use super::profiled::Profiled;
use super::traced::Traced;
use crate::diagnose::finding::Source;
use crate::diagnose::thresholds::Thresholds;

/// All inputs.
#[derive(Debug, Default)]
pub(crate) struct Inputs<'a> {
    pub(crate) thresholds: Thresholds,
    pub(crate) profiles: Vec<Profiled<'a>>,
    pub(crate) compilers: Vec<Compiled<'a>>,
    /// Traces with their names.
    pub(crate) traces: Vec<(String, &'a Traced)>,
}

impl<'a> Inputs<'a> {
    /// Puts snapshots into the order of time, which rules of growth need.
    pub(crate) fn in_order_of_time(&mut self) {
        self.profiles.sort_by(|a, b| {
            a.profile.time_nanos().cmp(&b.profile.time_nanos()).then_with(|| a.input.cmp(&b.input))
        });
    }

    /// The profiles of one kind, in the order of time.
    pub(crate) fn of(&self, source: Source) -> Vec<&Profiled<'a>> {
        self.profiles.iter().filter(|profiled| profiled.source == source).collect()
    }

    /// The last profile of one kind: heap, mutex and block profiles count from the program's start.
    pub(crate) fn last(&self, source: Source) -> Option<&Profiled<'a>> {
        self.profiles.iter().rev().find(|profiled| profiled.source == source)
    }
}
