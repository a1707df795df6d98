//! Minimum and distribution of the mean utilization over windows of time.

use super::heap::Heap;
use super::mud::Mud;
use super::utilization::UtilizationPoint;
use crate::trace::analysis::compat::Compat;
use crate::trace::analysis::sum::total;

/// Into how many bands of time a function is divided at most, to find its worst windows fast.
const BANDS: usize = 1000;

/// Answers what part of any window of time is left to the program.
#[derive(Clone, Debug)]
pub struct MmuCurve {
    compat: Compat,
    series: Vec<Series>,
}

/// One utilization function.
#[derive(Clone, Debug)]
struct Series {
    points: Vec<UtilizationPoint>,
    /// The integral up to each point.
    sums: Vec<f64>,
    bands: Vec<Band>,
    band_time: i64,
}

/// What is known of a band of time.
#[derive(Clone, Copy, Debug)]
struct Band {
    min: f64,
    /// The integral up to its left edge.
    sum: f64,
    /// The position of the point at or before its left edge.
    at: usize,
}

/// A band, and a lower bound for all windows that begin in it.
#[derive(Clone, Copy, Debug)]
struct Bound {
    series: usize,
    band: usize,
    bound: f64,
}

/// A window of time, and its mean utilization.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UtilWindow {
    /// When it begins.
    pub time: i64,
    /// Its mean utilization, from 0 to 1.
    pub utilization: f64,
}

/// The utilization for one length of windows.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MmuPoint {
    /// The length of the windows, in nanoseconds.
    pub window: i64,
    /// The minimum; or the quantiles that were asked for, in order.
    pub utilization: Vec<f64>,
}

/// What is gathered while bands are looked into.
#[derive(Debug)]
struct Accumulator {
    mmu: f64,
    /// Windows above it change nothing any more.
    bound: f64,
    worst_count: usize,
    worst: Heap<UtilWindow>,
    mud: Option<Mud>,
    last: Option<(i64, f64)>,
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

    /// A utilization, from 0 to 1: where times are so long that a window is lost in rounding, too.
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
    /// With [`Compat::GoTool`] all of them are the minimum: Go's tool leaves off before it adds anything to the
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
        for (at, series) in self.series.iter().enumerate().filter(|(_, series)| series.duration() > 0) {
            series.bound(at, window.min(series.duration()), &mut bounds);
        }
        let mut bounds = Heap::new(bounds, |a, b| a.bound < b.bound);
        while let Some(&Bound { series, band, bound }) = bounds.first() {
            if bound >= acc.bound {
                break;
            }
            let series = &self.series[series];
            let window = window.min(series.duration());
            // Go's tool looks at windows too that begin so late that they end after the trace, by some nanoseconds.
            if self.compat == Compat::GoTool || series.holds(band, window) {
                series.look_into(band, window, acc);
            }
            bounds.pop();
        }
    }
}

impl Series {
    fn new(points: &[UtilizationPoint]) -> Self {
        let mut sums = Vec::with_capacity(points.len());
        let (mut sum, mut before) = (0.0, UtilizationPoint { time: 0, utilization: 0.0 });
        for &point in points {
            sum += before.utilization * point.time.saturating_sub(before.time) as f64;
            sums.push(sum);
            before = point;
        }
        let count = BANDS.min(points.len());
        let mut series = Self { points: points.to_vec(), sums, bands: Vec::new(), band_time: 1 };
        series.band_time = (series.duration().saturating_add(count as i64 - 1) / count.max(1) as i64).max(1);
        let mut at = 0;
        for band in 0..=count {
            let (start, end) = series.band(band);
            let sum = series.integral(&mut at, start);
            let within = series.points[at..].iter().take_while(|point| point.time < end);
            let min = within.map(|point| point.utilization).fold(1.0, f64::min);
            series.bands.push(Band { min, sum, at });
        }
        series
    }

    fn duration(&self) -> i64 {
        let ends = self.points.first().zip(self.points.last());
        ends.map_or(0, |(first, last)| last.time.saturating_sub(first.time))
    }

    /// The time that a band covers.
    fn band(&self, band: usize) -> (i64, i64) {
        let first = self.points.first().map_or(0, |point| point.time);
        let start = first.saturating_add((band as i64).saturating_mul(self.band_time));
        (start, start.saturating_add(self.band_time))
    }

    /// The integral up to `time`, where `at` is the position of a point before, and follows.
    fn integral(&self, at: &mut usize, time: i64) -> f64 {
        let near = self.points.get(*at + 8).is_some_and(|point| point.time > time);
        if near {
            while self.points.get(*at + 1).is_some_and(|point| point.time <= time) {
                *at += 1;
            }
        } else {
            let after =
                self.points.get(*at..).unwrap_or_default().partition_point(|point| point.time <= time);
            *at += after.saturating_sub(1);
        }
        let (Some(point), Some(sum)) = (self.points.get(*at), self.sums.get(*at)) else { return 0.0 };
        let part =
            if time == point.time { 0.0 } else { point.utilization * time.saturating_sub(point.time) as f64 };
        sum + part
    }

    /// The time of the first change after `time`.
    fn next(&self, at: usize, time: i64) -> i64 {
        let later = self.points.get(at..).unwrap_or_default();
        later.iter().find(|point| point.time > time).map_or(i64::MAX, |point| point.time)
    }

    /// Adds a lower bound for each band in which windows can begin: as if a window covered the worst of the bands
    /// it touches.
    fn bound(&self, series: usize, window: i64, bounds: &mut Vec<Bound>) {
        let min_bands = (window.saturating_add(self.band_time - 1) / self.band_time) as usize;
        let max_bands =
            (window.saturating_add((self.band_time - 1).saturating_mul(2)) / self.band_time) as usize;
        let tail = (window % self.band_time) as f64;
        let count = (self.bands.len() + 1).saturating_sub(max_bands);
        for band in 0..count {
            let at = |offset: usize| self.bands.get(band + offset - 1);
            let (Some(left), Some(right), Some(far)) = (at(1), at(min_bands), at(max_bands)) else { break };
            let (l, r1, r2) = (left.min, right.min, far.min);
            let least = l.min(r1.min(r2));
            let mut sum = 0.0;
            if min_bands == 1 {
                sum += least * window as f64;
            } else {
                sum += least * self.band_time as f64;
                let middle = if least == l {
                    r1.min(r2)
                } else if least == r1 {
                    l.min(r2)
                } else {
                    l.min(r1)
                };
                sum += middle * tail;
            }
            if min_bands > 2 {
                if let Some(second) = at(2) {
                    sum += right.sum - second.sum;
                }
            }
            bounds.push(Bound { series, band, bound: sum / window as f64 });
        }
    }

    /// Whether a window that begins with a band ends within the trace.
    fn holds(&self, band: usize, window: i64) -> bool {
        self.points.last().is_some_and(|last| self.band(band).0.saturating_add(window) <= last.time)
    }

    /// Adds all windows that begin in a band, as far as they matter.
    ///
    /// The mean over a window is piecewise linear in its position, with edges where either end of the window meets
    /// a change; so only those need a look.
    fn look_into(&self, band: usize, window: i64, acc: &mut Accumulator) {
        let Some(start) = self.bands.get(band) else { return };
        let (mut left, mut right) = (start.at, start.at);
        let (mut time, mut end) = self.band(band);
        let last = self.points.last().map_or(0, |point| point.time).saturating_sub(window);
        end = end.min(last);
        acc.last = None;
        loop {
            let upto = time.saturating_add(window);
            let mean = (self.integral(&mut right, upto) - self.integral(&mut left, time)) / window as f64;
            if acc.add(time, mean, window) || time == end {
                break;
            }
            // The mean falls by 1/window a nanosecond at most.
            let earliest = time.saturating_add(((mean - acc.bound) * window as f64) as i64);
            let next = self.next(left, time).min(self.next(right, upto).saturating_sub(window));
            time = next.max(earliest).min(end);
        }
    }
}

impl Accumulator {
    fn new(worst_count: usize, mud: Option<Mud>) -> Self {
        // The best of the worst windows first: it is the one to give way.
        let worst = Heap::new(Vec::new(), |a: &UtilWindow, b: &UtilWindow| {
            if a.utilization == b.utilization { a.time > b.time } else { a.utilization > b.utilization }
        });
        Self { mmu: 1.0, bound: 1.0, worst_count, worst, mud, last: None }
    }

    /// Adds a window; true if more cannot matter.
    fn add(&mut self, time: i64, mean: f64, window: i64) -> bool {
        self.mmu = self.mmu.min(mean);
        self.bound = self.mmu;
        if self.worst_count == 0 && self.mud.is_none() {
            return mean == 0.0;
        }
        if self.worst_count > 0 {
            self.add_worst(time, mean, window);
        }
        if let Some(mud) = &mut self.mud {
            if let Some((last_time, last_mean)) = self.last {
                mud.add(last_mean, mean, time.saturating_sub(last_time) as f64);
            }
            self.last = Some((time, mean));
            self.bound = mud.tracked().map_or(1.0, |tracked| self.bound.max(tracked));
            return false;
        }
        let full = self.worst.items().len() == self.worst_count;
        full && self.worst.first().is_some_and(|best| best.utilization == 0.0)
    }

    fn add_worst(&mut self, time: i64, mean: f64, window: i64) {
        let has_room = self.worst.items().len() < self.worst_count;
        if has_room || self.worst.first().is_some_and(|best| mean < best.utilization) {
            let overlaps = |other: &UtilWindow| {
                time.saturating_add(window) > other.time && other.time.saturating_add(window) > time
            };
            let overlapping = self.worst.items().iter().position(overlaps);
            let is_better = overlapping.is_none_or(|at| self.worst.items()[at].utilization > mean);
            if is_better {
                if let Some(at) = overlapping {
                    self.worst.remove(at);
                }
                self.worst.push(UtilWindow { time, utilization: mean });
                if self.worst.items().len() > self.worst_count {
                    self.worst.pop();
                }
            }
        }
        if self.worst.items().len() < self.worst_count {
            self.bound = 1.0;
        } else if let Some(best) = self.worst.first() {
            self.bound = self.bound.max(best.utilization);
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
        let at = |time: i64| points[points.partition_point(|point| point.time <= time) - 1].utilization;
        let mean = |start: i64| (start..start + window).map(at).sum::<f64>() / window as f64;
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
