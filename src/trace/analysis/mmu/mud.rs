//! A distribution of time over utilization, which can be queried while it grows.

/// Buckets of the coarse histogram.
const DEGREE: usize = 1024;

/// A change of the distribution's density at `x`, and a point mass there.
#[derive(Clone, Copy, Debug)]
struct Edge {
    x: f64,
    delta: f64,
    dirac: f64,
}

/// A sum of uniform distributions and point masses. Not normalized: its mass is time.
#[derive(Debug)]
pub(super) struct Mud {
    edges: Vec<Edge>,
    sorted: bool,
    /// The cumulative mass that is tracked, its bucket, and the mass below that.
    track_mass: f64,
    track_bucket: usize,
    track_sum: f64,
    histogram: Vec<f64>,
}

impl Mud {
    /// An empty distribution that tracks in which bucket cumulative mass `track_mass` lies.
    pub(super) fn new(track_mass: f64) -> Self {
        let histogram = vec![0.0; DEGREE];
        let mut mud =
            Self { edges: Vec::new(), sorted: true, track_mass, track_bucket: 0, track_sum: 0.0, histogram };
        mud.track();
        mud
    }

    /// Spreads `area` evenly from `left` to `right`.
    pub(super) fn add(&mut self, left: f64, right: f64, area: f64) {
        if area == 0.0 {
            return;
        }
        let (left, right) = if right < left { (right, left) } else { (left, right) };
        self.sorted = false;
        if left == right {
            self.edges.push(Edge { x: left, delta: 0.0, dirac: area });
        } else {
            let delta = area / (right - left);
            self.edges.push(Edge { x: left, delta, dirac: 0.0 });
            self.edges.push(Edge { x: right, delta: -delta, dirac: 0.0 });
        }
        self.add_to_histogram(left, right, area);
        let threshold = self.track_bucket as f64 / DEGREE as f64;
        if left < threshold {
            self.track_sum +=
                if right < threshold { area } else { area * (threshold - left) / (right - left) };
            if self.track_sum >= self.track_mass {
                self.track();
            }
        }
    }

    fn add_to_histogram(&mut self, left: f64, right: f64, area: f64) {
        let bucket = |x: f64| {
            let x = x * DEGREE as f64;
            let whole = x.trunc().max(0.0) as usize;
            if whole >= DEGREE { (DEGREE - 1, 1.0) } else { (whole, x.fract()) }
        };
        let (first, first_part) = bucket(left);
        let (last, last_part) = bucket(right);
        if left == right || first == last {
            self.histogram[first] += area;
            return;
        }
        let each = area / (right - left) / DEGREE as f64;
        self.histogram[first] += each * (1.0 - first_part);
        self.histogram[last] += each * last_part;
        for bucket in &mut self.histogram[first + 1..last] {
            *bucket += each;
        }
    }

    /// Finds the bucket in which the tracked mass lies.
    fn track(&mut self) {
        let mut sum = 0.0;
        for (bucket, mass) in self.histogram.iter().enumerate() {
            let next = sum + mass;
            if next > self.track_mass {
                (self.track_bucket, self.track_sum) = (bucket, sum);
                return;
            }
            sum = next;
        }
        (self.track_bucket, self.track_sum) = (DEGREE, sum);
    }

    /// An upper bound of the utilization at the tracked mass; `None` if there is less mass so far.
    pub(super) fn tracked(&self) -> Option<f64> {
        (self.track_bucket < DEGREE).then(|| (self.track_bucket + 1) as f64 / DEGREE as f64)
    }

    /// The utilization below which mass `y` lies; `None` if there is no mass at all.
    pub(super) fn quantile(&mut self, y: f64) -> Option<f64> {
        if !self.sorted {
            self.edges.sort_by(|a, b| a.x.total_cmp(&b.x));
            self.sorted = true;
        }
        if self.edges.is_empty() {
            return None;
        }
        let (mut sum, mut rate, mut before) = (0.0, 0.0, 0.0);
        for edge in &self.edges {
            let mut next = sum + (edge.x - before) * rate;
            if next >= y {
                return Some(if rate == 0.0 { edge.x } else { (y - sum) / rate + before });
            }
            next += edge.dirac;
            if next >= y {
                return Some(edge.x);
            }
            (sum, before) = (next, edge.x);
            rate += edge.delta;
        }
        Some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_point_masses_and_uniforms() {
        // As in internal/trace/mud_test.go: a uniform and points.
        let mut mud = Mud::new(0.0);
        mud.add(0.0, 1.0, 1.0);
        for y in [0.0, 0.25, 0.5, 1.0] {
            assert!((mud.quantile(y).unwrap() - y).abs() < 1e-12);
        }
        let mut mud = Mud::new(1.5);
        for x in [0.1, 0.3, 0.9] {
            mud.add(x, x, 1.0);
        }
        assert_eq!([0.5, 1.0, 1.5, 3.0, 9.0].map(|y| mud.quantile(y).unwrap()), [0.1, 0.1, 0.3, 0.9, 0.9]);
        assert_eq!(Mud::new(0.0).quantile(0.5), None);
    }

    #[test]
    fn the_tracked_bucket_holds_the_tracked_mass() {
        let mut mud = Mud::new(40.0);
        for i in 0..100 {
            let x = f64::from(99 - i) / 100.0;
            mud.add(x, x + 0.01, 1.0);
        }
        let exact = mud.quantile(40.0).unwrap();
        let bound = mud.tracked().unwrap();
        assert!(exact <= bound && bound <= exact + 2.0 / DEGREE as f64, "{exact} {bound}");
    }
}
