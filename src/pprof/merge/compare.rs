//! One profile beside another: scaled, subtracted.

use super::{Merge, Part};
use crate::compat::Compat;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::Profile;
use crate::pprof::source::{SampleSource, Source, Want};

/// How one profile is subtracted from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// Scales the new profile so that its totals are those of the base.
    pub normalize: bool,
    /// Marks the base's samples, so that percentages count from the base: the tool's `-diff_base`, not
    /// `-base`.
    pub mark_base: bool,
    /// As [`Merge::with_compat`].
    pub compat: Compat,
}

impl Comparison {
    /// Sets whether the new profile is scaled to the base's totals.
    #[must_use]
    pub const fn with_normalize(mut self, normalize: bool) -> Self {
        self.normalize = normalize;
        self
    }

    /// Sets whether percentages count from the base.
    #[must_use]
    pub const fn with_mark_base(mut self, mark_base: bool) -> Self {
        self.mark_base = mark_base;
        self
    }

    /// Sets whether the quirks of the tool are reproduced.
    #[must_use]
    pub const fn with_compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// `new` minus `base`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two have no sample type in common, or different periods.
    pub fn compare(&self, new: &impl Source, base: &impl Source) -> Result<Profile> {
        let mut merge = Merge::new().with_common_types(true).with_compat(self.compat);
        let ratios = if self.normalize { ratios(new.erased(), base.erased())? } else { Vec::new() };
        merge.add_part(new, &Part { ratios, ..Part::default() })?;
        merge.add_part(base, &Part { weight: -1.0, is_base: self.mark_base, ..Part::default() })?;
        merge.finish()
    }
}

impl Profile {
    /// The profile with equal samples added up, and without rows that no sample needs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a sum does not fit 64 bits.
    #[doc(alias = "Compact")]
    pub fn compact(&self) -> Result<Profile> {
        Merge::new().compacted(self)
    }

    /// The compacted profile with every value multiplied by `ratio` and rounded.
    ///
    /// # Errors
    /// As [`compact`](Self::compact).
    #[doc(alias = "Scale")]
    #[doc(alias = "ScaleN")]
    pub fn scaled(&self, ratio: f64) -> Result<Profile> {
        let mut merge = Merge::new();
        merge.add_part(self, &Part { weight: ratio, ..Part::default() })?;
        merge.finish()
    }

    /// The compacted profile, each of its columns scaled to the sum of `base`'s.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two have different sample types.
    #[doc(alias = "Normalize")]
    pub fn normalized(&self, base: &impl Source) -> Result<Profile> {
        let mut merge = Merge::new();
        merge.add_part(self, &Part { ratios: ratios(self, base.erased())?, ..Part::default() })?;
        merge.finish()
    }

    /// What is more in this profile than in `base`; what is less is negative.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two have no sample type in common, or different periods.
    pub fn diff(&self, base: &impl Source) -> Result<Profile> {
        Comparison::default().compare(self, base)
    }
}

/// For each column of `profile` the ratio of `base`'s sum to its own; 0 where its own is 0.
fn ratios(profile: &dyn SampleSource, base: &dyn SampleSource) -> Result<Vec<f64>> {
    let types = |p: &dyn SampleSource| -> Vec<(Vec<u8>, Vec<u8>)> {
        p.sample_types().iter().map(|ty| (p.string(ty.kind).to_vec(), p.string(ty.unit).to_vec())).collect()
    };
    if types(profile) != types(base) {
        let detail = "profiles can be normalized only when their sample types are the same";
        return Err(Error::new(ErrorKind::Usage).detail(detail));
    }
    let sums = |p: &dyn SampleSource| {
        let mut sums = vec![0_i128; p.sample_types().len()];
        p.each_sample(Want::VALUES, &mut |sample| {
            sums.iter_mut().zip(sample.values).for_each(|(sum, value)| *sum += i128::from(*value));
        });
        sums
    };
    let ratio = |(own, base): (i128, i128)| if own == 0 { 0.0 } else { base as f64 / own as f64 };
    Ok(sums(profile).into_iter().zip(sums(base)).map(ratio).collect())
}
