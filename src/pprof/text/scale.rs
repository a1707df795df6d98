//! From what was sampled to what was likely there.

/// Unsamples `count` objects of `bytes` in all, sampled once every `rate` bytes: an object of size s is
/// sampled with probability 1-e^(-s/rate) (Go: `runtime/pprof/protomem.go`).
pub(super) fn unsample(count: i64, bytes: i64, rate: i64) -> [i64; 2] {
    if count == 0 || bytes == 0 {
        return [0, 0];
    }
    if rate <= 1 {
        return [count, bytes];
    }
    let average = bytes as f64 / count as f64;
    let scale = 1.0 / (1.0 - (-average / rate as f64).exp());
    [(count as f64 * scale) as i64, (bytes as f64 * scale) as i64]
}

/// Cycles as nanoseconds, at `hz` cycles a second; unchanged where that is not known.
pub(super) fn nanoseconds(cycles: i64, hz: i64) -> i64 {
    if hz > 0 { (cycles as f64 / (hz as f64 / 1e9)) as i64 } else { cycles }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsampling_is_gos() {
        // runtime/pprof: 1 object of 512 KiB at the default rate counts for 1.58.
        assert_eq!(unsample(100, 100 * 524_288, 524_288), [158, 82_941_140]);
        assert_eq!(unsample(3, 30, 1), [3, 30]);
        assert_eq!(unsample(0, 30, 512), [0, 0]);
        assert_eq!(unsample(-1, i64::MIN, 1), [-1, i64::MIN]);
        assert_eq!(nanoseconds(3_000, 3_000_000_000), 1_000);
        assert_eq!(nanoseconds(7, 0), 7);
    }
}
