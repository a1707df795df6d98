//! How one profile takes part in a merge.

/// How a profile takes part in a merge. By default its values count as they are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// What every value is multiplied by. Products are rounded, so that weights below 1 may lose small values:
    /// see [`whole_weights`](super::whole_weights).
    pub weight: f64,
    /// What each of the profile's columns is multiplied by in addition; empty means 1 for all.
    pub ratios: Vec<f64>,
    /// Marks the samples as the base's in a comparison: the label `pprof::base` is `true`.
    pub is_base: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self { weight: 1.0, ratios: Vec::new(), is_base: false }
    }
}
