//! How something changed from one run to the next.

/// How something changed from one run to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Change {
    /// Only the later run has it.
    New,
    /// There is more of it, beyond chance, and that is worse.
    Worse,
    /// Only the earlier run has it.
    Gone,
    /// There is less of it, beyond chance, and that is better.
    Better,
    /// There is more of it, which is neither better nor worse.
    More,
    /// There is less of it, which is neither better nor worse.
    Less,
    /// It differs by no more than chance, or than is worth reporting.
    Unchanged,
    /// One of the runs lacks the input that would show it.
    Unknown,
}

impl Change {
    /// The change as a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::Gone => "gone",
            Self::Better => "better",
            Self::More => "more",
            Self::Less => "less",
            Self::Unchanged => "unchanged",
            Self::Unknown => "unknown",
        }
    }

    /// The same without a judgement.
    pub(super) const fn unjudged(self) -> Self {
        match self {
            Self::Worse => Self::More,
            Self::Better => Self::Less,
            other => other,
        }
    }

    /// New or worse.
    pub const fn is_worse(self) -> bool {
        matches!(self, Self::New | Self::Worse)
    }

    /// Gone or better.
    pub const fn is_better(self) -> bool {
        matches!(self, Self::Gone | Self::Better)
    }
}

/// A value and the bounds within which it is by chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The difference of two values, if it is beyond chance and larger than a part `least` of the earlier one.
pub(super) fn difference(before: Measured, after: Measured, least: f64) -> Option<f64> {
    let delta = after.value - before.value;
    // The half of each interval that lies between the two.
    let chance = match delta > 0.0 {
        true => (before.high - before.value).hypot(after.value - after.low),
        false => (before.value - before.low).hypot(after.high - after.value),
    };
    let counts = delta.abs() > chance && delta.abs() > before.value.abs() * least;
    (delta != 0.0 && delta.is_finite() && counts).then_some(delta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_no_difference() {
        let samples = |count: f64| {
            let chance = 3.0 * count.sqrt();
            Measured { value: count, low: count - chance, high: count + chance }
        };
        // The standard deviation of the difference is 15.
        assert_eq!(difference(samples(100.0), samples(130.0), 0.1), None);
        assert_eq!(difference(samples(100.0), samples(160.0), 0.1), Some(60.0));
        assert_eq!(difference(samples(160.0), samples(100.0), 0.1), Some(-60.0));
        // Beyond chance, and too small to matter.
        assert_eq!(difference(samples(1e6), samples(1.05e6), 0.1), None);
        assert_eq!(difference(samples(0.0), samples(f64::NAN), 0.1), None);
        // A tail that is long upwards does not hide that it became longer.
        let (short, long) =
            (Measured { value: 5.0, low: 4.0, high: 9.0 }, Measured { value: 60.0, low: 50.0, high: 400.0 });
        assert_eq!(difference(short, long, 0.1), Some(55.0));
    }
}
