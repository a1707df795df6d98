//! Minimum and distribution of the mean utilization over windows of time.

use super::accumulator::{Accumulator, UtilWindow};
use super::heap::Heap;
use super::mud::Mud;
use super::series::{Bound, Series};
use super::utilization::{Utilization, UtilizationPoint};
use crate::compat::Compat;
use crate::trace::analysis::stats::total;

/// Answers what part of a window of time the collector leaves to the program.
#[derive(Clone, Debug)]
#[doc(alias = "MMUCurve")]
pub struct MmuCurve {
    compat: Compat,
    series: Vec<Series>,
}

/// The utilization for one length of windows.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MmuPoint {
    /// The length of the windows, in nanoseconds.
    pub window: i64,
    /// The minimum, or the quantiles that were asked for, in order.
    pub utilization: Vec<f64>,
}

impl Utilization {
    /// The curve that answers questions about windows of time.
    pub fn curve(&self) -> MmuCurve {
        MmuCurve::new(self.compat, &self.series)
    }
}

impl MmuCurve {
    pub(super) fn new(compat: Compat, series: &[Vec<UtilizationPoint>]) -> Self {
        let filled = series.iter().filter(|points| !points.is_empty());
        Self { compat, series: filled.map(|points| Series::new(points)).collect() }
    }

    /// The minimum mutator utilization for windows of this many nanoseconds: from 0 to 1.
    pub fn mmu(&self, window: i64) -> f64 {
        let mut acc = Accumulator::new(0, None);
        self.accumulate(window, &mut acc);
        self.share(acc.mmu)
    }

    /// A utilization, from 0 to 1 even where times are so long that rounding swallows a window.
    fn share(&self, utilization: f64) -> f64 {
        if self.compat == Compat::GoTool { utilization } else { utilization.clamp(0.0, 1.0) }
    }

    /// The `count` windows of this length with the least utilization that do not overlap, the worst first.
    pub fn worst_windows(&self, window: i64, count: usize) -> Vec<UtilWindow> {
        let mut acc = Accumulator::new(count, None);
        self.accumulate(window, &mut acc);
        let mut worst = acc.worst.into_items();
        worst.iter_mut().for_each(|window| window.utilization = self.share(window.utilization));
        worst.sort_by(|a, b| a.utilization.total_cmp(&b.utilization).then(a.time.cmp(&b.time)));
        worst
    }

    /// Quantiles, from 0 to 1, of the utilization of all windows of this length.
    ///
    /// With [`Compat::GoTool`] all of them are the minimum: Go's tool stops before it adds anything to the
    /// distribution.
    pub fn mud(&self, window: i64, quantiles: &[f64]) -> Vec<f64> {
        if quantiles.is_empty() {
            return Vec::new();
        }
        if self.compat == Compat::GoTool {
            return vec![self.mmu(window); quantiles.len()];
        }
        let highest = quantiles.iter().copied().fold(f64::MIN, f64::max);
        let room = |series: &Series| series.duration().saturating_sub(window).max(0);
        let duration = total(self.series.iter().map(room)) as f64;
        let mut acc = Accumulator::new(0, Some(Mud::new(duration * highest)));
        self.accumulate(window, &mut acc);
        let mmu = acc.mmu;
        let Some(mut mud) = acc.mud else { return Vec::new() };
        // No mass: the window is as long as the trace, and all quantiles are the minimum.
        quantiles.iter().map(|q| self.share(mud.quantile(duration * q).unwrap_or(mmu))).collect()
    }

    /// The curve that Go's tool plots: a hundred windows over six decades, at most as long as the trace. With
    /// quantiles the distribution, otherwise the minimum.
    pub fn plot(&self, quantiles: &[f64]) -> Vec<MmuPoint> {
        let start =
            self.series.iter().filter_map(|series| series.points.first()).map(|point| point.time).min();
        let end = self.series.iter().filter_map(|series| series.points.last()).map(|point| point.time).max();
        let (Some(start), Some(end)) = (start, end) else { return Vec::new() };
        let mut min = 1_000_000_000i64;
        while min > 1 && self.mmu(min) >= 0.0001 {
            min /= 1000;
        }
        let max = min.saturating_mul(1_000_000).min(end.saturating_sub(start));
        let (log_min, log_max) = ((min as f64).ln(), (max as f64).ln());
        let point = |i: i32| {
            let window = (f64::from(i) / 99.0 * (log_max - log_min) + log_min).exp() as i64;
            let utilization =
                if quantiles.is_empty() { vec![self.mmu(window)] } else { self.mud(window, quantiles) };
            MmuPoint { window, utilization }
        };
        (0..100).map(point).collect()
    }

    fn accumulate(&self, window: i64, acc: &mut Accumulator) {
        if window <= 0 {
            acc.mmu = 0.0;
            return;
        }
        let mut bounds = Vec::new();
        for (index, series) in self.series.iter().enumerate().filter(|(_, series)| series.duration() > 0) {
            series.bound(index, window.min(series.duration()), &mut bounds);
        }
        let mut bounds = Heap::new(bounds, |a, b| a.bound < b.bound);
        while let Some(&Bound { series, band, bound }) = bounds.first() {
            if bound >= acc.bound {
                break;
            }
            let series = &self.series[series];
            let window = window.min(series.duration());
            // Go's tool also looks at windows that begin so late that they end some nanoseconds after the
            // trace.
            if self.compat == Compat::GoTool || series.holds(band, window) {
                series.look_into(band, window, acc);
            }
            bounds.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[(i64, f64)]) -> Vec<UtilizationPoint> {
        values.iter().map(|&(time, utilization)| UtilizationPoint { time, utilization }).collect()
    }

    /// The minimum by looking at every window that begins at any nanosecond.
    fn naive(points: &[UtilizationPoint], window: i64) -> f64 {
        let (first, last) = (points[0].time, points[points.len() - 1].time);
        let window = window.min(last - first);
        let utilization =
            |time: i64| points[points.partition_point(|point| point.time <= time) - 1].utilization;
        let mean = |start: i64| (start..start + window).map(utilization).sum::<f64>() / window as f64;
        (first..=last - window).map(mean).fold(1.0, f64::min)
    }

    #[test]
    fn the_minimum_is_that_of_a_look_at_every_window() {
        let mut state = 7u64;
        let mut random = |n: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        for _ in 0..30 {
            let mut time = 5;
            let mut function = Vec::new();
            for _ in 0..2 + random(40) {
                function.push((time, random(5) as f64 / 4.0));
                time += 1 + random(30) as i64;
            }
            function.push((time, 0.0));
            let points = points(&function);
            let curve = MmuCurve::new(Compat::Correct, std::slice::from_ref(&points));
            for window in [1, 2, 3, 10, 40, 100, 5000] {
                let (found, exact) = (curve.mmu(window), naive(&points, window));
                assert!((found - exact).abs() < 1e-9, "{window}: {found} {exact} {function:?}");
                let worst = curve.worst_windows(window, 1);
                assert!((worst[0].utilization - exact).abs() < 1e-9);
                let least = curve.mud(window, &[0.0])[0];
                assert!((least - exact).abs() < 1e-6, "{window}: {least} {exact}");
            }
        }
    }

    #[test]
    fn the_example_of_go() {
        // internal/trace/gc_test.go, "TestMMU".
        let curve = MmuCurve::new(
            Compat::Correct,
            &[points(&[
                (0, 1.0),
                (1_000_000_000, 0.0),
                (2_000_000_000, 1.0),
                (3_000_000_000, 0.0),
                (4_000_000_000, 1.0),
                (5_000_000_000, 0.0),
            ])],
        );
        let expected = [
            (0, 0.0),
            (1_000_000, 0.0),
            (1_000_000_000, 0.0),
            (2_000_000_000, 0.5),
            (3_000_000_000, 1.0 / 3.0),
        ];
        for (window, mmu) in
            expected.into_iter().chain([(4_000_000_000, 0.5), (5_000_000_000, 0.6), (6_000_000_000, 0.6)])
        {
            assert!((curve.mmu(window) - mmu).abs() < 1e-9, "{window}");
        }
    }

    #[test]
    fn no_function_no_curve() {
        let curve = MmuCurve::new(Compat::Correct, &[]);
        assert_eq!((curve.mmu(10), curve.plot(&[]).len(), curve.worst_windows(10, 3).len()), (1.0, 0, 0));
        let single = MmuCurve::new(Compat::Correct, &[points(&[(5, 0.0)])]);
        assert!(single.mmu(10) <= 1.0 && single.plot(&[0.5]).len() == 100);
    }
}
