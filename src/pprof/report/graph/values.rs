//! Which column of values a report shows, and what a sample weighs by it.

use crate::error::{Error, ErrorKind, Result};
use crate::pprof::source::SampleSource;
use crate::pprof::units;
use crate::text::Printable;

/// A value and the sum of the divisors that a mean is made of; the divisor is 0 where there is no mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) sum: i128,
    pub(crate) divisor: i128,
}

impl Weight {
    /// The mean, or the sum where there is no divisor.
    pub(crate) fn value(self) -> i128 {
        self.sum.checked_div(self.divisor).unwrap_or(self.sum)
    }

    #[inline]
    pub(crate) fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.divisor += other.divisor;
    }
}

/// A column of values, and whether it is divided by the first one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values {
    pub(crate) index: usize,
    pub(crate) mean: bool,
}

impl Values {
    /// The column that `sample_index` names: a number, a type with or without `inuse_` before it, or by
    /// default the profile's own choice, or else the last.
    pub(crate) fn new(source: &dyn SampleSource, sample_index: Option<&str>, mean: bool) -> Result<Self> {
        let types = source.sample_types();
        let kind = |at: usize| source.string(types[at].kind);
        if types.is_empty() {
            return Err(Error::new(ErrorKind::Usage).detail("the profile has no sample types"));
        }
        let find = |names: [&[u8]; 2]| (0..types.len()).find(|&at| names.contains(&kind(at)));
        let index = match sample_index.unwrap_or("") {
            "" => {
                let default = source.string(source.header().default_sample_type);
                let named = if default.is_empty() { None } else { find([default, default]) };
                named.unwrap_or(types.len() - 1)
            }
            number if number.parse::<i64>().is_ok() => {
                let index = number.parse::<usize>().ok().filter(|&index| index < types.len());
                index.ok_or_else(|| {
                    let last = types.len() - 1;
                    let detail = format!("sample index {number} is outside the range 0 to {last}");
                    Error::new(ErrorKind::Usage).detail(detail)
                })?
            }
            name => {
                let short = name.strip_prefix("inuse_").unwrap_or(name);
                find([name.as_bytes(), short.as_bytes()]).ok_or_else(|| {
                    let names: Vec<_> = (0..types.len()).map(|at| Printable(kind(at)).to_string()).collect();
                    let detail = format!("sample index {name:?} must be one of: {}", names.join(" "));
                    Error::new(ErrorKind::Usage).detail(detail)
                })?
            }
        };
        Ok(Self { index, mean })
    }

    /// The column that alone says whether a sample weighs anything.
    pub(crate) fn only_column(&self) -> Option<usize> {
        (!self.mean).then_some(self.index)
    }

    #[inline]
    pub(crate) fn weight(&self, values: &[i64]) -> Weight {
        let at = |index| values.get(index).copied().map_or(0, i128::from);
        Weight { sum: at(self.index), divisor: if self.mean { at(0) } else { 0 } }
    }
}

/// A value as reports print it: divided, and in `unit`.
pub(crate) fn format(value: i128, divide_by: f64, value_unit: &str, unit: &str) -> String {
    let label = units::label(divided(value, divide_by), value_unit, unit);
    // The unit may be a name from the file.
    Printable(label.as_bytes()).to_string()
}

/// `value` divided by `by`, where that changes it.
pub(crate) fn divided(value: i128, by: f64) -> i128 {
    let ratio = 1.0 / by;
    if ratio > 0.0 && ratio != 1.0 { (value as f64 * ratio) as i128 } else { value }
}
