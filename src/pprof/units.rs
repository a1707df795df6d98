//! Units of measurement: recognised by name, scaled, and printed the way `go tool pprof` prints them.
//!
//! Source of the facts: google/pprof, `internal/measurement`.

use std::borrow::Cow;

/// A unit and its size in the base unit of its family.
struct Unit {
    name: &'static str,
    aliases: &'static [&'static str],
    factor: f64,
}

/// Units that convert into each other.
struct Family {
    units: &'static [Unit],
    /// What a value is printed in when no unit of the family fits it.
    fallback: (&'static str, f64),
}

const fn unit(name: &'static str, aliases: &'static [&'static str], factor: f64) -> Unit {
    Unit { name, aliases, factor }
}

static FAMILIES: [Family; 3] = [
    Family {
        units: &[
            unit("B", &["b", "byte"], 1.0),
            unit("kB", &["kb", "kbyte", "kilobyte"], 1024.0),
            unit("MB", &["mb", "mbyte", "megabyte"], 1_048_576.0),
            unit("GB", &["gb", "gbyte", "gigabyte"], 1_073_741_824.0),
            unit("TB", &["tb", "tbyte", "terabyte"], 1_099_511_627_776.0),
            unit("PB", &["pb", "pbyte", "petabyte"], 1_125_899_906_842_624.0),
        ],
        fallback: ("B", 1.0),
    },
    Family {
        units: &[
            unit("ns", &["ns", "nanosecond"], 1.0),
            unit("us", &["μs", "us", "microsecond"], 1e3),
            unit("ms", &["ms", "millisecond"], 1e6),
            unit("s", &["s", "sec", "second"], 1e9),
            unit("hrs", &["hour", "hr"], 3600e9),
        ],
        fallback: ("s", 1e9),
    },
    Family {
        units: &[
            unit("n*GCU", &["nanogcu"], 1e-9),
            unit("u*GCU", &["microgcu"], 1e-6),
            unit("m*GCU", &["milligcu"], 1e-3),
            unit("GCU", &["gcu"], 1.0),
            unit("k*GCU", &["kilogcu"], 1e3),
            unit("M*GCU", &["megagcu"], 1e6),
            unit("G*GCU", &["gigagcu"], 1e9),
            unit("T*GCU", &["teragcu"], 1e12),
            unit("P*GCU", &["petagcu"], 1e15),
        ],
        fallback: ("GCU", 1.0),
    },
];

impl Family {
    /// The unit that `name` means: in any case, with or without a plural `s`.
    fn unit(&self, name: &str) -> Option<&'static Unit> {
        let lower = name.to_lowercase();
        let singular = if lower.len() > 2 { lower.strip_suffix('s').unwrap_or(&lower) } else { &lower };
        self.units.iter().find(|unit| unit.aliases.contains(&singular))
    }

    /// `base` in the largest unit of which it holds at least one.
    fn auto(&self, base: f64) -> (f64, &'static str) {
        let fitting = self.units.iter().rev().find(|unit| base / unit.factor >= 1.0);
        let (name, factor) = fitting.map_or(self.fallback, |unit| (unit.name, unit.factor));
        (base / factor, name)
    }
}

/// Asks [`scale`] for the largest unit of which the value holds at least one.
pub(crate) const AUTO: &str = "auto";

/// Asks a report for one unit for all values, chosen by the smallest one shown.
pub(crate) const MINIMUM: &str = "minimum";

/// Converts `value` from one unit to another, and says in which unit the result is.
///
/// `to` may be a unit, `auto` or `minimum`; a unit of another family than `from` gives the family's own
/// default. A value of an unknown unit stays as it is. The unit is empty where printing it would say nothing
/// (`count`).
pub fn scale<'u>(value: i128, from: &str, to: &'u str) -> (f64, Cow<'u, str>) {
    if value < 0 {
        let (scaled, unit) = scale(value.saturating_neg(), from, to);
        return (-scaled, unit);
    }
    for family in &FAMILIES {
        let Some(unit) = family.unit(from) else { continue };
        let base = value as f64 * unit.factor;
        let (scaled, name) = if matches!(to, AUTO | MINIMUM) {
            family.auto(base)
        } else {
            let (name, factor) = family.unit(to).map_or(family.fallback, |unit| (unit.name, unit.factor));
            (base / factor, name)
        };
        return (scaled, Cow::Borrowed(name));
    }
    match to {
        "count" | "sample" | "unit" | MINIMUM | AUTO => (value as f64, Cow::Borrowed("")),
        _ => (value as f64, Cow::Borrowed(to)),
    }
}

/// The value in unit `to`, with at most two decimals and then the unit: `1.50kB`, `3`, `10ms`.
pub fn label(value: i128, from: &str, to: &str) -> String {
    let (scaled, unit) = scale(value, from, to);
    let mut text = format!("{scaled:.2}");
    if text.ends_with(".00") {
        text.truncate(text.len() - 3);
    }
    if matches!(text.as_str(), "0" | "-0") {
        return "0".to_owned();
    }
    text.push_str(&unit);
    text
}

/// Whether values in the two units can be converted into each other.
pub(crate) fn convertible(a: &str, b: &str) -> bool {
    a == b || FAMILIES.iter().any(|family| family.unit(a).is_some() && family.unit(b).is_some())
}

/// The share of `total` that `value` is, always positive, in six columns: ` 4.13%`, `  100%`, `0.097%`.
pub fn percent(value: i128, total: i128) -> String {
    let ratio = if total == 0 { 0.0 } else { (value as f64 / total as f64).abs() * 100.0 };
    if (99.95..=100.05).contains(&ratio) {
        "  100%".to_owned()
    } else if ratio >= 1.0 {
        format!("{ratio:5.2}%")
    } else {
        format!("{:>5}%", two_digits(ratio))
    }
}

/// C's `%.2g` for 0 ≤ `value` < 1: two significant digits, no trailing zeros, an exponent below 1e-4.
fn two_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = format!("{value:.1e}");
    let (digits, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    if exponent < -4 {
        return format!("{digits}e-{:02}", -exponent);
    }
    if exponent >= 0 {
        return digits.to_owned();
    }
    let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
    format!("0.{zeros}{}", digits.replace('.', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_scale_within_their_family() {
        assert_eq!(label(1536, "bytes", AUTO), "1.50kB");
        assert_eq!(label(1024, "Bytes", AUTO), "1kB");
        assert_eq!(label(-3072, "byte", "kb"), "-3kB");
        assert_eq!(label(10_000_000, "nanoseconds", MINIMUM), "10ms");
        assert_eq!(label(90, "minutes", AUTO), "90");
        assert_eq!(label(7_200, "s", AUTO), "2hrs");
        assert_eq!(label(1, "ms", "bytes"), "0");
        assert_eq!(label(1500, "ms", "bytes"), "1.50s");
        assert_eq!(label(2_500, "nanogcu", AUTO), "2.50u*GCU");
        assert_eq!(label(i128::from(i64::MIN), "ns", "hours"), "-2562047.79hrs");
    }

    #[test]
    fn meaningless_units_are_left_out() {
        assert_eq!(label(5, "count", MINIMUM), "5");
        assert_eq!(label(5, "widgets", "widgets"), "5widgets");
        assert_eq!(label(0, "widgets", "widgets"), "0");
    }

    #[test]
    fn percentages_are_six_columns() {
        for (value, total, text) in [
            (0, 10, "    0%"),
            (1, 0, "    0%"),
            (9_996, 10_000, "  100%"),
            (-3, 4, "75.00%"),
            (413, 10_000, " 4.13%"),
            (97, 100_000, "0.097%"),
            (5, 1000, "  0.5%"),
            (1, 1_000_000_000, "1e-07%"),
            (9_999, 1_000_000, "    1%"),
            (6_926_880, 1000, "692688.00%"),
        ] {
            assert_eq!(percent(value, total), text, "{value} of {total}");
        }
    }
}
