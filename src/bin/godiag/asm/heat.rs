//! Which functions are hot, by a profile.

use std::collections::BTreeMap;

use godiag::pprof;
use godiag::symbol::FuncName;

use crate::outcome::Failure;

/// The shares of a profile that functions' own code takes, by key: samples in a function, in the code inlined
/// into it, and in what the runtime does for it.
#[derive(Default)]
pub(super) struct Heat {
    sums: BTreeMap<Vec<u8>, i128>,
    total: i128,
}

impl Heat {
    pub(super) fn open(file: &str) -> std::result::Result<Self, Failure> {
        let failure = |error| Failure::Input { file: file.to_owned(), error };
        let profile = pprof::Profile::open(file).map_err(failure)?;
        let value = profile.default_value();
        let mut heat = Self::default();
        for sample in profile.samples() {
            let Some(amount) = sample.values().get(value).map(|amount| i128::from(*amount)) else { continue };
            heat.total += amount;
            let names = |location| {
                let names = profile.lines(location).iter();
                names.map(|line| FuncName::parse(profile.string(profile.function(line.function).name)))
            };
            let own =
                sample.locations().iter().map(|location| names(*location).filter(|name| !name.is_runtime()));
            let Some(own) =
                own.map(Iterator::peekable).find_map(|mut own| own.peek().is_some().then_some(own))
            else {
                continue;
            };
            let mut keys: Vec<Vec<u8>> = own.map(|name| name.key().as_bytes().to_vec()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                *heat.sums.entry(key).or_default() += amount;
            }
        }
        Ok(heat)
    }

    /// The share of the function with this key, 0 to 1.
    pub(super) fn share(&self, key: &[u8]) -> f64 {
        match self.sums.get(key) {
            Some(sum) if self.total > 0 => (*sum as f64 / self.total as f64).clamp(0.0, 1.0),
            _ => 0.0,
        }
    }

    /// Whether the function takes at least `percent` of the profile.
    pub(super) fn is_hot(&self, key: &[u8], percent: f64) -> bool {
        let sum = self.sums.get(key).copied().unwrap_or_default();
        sum > 0 && sum as f64 * 100.0 >= self.total as f64 * percent
    }
}
