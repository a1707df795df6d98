//! Durations as people and Go write them.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// The units of `time.ParseDuration` in nanoseconds. Both code points for micro are in use.
const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Nanoseconds. Prints in Go's units with four digits, and reads what Go's `time.ParseDuration` reads.
///
/// ```
/// use godiag::Nanos;
/// assert_eq!(Nanos(1_234_567).to_string(), "1.235ms");
/// assert_eq!("1m1.5s".parse::<Nanos>()?, Nanos(61_500_000_000));
/// assert!("soon".parse::<Nanos>().is_err());
/// # Ok::<(), godiag::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nanos(pub i64);

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")];
        let size = self.0.unsigned_abs();
        let Some((unit, name)) = units.iter().find(|(unit, _)| size >= *unit) else {
            return f.pad(&format!("{}ns", self.0));
        };
        let value = self.0 as f64 / *unit as f64;
        let digits =
            if value.abs() >= 1000.0 { 0 } else { 3 - (value.abs().max(1.0).log10() as usize).min(3) };
        f.pad(&format!("{value:.digits$}{name}"))
    }
}

impl FromStr for Nanos {
    type Err = Error;

    /// Reads numbers with units, such as `200ms`, `1.5s` or `1h30m`; a space may precede a unit.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for anything else, and for more than 292 years.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(ErrorKind::Usage).detail(format!("{text:?} is not a duration such as 200ms or 1.5s"))
        };
        parse(text).map(Self).ok_or_else(wrong)
    }
}

fn parse(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0i64;
    loop {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let after = after.trim_start_matches(' ');
        let end = after.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ')).unwrap_or(after.len());
        let (name, after) = after.split_at_checked(end)?;
        let unit = UNITS.iter().find(|(unit, _)| *unit == name)?.1;
        sum = sum.checked_add(number(whole)?.checked_mul(unit)?)?;
        sum = sum.checked_add(part(fraction, unit))?;
        if after.is_empty() {
            return Some(sign * sum);
        }
        rest = after;
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn number(digits: &str) -> Option<i64> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

/// The digits after the point in nanoseconds, rounded as Go rounds them.
fn part(fraction: &str, unit: i64) -> i64 {
    let (mut value, mut scale) = (0u64, 1.0);
    for digit in fraction.bytes().take(19) {
        value = value * 10 + u64::from(digit - b'0');
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as i64
}

/// Nanoseconds exactly as Go's `time.Duration` prints them: `1.02s`, `1m0.5s`, `15µs`.
#[derive(Clone, Copy)]
pub(crate) struct GoDuration(pub(crate) i64);

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match nanos {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{nanos}ns"),
            1_000..1_000_000 => write!(f, "{}µs", decimal(nanos, 1_000)),
            1_000_000..1_000_000_000 => write!(f, "{}ms", decimal(nanos, 1_000_000)),
            _ => {
                let minutes = nanos / 60_000_000_000;
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                write!(f, "{}s", decimal(nanos % 60_000_000_000, 1_000_000_000))
            }
        }
    }
}

/// `value / unit` exactly, without trailing zeros; `unit` is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let width = unit.ilog10() as usize;
    let text = format!("{}.{:0width$}", value / unit, value % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_digits_are_enough_for_people() {
        for (nanos, text) in [
            (0, "0ns"),
            (999, "999ns"),
            (1000, "1.000µs"),
            (12_345, "12.35µs"),
            (1_234_567, "1.235ms"),
            (98_765_432_100, "98.77s"),
            (12_345_000_000_000, "12345s"),
            (-2_500_000, "-2.500ms"),
        ] {
            assert_eq!(Nanos(nanos).to_string(), text);
        }
    }

    #[test]
    fn durations_print_as_go_prints_them() {
        for (nanos, text) in [
            (0, "0s"),
            (999, "999ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (1_020_394_000, "1.020394s"),
            (60_500_000_000, "1m0.5s"),
            (3_600_000_000_000, "1h0m0s"),
            (-1_500_000_000, "-1.5s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(GoDuration(nanos).to_string(), text);
        }
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("0", Some(0)),
            ("1.5ms", Some(1_500_000)),
            ("1.25 s", Some(1_250_000_000)),
            (".5s", Some(500_000_000)),
            ("5.s", Some(5_000_000_000)),
            ("-1h30m", Some(-5_400_000_000_000)),
            ("3us", Some(3_000)),
            ("3µs", Some(3_000)),
            ("3μs", Some(3_000)),
            ("0.3333333333333333333h", Some(1_200_000_000_000)),
            ("0.830103483285477580700h", Some(2_988_372_539_827)),
            ("9223372036s", Some(9_223_372_036_000_000_000)),
            ("9223372037s", None),
            ("99999999999999999999s", None),
            ("3", None),
            ("", None),
            ("-", None),
            (".s", None),
            ("s", None),
            ("xs", None),
            ("1e3s", None),
            ("infs", None),
            ("1d", None),
            ("1s ", None),
        ] {
            assert_eq!(parse(text), nanos, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_go_prints_reads_back(nanos in -i64::MAX..) {
            prop_assert_eq!(parse(&GoDuration(nanos).to_string()), Some(nanos));
        }
    }
}
