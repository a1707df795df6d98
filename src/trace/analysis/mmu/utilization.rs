//! The result: utilization by time.

use crate::compat::Compat;

/// A change of the utilization.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UtilizationPoint {
    /// When.
    pub time: i64,
    /// The share of the procs left to the program from now on, from 0 to 1.
    pub utilization: f64,
}

/// How much of the procs the collector leaves to the program: one function, or one per proc. Each ends with
/// 0.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Utilization {
    /// Whose figures these are.
    pub compat: Compat,
    /// The functions.
    pub series: Vec<Vec<UtilizationPoint>>,
}

impl Utilization {
    /// The mean of all functions over the whole trace, from 0 to 1; 1 without functions.
    pub fn mean(&self) -> f64 {
        let (mut sum, mut time) = (0.0, 0.0);
        for pair in self.series.iter().flat_map(|points| points.windows(2)) {
            let [here, next] = pair else { continue };
            let passed = next.time.saturating_sub(here.time) as f64;
            (sum, time) = (sum + here.utilization * passed, time + passed);
        }
        if time > 0.0 { sum / time } else { 1.0 }
    }
}
