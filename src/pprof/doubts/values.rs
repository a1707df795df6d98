//! Sums that cannot be.

use super::doubt::{Doubt, DoubtKind, share};
use crate::pprof::source::labels::Labels;
use crate::pprof::source::{Sample, SampleSource};
use crate::pprof::types::ValueType;
use crate::pprof::units::{self, AUTO};
use crate::text::Printable;

/// No machine that Go runs on has more processors.
const MOST_PROCS: usize = 4096;

/// What takes CPU time besides the processors of Go's scheduler.
const UNLESS: &str = "which cannot be unless C code ran on threads of its own";

/// The columns of values, and what their samples add up to.
pub(super) struct Values<'s> {
    source: &'s dyn SampleSource,
    columns: Vec<Column>,
    /// A label may mark the samples of a base.
    has_base: bool,
    is_difference: bool,
}

#[derive(Default)]
struct Column {
    kind: Vec<u8>,
    unit: String,
    sum: i128,
    negative: i128,
    negatives: u64,
}

impl<'s> Values<'s> {
    pub(super) fn new(source: &'s dyn SampleSource) -> Self {
        let column = |ty: &ValueType| Column {
            kind: source.string(ty.kind).to_vec(),
            unit: String::from_utf8_lossy(source.string(ty.unit)).into_owned(),
            ..Column::default()
        };
        let columns = source.sample_types().iter().map(column).collect();
        Self { source, columns, has_base: source.has_base(), is_difference: false }
    }

    pub(super) fn add(&mut self, sample: &Sample<'_>) {
        if self.has_base {
            self.is_difference |= Labels::new(self.source, sample.labels).is_base();
        }
        for (column, &value) in self.columns.iter_mut().zip(sample.values) {
            column.sum += i128::from(value);
            if value < 0 {
                column.negative += i128::from(value);
                column.negatives += 1;
            }
        }
    }

    pub(super) fn doubts(&self, procs: Option<usize>) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        if !self.is_difference {
            doubts.extend(self.columns.iter().filter_map(Column::negative_in_use));
        }
        let header = self.source.header();
        let Some(nanos) = self.column(b"cpu").and_then(Column::nanos) else { return doubts };
        let label = |nanos: i128| units::label(nanos, "nanoseconds", AUTO);
        let duration = i128::from(header.duration_nanos);
        if duration > 0 && !self.is_difference {
            let count = procs.unwrap_or(MOST_PROCS).max(1);
            // A tick may fall outside of the duration that was measured.
            if nanos > duration * count as i128 * 21 / 20 {
                let (cpu, duration) = (label(nanos), label(duration));
                let text = match procs {
                    Some(1) => format!("{cpu} of CPU time in {duration} on one processor, {UNLESS}"),
                    Some(count) => format!("{cpu} of CPU time in {duration} on {count} processors, {UNLESS}"),
                    None => format!("{cpu} of CPU time in {duration}, more than any machine has"),
                };
                doubts.push(Doubt::new(DoubtKind::CpuAboveDuration, text));
            } else if (0..duration / 100).contains(&nanos) {
                let text = format!(
                    "CPU time is {} of the duration: the program was idle, or the profiler's signals were lost",
                    share(nanos, duration)
                );
                doubts.push(Doubt::new(DoubtKind::CpuNearZero, text));
            }
        }
        doubts.extend(self.not_samples(nanos));
        doubts
    }

    /// Each sample stands for one period of CPU time.
    fn not_samples(&self, nanos: i128) -> Option<Doubt> {
        let source = self.source;
        let header = source.header();
        let period_type = header.period_type.filter(|ty| source.string(ty.kind) == b"cpu")?;
        let unit = String::from_utf8_lossy(source.string(period_type.unit)).into_owned();
        let (period, of) = units::scale(header.period.into(), &unit, "ns");
        let samples = self.column(b"samples")?.sum;
        if of != "ns" || period <= 0.0 || samples == 0 {
            return None;
        }
        let expected = (samples as f64 * period) as i128;
        let apart = (nanos - expected).abs();
        if apart * 100 <= expected.abs().max(nanos.abs()) {
            return None;
        }
        let text = format!(
            "{} of CPU time is not {samples} samples times the period of {}",
            units::label(nanos, "ns", AUTO),
            units::label(header.period.into(), &unit, AUTO)
        );
        Some(Doubt::new(DoubtKind::CpuNotSamples, text))
    }

    fn column(&self, kind: &[u8]) -> Option<&Column> {
        self.columns.iter().find(|column| column.kind == kind)
    }
}

impl Column {
    fn nanos(&self) -> Option<i128> {
        let (nanos, unit) = units::scale(self.sum, &self.unit, "ns");
        (unit == "ns").then_some(nanos as i128)
    }

    fn negative_in_use(&self) -> Option<Doubt> {
        if self.negatives == 0 || !self.kind.starts_with(b"inuse_") {
            return None;
        }
        let value = units::label(self.negative, &self.unit, AUTO);
        let samples = if self.negatives == 1 { "sample is" } else { "samples are" };
        let text = format!(
            "{}: {} {samples} negative ({}): this is the difference of two profiles",
            Printable(&self.kind),
            self.negatives,
            Printable(value.as_bytes())
        );
        Some(Doubt::new(DoubtKind::NegativeInUse, text))
    }
}
