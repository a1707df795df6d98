//! Distributions of durations.

/// Buckets per octave: values within one bucket differ by at most 1/32.
const SUB: u32 = 5;

/// A distribution of durations: exact count, sum, least and greatest; quantiles to within 3 %.
///
/// ```
/// use godiag::trace::analysis::Histogram;
/// let mut waits = Histogram::default();
/// for nanos in 1..=1000 {
///     waits.add(nanos);
/// }
/// assert_eq!((waits.count(), waits.max(), waits.sum()), (1000, 1000, 500_500));
/// assert!((490..=515).contains(&waits.quantile(0.5)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    sum: i64,
    min: i64,
    max: i64,
}

impl Histogram {
    /// Adds a duration in nanoseconds; a negative one counts as 0.
    #[inline]
    pub fn add(&mut self, nanos: i64) {
        let nanos = nanos.max(0);
        let bucket = bucket(nanos);
        match self.buckets.get_mut(bucket) {
            Some(count) => *count += 1,
            None => self.add_bucket(bucket),
        }
        self.min = if self.count == 0 { nanos } else { self.min.min(nanos) };
        self.max = self.max.max(nanos);
        self.count += 1;
        self.sum = self.sum.saturating_add(nanos);
    }

    /// Adds the first duration of a bucket above all others.
    #[cold]
    fn add_bucket(&mut self, bucket: usize) {
        self.buckets.resize(bucket, 0);
        self.buckets.push(1);
    }

    /// Adds all of another distribution.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (sum, count) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += count;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum in nanoseconds.
    pub fn sum(&self) -> i64 {
        self.sum
    }

    /// The shortest; 0 if there is none.
    pub fn min(&self) -> i64 {
        self.min
    }

    /// The longest; 0 if there is none.
    pub fn max(&self) -> i64 {
        self.max
    }

    /// The mean, rounded down; 0 if there is none.
    pub fn mean(&self) -> i64 {
        i64::try_from(self.count).ok().and_then(|count| self.sum.checked_div(count)).unwrap_or(0)
    }

    /// The least duration that a share `q` of all durations does not exceed, to within 3 %; 0 without
    /// durations.
    pub fn quantile(&self, q: f64) -> i64 {
        let rank = (q.clamp(0.0, 1.0) * self.count as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            below += count;
            if below >= rank {
                return bucket_range(bucket).1.clamp(self.min, self.max);
            }
        }
        self.max
    }

    /// How many durations are at least `nanos` long; those up to 3 % shorter may count, too.
    pub fn count_from(&self, nanos: i64) -> u64 {
        self.buckets.iter().skip(bucket(nanos.max(0))).sum()
    }

    /// The buckets that are not empty: least and greatest duration, and how many.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, i64, u64)> + '_ {
        let filled = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(bucket, &count)| {
            let (low, high) = bucket_range(bucket);
            (low, high, count)
        })
    }
}

fn bucket(nanos: i64) -> usize {
    let nanos = nanos as u64;
    let octave = 63 - (nanos | 1).leading_zeros();
    let shift = octave.saturating_sub(SUB);
    ((u64::from(shift) << SUB) + (nanos >> shift)) as usize
}

/// The least and the greatest duration of a bucket.
fn bucket_range(bucket: usize) -> (i64, i64) {
    let shift = (bucket >> SUB).saturating_sub(1);
    let low = (bucket - (shift << SUB)) << shift;
    (low as i64, (low + (1 << shift) - 1) as i64)
}

#[cfg(feature = "serde")]
impl serde::Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Histogram", 9)?;
        out.serialize_field("count", &self.count)?;
        out.serialize_field("sum", &self.sum)?;
        out.serialize_field("min", &self.min)?;
        out.serialize_field("mean", &self.mean())?;
        out.serialize_field("p50", &self.quantile(0.5))?;
        out.serialize_field("p90", &self.quantile(0.9))?;
        out.serialize_field("p99", &self.quantile(0.99))?;
        out.serialize_field("max", &self.max)?;
        let mut decades = TimeHistogram::default();
        for (low, _, count) in self.buckets() {
            decades.add_count(low, count);
        }
        out.serialize_field("buckets", &decades)?;
        out.end()
    }
}

/// A distribution of durations in the buckets of Go's tools: five per decade
/// (`internal/trace/traceviewer/histogram.go`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeHistogram {
    buckets: Vec<u64>,
}

impl TimeHistogram {
    /// Adds a duration in nanoseconds.
    pub fn add(&mut self, nanos: i64) {
        self.add_count(nanos, 1);
    }

    fn add_count(&mut self, nanos: i64, count: u64) {
        let bucket = if nanos > 0 { ((nanos as f64).ln() / bucket_width()) as usize } else { 0 };
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        if let Some(sum) = self.buckets.get_mut(bucket) {
            *sum += count;
        }
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The buckets from the first to the last that is not empty: least duration, and how many.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        let filled = self.buckets.iter().enumerate().skip_while(|(_, count)| **count == 0);
        filled.map(|(bucket, &count)| (Self::bucket_min(bucket), count))
    }

    /// The least duration of a bucket, in nanoseconds.
    pub fn bucket_min(bucket: usize) -> i64 {
        (bucket as f64 * bucket_width()).exp() as i64
    }
}

fn bucket_width() -> f64 {
    10f64.powf(1.0 / 5.0).ln()
}

#[cfg(feature = "serde")]
impl serde::Serialize for TimeHistogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.buckets())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gap() {
        let mut next = 0;
        for bucket in 0..=bucket(i64::MAX) {
            let (low, high) = bucket_range(bucket);
            assert_eq!((low, super::bucket(low), super::bucket(high)), (next, bucket, bucket));
            next = high.wrapping_add(1);
        }
        assert_eq!(next, i64::MIN, "the last bucket ends with the greatest duration");
    }

    #[test]
    fn quantiles_are_close_to_those_of_a_sorted_list() {
        let mut state = 1u64;
        let mut all = Vec::new();
        let mut histogram = Histogram::default();
        for _ in 0..10_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let nanos = (state >> (state >> 58)) as i64 >> 8;
            all.push(nanos.max(0));
            histogram.add(nanos);
        }
        all.sort_unstable();
        for q in [0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let exact = all[((q * all.len() as f64).ceil() as usize).max(1) - 1];
            let found = histogram.quantile(q);
            assert!((found - exact).abs() as f64 <= exact as f64 * 0.032, "{q}: {found} for {exact}");
        }
        assert_eq!((histogram.min(), histogram.max()), (all[0], all[all.len() - 1]));
    }

    #[test]
    fn go_buckets_are_those_of_its_pages() {
        // From the task page of Go 1.27.3 for a sample.
        let mut items = TimeHistogram::default();
        items.add(3_200_000);
        items.add(6_400_000);
        let rows: Vec<_> = items.buckets().collect();
        assert_eq!(rows, [(2_511_886, 1), (3_981_071, 0), (6_309_573, 1)]);
    }
}
