//! Figures with their units, and how they are written for people.

use std::fmt;

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Unit {
    /// Things that are counted.
    Count,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Things for each second.
    PerSecond,
}

/// A value in its unit. Prints as people write it: `1.25 s`, `4.6 MB`, `12 %`.
///
/// ```
/// use godiag::diagnose::{Amount, Unit};
/// assert_eq!(Amount::nanos(1_253_000_000).to_string(), "1.25 s");
/// assert_eq!(Amount::share(0.8365).to_string(), "83.7 %");
/// assert_eq!(Amount::new(12_000.0, Unit::Count).to_string(), "12,000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Amount {
    /// The value.
    pub value: f64,
    /// What it is measured in.
    pub unit: Unit,
}

impl Amount {
    /// `value` in `unit`.
    pub const fn new(value: f64, unit: Unit) -> Self {
        Self { value, unit }
    }

    /// A number of things.
    pub fn count(value: impl TryInto<i64>) -> Self {
        Self::new(value.try_into().unwrap_or(i64::MAX) as f64, Unit::Count)
    }

    /// A time in nanoseconds.
    pub const fn nanos(value: i64) -> Self {
        Self::new(value as f64, Unit::Nanoseconds)
    }

    /// A size in bytes.
    pub const fn bytes(value: i64) -> Self {
        Self::new(value as f64, Unit::Bytes)
    }

    /// A part of a whole, from 0 to 1.
    pub const fn share(value: f64) -> Self {
        Self::new(value, Unit::Share)
    }

    /// A number of things for each second.
    pub const fn per_second(value: f64) -> Self {
        Self::new(value, Unit::PerSecond)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        match self.unit {
            Unit::Count => grouped(value, f),
            Unit::PerSecond => {
                grouped(value, f)?;
                f.write_str("/s")
            }
            Unit::Share => {
                three(value * 100.0, f)?;
                f.write_str(" %")
            }
            Unit::Nanoseconds => scaled(value, &[(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")], f),
            Unit::Bytes => {
                const KB: f64 = 1024.0;
                scaled(value, &[(KB * KB * KB, "GB"), (KB * KB, "MB"), (KB, "kB"), (1.0, "B")], f)
            }
        }
    }
}

/// In the largest unit that leaves at least 1.
fn scaled(value: f64, units: &[(f64, &str)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // What rounds up to the next unit is written in it: 1.00 s, not 1000 ms.
    let fits = |(size, _): &&(f64, &str)| value.abs() >= size * 0.9995;
    let (size, name) = units.iter().find(fits).or(units.last()).copied().unwrap_or((1.0, ""));
    three(value / size, f)?;
    write!(f, " {name}")
}

/// Three significant digits at most, and never an exponent.
fn three(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = match value.abs() {
        v if v >= 99.95 || v == v.trunc() => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    write!(f, "{value:.digits$}")
}

/// With commas between groups of three digits.
fn grouped(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if value.abs() < 10.0 && value != value.trunc() {
        return write!(f, "{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    if value < 0.0 {
        f.write_str("-")?;
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            f.write_str(",")?;
        }
        write!(f, "{digit}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        for (amount, text) in [
            (Amount::nanos(999_999_999), "1.00 s"),
            (Amount::nanos(12_345), "12.3 µs"),
            (Amount::nanos(20_000_000), "20 ms"),
            (Amount::nanos(0), "0 ns"),
            (Amount::bytes(4_863_000), "4.64 MB"),
            (Amount::bytes(100), "100 B"),
            (Amount::count(1_234_567u64), "1,234,567"),
            (Amount::count(-1234), "-1,234"),
            (Amount::per_second(2.5), "2.5/s"),
            (Amount::share(1.0), "100 %"),
            (Amount::share(0.00123), "0.12 %"),
        ] {
            assert_eq!(amount.to_string(), text);
        }
    }
}
