//! When a difference counts.

/// When a difference counts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// A difference below this share of the earlier total is noise. Default 0.005.
    pub noise: f64,
    /// An increase by more than this share of the earlier value is a regression. Default 0.1.
    pub regression: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { noise: 0.005, regression: 0.1 }
    }
}

impl Thresholds {
    /// Sets the share of the earlier total below which a difference is noise.
    #[must_use]
    pub const fn with_noise(mut self, share: f64) -> Self {
        self.noise = share;
        self
    }

    /// Sets the share of the earlier value by which an increase is a regression.
    #[must_use]
    pub const fn with_regression(mut self, share: f64) -> Self {
        self.regression = share;
        self
    }

    pub(super) fn verdict(&self, before: i128, after: i128, total: i128) -> Verdict {
        let change = after - before;
        if change == 0 || (change.unsigned_abs() as f64) < self.noise * total.unsigned_abs() as f64 {
            return Verdict::Same;
        }
        let allowed = before.unsigned_abs() as f64 * self.regression;
        if change.unsigned_abs() as f64 <= allowed {
            Verdict::Same
        } else if change > 0 {
            Verdict::Regression
        } else {
            Verdict::Improvement
        }
    }
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Verdict {
    /// No more than noise, or within the threshold.
    Same,
    /// More than before.
    Regression,
    /// Less than before.
    Improvement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_relative_changes_are_distinguished() {
        let thresholds = Thresholds::default().with_noise(0.01).with_regression(0.1);
        let verdict = |before, after| thresholds.verdict(before, after, 1000);
        assert_eq!(verdict(100, 109), Verdict::Same, "below 1 % of the total");
        assert_eq!(verdict(500, 540), Verdict::Same, "8 % more");
        assert_eq!(verdict(500, 551), Verdict::Regression);
        assert_eq!(verdict(500, 449), Verdict::Improvement);
        assert_eq!(verdict(0, 10), Verdict::Regression);
        assert_eq!(verdict(10, 0), Verdict::Improvement);
        assert_eq!(verdict(5, 5), Verdict::Same);
    }
}
