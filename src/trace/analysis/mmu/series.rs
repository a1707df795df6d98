//! One utilization function, divided into bands of time so that its worst windows are found without visiting
//! all.

use super::accumulator::Accumulator;
use super::utilization::UtilizationPoint;

/// The most bands of time into which a function is divided, to find its worst windows fast.
const BANDS: usize = 1000;

/// One utilization function.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) points: Vec<UtilizationPoint>,
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
    point: usize,
}

/// A band, and a lower bound for all windows that begin in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) series: usize,
    pub(super) band: usize,
    pub(super) bound: f64,
}

impl Series {
    pub(super) fn new(points: &[UtilizationPoint]) -> Self {
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
        let mut point = 0;
        for band in 0..=count {
            let (start, end) = series.band(band);
            let sum = series.integral(&mut point, start);
            let within = series.points[point..].iter().take_while(|point| point.time < end);
            let min = within.map(|point| point.utilization).fold(1.0, f64::min);
            series.bands.push(Band { min, sum, point });
        }
        series
    }

    pub(super) fn duration(&self) -> i64 {
        let ends = self.points.first().zip(self.points.last());
        ends.map_or(0, |(first, last)| last.time.saturating_sub(first.time))
    }

    /// The time that a band covers.
    fn band(&self, band: usize) -> (i64, i64) {
        let first = self.points.first().map_or(0, |point| point.time);
        let start = first.saturating_add((band as i64).saturating_mul(self.band_time));
        (start, start.saturating_add(self.band_time))
    }

    /// The integral up to `time`; `near` is the position of an earlier point, and moves along.
    fn integral(&self, near: &mut usize, time: i64) -> f64 {
        let is_near = self.points.get(*near + 8).is_some_and(|point| point.time > time);
        if is_near {
            while self.points.get(*near + 1).is_some_and(|point| point.time <= time) {
                *near += 1;
            }
        } else {
            let after =
                self.points.get(*near..).unwrap_or_default().partition_point(|point| point.time <= time);
            *near += after.saturating_sub(1);
        }
        let (Some(point), Some(sum)) = (self.points.get(*near), self.sums.get(*near)) else { return 0.0 };
        let part =
            if time == point.time { 0.0 } else { point.utilization * time.saturating_sub(point.time) as f64 };
        sum + part
    }

    /// The time of the first change after `time`.
    fn next(&self, point: usize, time: i64) -> i64 {
        let later = self.points.get(point..).unwrap_or_default();
        later.iter().find(|point| point.time > time).map_or(i64::MAX, |point| point.time)
    }

    /// Adds a lower bound for each band in which windows can begin: as if a window covered the worst of the
    /// bands it touches.
    pub(super) fn bound(&self, series: usize, window: i64, bounds: &mut Vec<Bound>) {
        let min_bands = (window.saturating_add(self.band_time - 1) / self.band_time) as usize;
        let max_bands =
            (window.saturating_add((self.band_time - 1).saturating_mul(2)) / self.band_time) as usize;
        let tail = (window % self.band_time) as f64;
        let count = (self.bands.len() + 1).saturating_sub(max_bands);
        for band in 0..count {
            let band_at = |offset: usize| self.bands.get(band + offset - 1);
            let (Some(left), Some(right), Some(far)) = (band_at(1), band_at(min_bands), band_at(max_bands))
            else {
                break;
            };
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
                if let Some(second) = band_at(2) {
                    sum += right.sum - second.sum;
                }
            }
            bounds.push(Bound { series, band, bound: sum / window as f64 });
        }
    }

    /// Whether a window that begins with a band ends within the trace.
    pub(super) fn holds(&self, band: usize, window: i64) -> bool {
        self.points.last().is_some_and(|last| self.band(band).0.saturating_add(window) <= last.time)
    }

    /// Adds the windows that begin in a band, as far as they matter.
    ///
    /// The mean over a window is piecewise linear in its position, with edges where either end of the window
    /// meets a change, so only those are visited.
    pub(super) fn look_into(&self, band: usize, window: i64, acc: &mut Accumulator) {
        let Some(start) = self.bands.get(band) else { return };
        let (mut left, mut right) = (start.point, start.point);
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
            // The mean falls by 1/window per nanosecond at most.
            let earliest = time.saturating_add(((mean - acc.bound) * window as f64) as i64);
            let next = self.next(left, time).min(self.next(right, upto).saturating_sub(window));
            time = next.max(earliest).min(end);
        }
    }
}
