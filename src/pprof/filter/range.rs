//! Ranges of numeric labels: `64kb`, `1kb:`, `:10mb`, `1kb:64kb`.

use crate::pprof::units::scale;

/// Which scaled values match.
#[derive(Clone, Debug)]
pub(super) struct Range {
    from: Option<f64>,
    to: Option<f64>,
    unit: String,
}

impl Range {
    /// Reads a range; `None` when `text` is not a range, and therefore a pattern.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, second) = match text.split_once(':') {
            None => (Some(text), Some(text)),
            Some(("", to)) => (None, Some(to)),
            Some((from, "")) => (Some(from), None),
            Some((from, to)) => (Some(from), Some(to)),
        };
        let (amount, name) = number(first.or(second)?)?;
        let (low, unit) = scale(amount, name, name);
        let (mut from, mut to) = (first.map(|_| low), second.map(|_| low));
        if let (Some(a), Some(b)) = (first, second) {
            if a != b || text.contains(':') {
                let (amount, name) = number(b)?;
                let (high, other) = scale(amount, name, &unit);
                if other != unit {
                    return None;
                }
                (from, to) = (Some(low), Some(high));
            }
        }
        Some(Self { from, to, unit: unit.into_owned() })
    }

    /// Whether `value` in `unit` lies in the range.
    pub(super) fn holds(&self, value: i64, unit: &str) -> bool {
        let (scaled, unit) = scale(value.into(), unit, &self.unit);
        unit == self.unit.as_str()
            && self.from.is_none_or(|from| scaled >= from)
            && self.to.is_none_or(|to| scaled <= to)
    }
}

/// A whole number with an optional sign, and the letters after it.
fn number(text: &str) -> Option<(i128, &str)> {
    let digits = text.trim_start_matches(['+', '-']).trim_start_matches(|c: char| c.is_ascii_digit());
    let (amount, unit) = text.split_at(text.len() - digits.len());
    if !unit.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    amount.parse::<i64>().ok().map(|amount| (amount.into(), unit))
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_compare_scaled_values() {
        let range = Range::parse("1kb:64kb").unwrap();
        assert!(range.holds(1024, "bytes") && range.holds(65_536, "bytes"));
        assert!(!range.holds(1023, "bytes") && !range.holds(2000, "ms"));
        let from = Range::parse("64kb:").unwrap();
        assert!(from.holds(65_536, "bytes") && !from.holds(65_535, "bytes"));
        let to = Range::parse(":10").unwrap();
        assert!(to.holds(10, "") && to.holds(-5, "") && !to.holds(11, ""));
        assert!(Range::parse("100").unwrap().holds(100, ""));
    }

    #[test]
    fn other_texts_are_patterns() {
        for text in ["", ":", "foo", "10kb:foo", "1kb:2ms", "1:2:3", "a10", "1.5kb", "99999999999999999999"] {
            assert!(Range::parse(text).is_none(), "{text}");
        }
    }
}
