//! Profiles of different length: what the later values are multiplied by, so that equal rates are equal
//! values.

use crate::pprof::decode::tables::Header;
use crate::pprof::units::{self, AUTO};

/// What the values of two profiles are compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The values as they are.
    #[default]
    Totals,
    /// Values per second: the later ones are scaled to the earlier profile's duration where both are known,
    /// and where they count samples also to its sampling period. What is in use, and means, do not grow with
    /// time, and stay. CPU time that differs by no more than three standard deviations of its number of
    /// samples is the same.
    PerSecond,
}

/// What the later values were multiplied by, and why.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Scaling {
    /// The factor; 1 for values as they are.
    pub factor: f64,
    /// How long each profile was collected, in nanoseconds; 0 where it does not say, as heap profiles do not.
    pub duration_before: i64,
    /// See [`duration_before`](Self::duration_before).
    pub duration_after: i64,
    /// The sampling periods, in the unit of each profile's period type; 0 where it does not say.
    pub period_before: i64,
    /// See [`period_before`](Self::period_before).
    pub period_after: i64,
    /// How much of each value one sample stands for; 0 where that is not known.
    #[cfg_attr(feature = "serde", serde(skip))]
    weights: [f64; 2],
    /// What a reader has to know about that, as sentences; none for profiles of equal length and period.
    pub notes: Vec<String>,
}

impl Scaling {
    /// For values called `name`, from the profiles' headers; `unit` is that of the periods.
    pub(super) fn new(basis: Basis, name: &str, before: &Header, after: &Header, unit: &str) -> Self {
        let mut scaling = Self {
            factor: 1.0,
            duration_before: before.duration_nanos.max(0),
            duration_after: after.duration_nanos.max(0),
            period_before: before.period.max(0),
            period_after: after.period.max(0),
            weights: [0.0; 2],
            notes: Vec::new(),
        };
        let grows = !["inuse_", "goroutine", "mean_"].iter().any(|other| name.starts_with(other));
        let is_rate = grows && basis == Basis::PerSecond;
        if is_rate && scaling.duration_before > 0 && scaling.duration_after > 0 {
            scaling.factor = scaling.duration_before as f64 / scaling.duration_after as f64;
        }
        let has_periods = scaling.period_before > 0 && scaling.period_after > 0;
        if basis == Basis::PerSecond && name == "samples" && has_periods {
            scaling.factor *= scaling.period_after as f64 / scaling.period_before as f64;
        }
        if basis == Basis::PerSecond {
            scaling.weights = match name {
                "samples" => [1.0; 2],
                "cpu" => [scaling.period_before as f64, scaling.period_after as f64],
                _ => [0.0; 2],
            };
        }
        scaling.note_durations(is_rate);
        if has_periods && scaling.period_before != scaling.period_after {
            let [before, after] = [scaling.period_before, scaling.period_after]
                .map(|period| units::label(period.into(), unit, AUTO));
            scaling.notes.push(format!("Period: {before} before, {after} after"));
        }
        scaling
    }

    fn note_durations(&mut self, is_rate: bool) {
        let durations = [self.duration_before, self.duration_after];
        let [before, after] = durations.map(|duration| match duration {
            0 => "unknown".to_owned(),
            known => units::label(known.into(), "nanoseconds", AUTO),
        });
        // A profiler that sleeps ten seconds takes a little longer each time.
        if before == after {
            return;
        }
        let how = match (is_rate, durations.contains(&0)) {
            (true, false) => "per second, so that later values are scaled to the earlier duration",
            (true, true) => "totals are compared",
            (false, _) => "values are not scaled",
        };
        self.notes.push(format!("Duration: {before} before, {after} after; {how}"));
    }

    /// The largest difference that is chance: three standard deviations of the numbers of samples.
    pub(super) fn chance(&self, before: i128, after: i128) -> f64 {
        let [early, late] = self.weights;
        let variance =
            early * before.unsigned_abs() as f64 + late * self.factor * after.unsigned_abs() as f64;
        3.0 * variance.sqrt()
    }

    pub(super) fn apply(&self, value: i128) -> i128 {
        if self.factor == 1.0 { value } else { (value as f64 * self.factor).round() as i128 }
    }
}
