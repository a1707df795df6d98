//! Weights that keep the ratios of small values.

/// Largest factor that is looked for.
const LARGEST: u32 = 1000;

/// How far from a whole number a weight may be that was written with a few digits, such as 0.3333.
const CLOSE: f64 = 1e-4;

/// The weights multiplied by the smallest factor that makes all of them whole numbers, and that factor: 0.4 and
/// 1 become 2 and 5. Values that count few samples keep their ratios so, where rounding 0.4 samples would lose
/// them: for profile-guided optimization only ratios matter. Where there is no such factor up to 1000, the
/// smallest weight becomes 1000.
///
/// ```
/// assert_eq!(godiag::pprof::merge::whole_weights(&[0.4, 1.0]), (vec![2.0, 5.0], 5.0));
/// ```
pub fn whole_weights(weights: &[f64]) -> (Vec<f64>, f64) {
    let near = |weight: f64| {
        let whole = weight.round();
        whole != 0.0 && (weight - whole).abs() <= CLOSE * whole.abs()
    };
    let fits = |factor: f64| weights.iter().all(|&weight| weight == 0.0 || near(weight * factor));
    if let Some(factor) = (1..=LARGEST).map(f64::from).find(|&factor| fits(factor)) {
        return (weights.iter().map(|weight| (weight * factor).round()).collect(), factor);
    }
    let smallest = weights.iter().map(|weight| weight.abs()).filter(|&weight| weight > 0.0);
    let factor = f64::from(LARGEST) / smallest.fold(f64::INFINITY, f64::min);
    (weights.iter().map(|weight| weight * factor).collect(), factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_survive() {
        for (weights, whole, factor) in [
            (&[1.0, 2.0][..], &[1.0, 2.0][..], 1.0),
            (&[0.4], &[2.0], 5.0),
            (&[0.25, 0.75], &[1.0, 3.0], 4.0),
            (&[0.3333, 1.0], &[1.0, 3.0], 3.0),
            (&[-0.5, 0.0, 2.5], &[-1.0, 0.0, 5.0], 2.0),
            (&[0.0], &[0.0], 1.0),
        ] {
            assert_eq!(whole_weights(weights), (whole.to_vec(), factor), "{weights:?}");
        }
        let (weights, factor) = whole_weights(&[0.000_123_457, 1.0]);
        assert!((weights[0] - 1000.0).abs() < 1e-9 && weights[1] == factor);
    }
}
