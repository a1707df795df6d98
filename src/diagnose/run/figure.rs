//! A figure of a run, and how much of it is chance.

use crate::diagnose::finding::{Amount, Source};
use crate::symbol::FuncKey;

/// How many standard deviations are beyond chance: of a thousand figures that did not change, three exceed
/// them.
const DEVIATIONS: f64 = 3.0;

/// A figure of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// What it measures, as a stable word: `cpu`, `request_p50`, `waiting:lock`.
    pub name: String,
    /// The same for people: `CPU time`.
    pub label: String,
    /// Which kind of input it is from.
    pub source: Source,
    /// The function, if it is about one.
    pub function: Option<FuncKey<'static>>,
    /// The value: for each second of the recording, or as it was, by `measure`.
    pub amount: Amount,
    /// Whether it grows with time.
    pub measure: Measure,
    /// The bounds within which the value is by chance alone: three standard deviations, from the number of
    /// samples or events that it was counted from. The value itself for what was not counted.
    pub low: f64,
    /// See [`low`](Self::low).
    pub high: f64,
    /// Its part of the whole that it belongs to, from 0 to 1.
    pub share: f64,
    /// Which direction is better.
    pub better: Better,
}

/// Whether a figure grows with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Measure {
    /// It does, and is given for each second of its recording.
    PerSecond,
    /// It does not: a size, a number of goroutines, how long one request takes.
    Level,
}

/// Which direction of a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Better {
    /// Less is better.
    Lower,
    /// Less is better for one request; a program that does more in a second may have more of it in a second,
    /// too.
    LowerPerRequest,
    /// Neither is.
    Neither,
}

impl Figure {
    pub(crate) fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        source: Source,
        amount: Amount,
    ) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            source,
            function: None,
            low: amount.value,
            high: amount.value,
            amount,
            measure: Measure::Level,
            share: 1.0,
            better: Better::Lower,
        }
    }

    /// A value that was collected in `nanos`.
    #[must_use]
    pub(crate) fn per_second(mut self, nanos: i64) -> Self {
        self.measure = Measure::PerSecond;
        self.times(1e9 / nanos.max(1) as f64)
    }

    #[must_use]
    fn times(mut self, factor: f64) -> Self {
        self.amount.value *= factor;
        self.low *= factor;
        self.high *= factor;
        self
    }

    /// The value is a sum of this many samples, each of which weighs the same.
    #[must_use]
    pub(crate) fn of_samples(self, samples: f64) -> Self {
        let deviation = if samples > 0.0 { 1.0 / samples.sqrt() } else { 0.0 };
        self.with_relative_deviation(deviation)
    }

    /// The value is a sum of this many spans, whose lengths differ about as much as they are long.
    #[must_use]
    pub(crate) fn of_spans(self, spans: u64) -> Self {
        let deviation = if spans > 0 { (2.0 / spans as f64).sqrt() } else { 0.0 };
        self.with_relative_deviation(deviation)
    }

    fn with_relative_deviation(mut self, deviation: f64) -> Self {
        let chance = self.amount.value.abs() * deviation * DEVIATIONS;
        (self.low, self.high) = (self.amount.value - chance, self.amount.value + chance);
        self
    }

    /// The value for each request, given those per second.
    #[must_use]
    pub(crate) fn per_request(self, requests: &Self) -> Self {
        let rate = requests.amount.value.max(f64::MIN_POSITIVE);
        let mut out = self.times(1.0 / rate);
        // What the number of requests leaves to chance adds up with what the value itself does.
        let relative = |part: f64, whole: f64| if whole > 0.0 { (part - whole) / whole } else { 0.0 };
        let (value, of_rate) = (out.amount.value, relative(requests.high, rate));
        let bound = |bound: f64| value * relative(bound, value).hypot(of_rate);
        (out.low, out.high) = (value - bound(out.low), value + bound(out.high));
        out
    }

    #[must_use]
    pub(crate) fn with_better(mut self, better: Better) -> Self {
        self.better = better;
        self
    }

    /// The key by which a figure of another run is the same.
    pub(crate) fn key(&self) -> (&str, Source, Option<&FuncKey<'static>>) {
        (&self.name, self.source, self.function.as_ref())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Figure", 11)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("label", &self.label)?;
        out.serialize_field("source", &self.source)?;
        out.serialize_field("function", &self.function.as_ref().map(ToString::to_string))?;
        out.serialize_field("value", &self.amount.value)?;
        out.serialize_field("unit", &self.amount.unit)?;
        out.serialize_field("measure", &self.measure)?;
        out.serialize_field("low", &self.low)?;
        out.serialize_field("high", &self.high)?;
        out.serialize_field("share", &self.share)?;
        out.serialize_field("better", &self.better)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_that_of_counts() {
        let figure = Figure::new("cpu", "CPU time", Source::CpuProfile, Amount::nanos(4_000_000_000));
        let figure = figure.per_second(10_000_000_000).of_samples(400.0);
        assert_eq!((figure.amount.value, figure.measure), (4e8, Measure::PerSecond));
        assert!((figure.high - 4.6e8).abs() < 1.0 && (figure.low - 3.4e8).abs() < 1.0, "{figure:?}");
        // 100 requests per second, plus or minus 30 %: 15 % and 30 % together are a third.
        let mut requests = Figure::new("requests", "requests", Source::Trace, Amount::count(100));
        (requests.low, requests.high) = (70.0, 130.0);
        let each = figure.per_request(&requests);
        assert!((each.amount.value - 4e6).abs() < 1.0 && (each.high - 5.342e6).abs() < 1e3, "{each:?}");
    }
}
