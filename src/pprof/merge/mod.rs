//! Profiles put together: merged, subtracted, scaled, compacted.
//!
//! In go profiles one at a time; none has to be kept. Out comes one profile in which equal samples are one sample.
//!
//! ```text
//! Profile → sample types and units made common → tables interned → samples added up by stack and labels → Profile
//! ```
//!
//! Merging is associative and commutative but for the order of rows, and for what the first profile decides: the order
//! of sample types, the main binary, `drop_frames`. Unlike google/pprof, two locations that differ only in the column
//! of an inlined call stay two, the time is the earliest known one whatever the order, and a sample stays while any of
//! its values is not 0. Source of the rules: google/pprof, `profile/merge.go`, `internal/measurement`.
//!
//! ```
//! use godiag::pprof::{Builder, Merge, ValueType};
//! let mut builder = Builder::new();
//! let (cpu, ns) = (builder.string(b"cpu"), builder.string(b"nanoseconds"));
//! builder.sample_type(ValueType::new(cpu, ns));
//! let location = builder.location(None, 0x400, false, &[]);
//! builder.sample(&[location], &[5], &[]);
//! let profile = builder.finish()?;
//! let mut merge = Merge::new();
//! merge.add(&profile)?;
//! merge.add(&profile)?;
//! assert_eq!(merge.finish()?.sample(0).values(), [10]);
//! # Ok::<(), godiag::Error>(())
//! ```

mod header;
mod samples;
mod tables;
mod types;

use super::source::labels;
use super::source::{Sample, SampleSource, Want};
use super::types::{Label, LabelValue};
use super::{Profile, View};
use crate::error::{Error, ErrorKind, Result};
use header::Header;
use samples::Samples;
use tables::Merged;
use types::{Fit, Types};

/// Adds up profiles, one at a time.
///
/// See the [module](self) for an example.
#[derive(Debug, Default)]
pub struct Merge {
    types: Types,
    header: Header,
    merged: Merged,
    samples: Samples,
    compat: bool,
}

/// How a profile takes part in a merge. The default is as it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// What every value is multiplied by. Products are rounded.
    pub weight: f64,
    /// What each of the profile's columns is multiplied by besides; empty is 1 for all.
    pub ratios: Vec<f64>,
    /// Marks the samples as those of the base of a comparison: the label `pprof::base` is `true`.
    pub is_base: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self { weight: 1.0, ratios: Vec::new(), is_base: false }
    }
}

impl Merge {
    /// A merge of nothing yet. All profiles must have the same sample types.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps only the sample types that all profiles have, instead of refusing profiles that differ.
    #[must_use]
    pub fn with_common_types(mut self, common: bool) -> Self {
        self.types.common = common;
        self
    }

    /// Reproduces google/pprof's handling of times, and of samples of which only unscaled values are left.
    #[must_use]
    pub fn with_compat(mut self, compat: bool) -> Self {
        self.compat = compat;
        self
    }

    /// Adds `profile` as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when its sample types or period do not fit those before it, or a sum does not fit 64 bits.
    ///
    /// # Cost
    /// Linear. Memory is that of the merged profile, not of `profile`.
    pub fn add(&mut self, profile: &Profile) -> Result<()> {
        self.add_part(profile, &Part::default())
    }

    /// Adds `profile` with every value multiplied by `weight` and rounded.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_weighted(&mut self, profile: &Profile, weight: f64) -> Result<()> {
        self.add_part(profile, &Part { weight, ..Part::default() })
    }

    /// Adds `profile` as `part` says.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_part(&mut self, profile: &Profile, part: &Part) -> Result<()> {
        self.add_source(profile, part)
    }

    /// Adds a profile that is not decoded as `part` says: stacks and labels are read where they lie.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_view(&mut self, view: &View<'_>, part: &Part) -> Result<()> {
        self.add_source(view, part)
    }

    fn add_source(&mut self, profile: &dyn SampleSource, part: &Part) -> Result<()> {
        let Fit { columns, before } = self.types.fit(profile)?;
        if let Some(before) = before {
            self.samples.rearrange(&before)?;
        }
        self.header.add(profile, self.compat)?;
        let mut source = self.merged.source(profile);
        let mark = part.is_base.then(|| Label {
            key: source.text(labels::BASE.0),
            value: LabelValue::Str(source.text(labels::BASE.1)),
        });
        let order =
            |label: &Label| (matches!(label.value, LabelValue::Num { .. }), profile.string(label.key));
        let ratios: Vec<(usize, f64)> =
            columns.iter().map(|column| (column.index, column.ratio(part))).collect();
        let unscaled = ratios.iter().all(|(_, ratio)| *ratio == 1.0);
        let (mut stack, mut own, mut labels, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (samples, compat) = (&mut self.samples, self.compat);
        let mut add = |sample: Sample<'_>| {
            values.clear();
            let mut any = false;
            // What the tool looks at to decide whether a scaled sample stays.
            let mut any_scaled = unscaled;
            for &(index, ratio) in &ratios {
                let value = sample.values.get(index).copied().unwrap_or(0);
                let value = scaled(value, ratio).ok_or_else(samples::too_large)?;
                any |= value != 0;
                any_scaled |= value != 0 && ratio != 1.0;
                values.push(value);
            }
            if !any || compat && !any_scaled {
                return Ok(());
            }
            stack.clear();
            stack.extend(sample.stack.iter().map(|&location| source.location(location)));
            own.clear();
            own.extend(sample.labels);
            if part.is_base {
                own.retain(|label: &Label| profile.string(label.key) != labels::BASE.0);
            }
            own.sort_by(|a, b| order(a).cmp(&order(b)));
            labels.clear();
            labels.extend(own.iter().map(|&label| source.label(label)));
            if let Some(mark) = mark {
                labels.insert(own.partition_point(|label| order(label) < (false, labels::BASE.0)), mark);
            }
            samples.add(&stack, &labels, &values)
        };
        let mut added = Ok(());
        profile.each_sample(Want::ALL, &mut |sample| {
            if added.is_ok() {
                added = add(sample);
            }
        });
        added
    }

    /// The merged profile. Rows that no sample needs, and samples that add up to nothing, are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing was added.
    pub fn finish(self) -> Result<Profile> {
        let Self { types, header, merged, samples, compat } = self;
        if types.is_empty() {
            return Err(Error::new(ErrorKind::Usage).detail("no profiles to merge"));
        }
        let mut builder = merged.into_builder();
        types.write(&mut builder);
        header.write(&mut builder, &types);
        let (columns, left_out) = samples.into_columns();
        builder.take_samples(columns);
        let profile = builder.finish()?;
        // Samples that are left out may be the only ones that need a location.
        if left_out { Self { compat, ..Self::default() }.compacted(&profile) } else { Ok(profile) }
    }

    fn compacted(mut self, profile: &Profile) -> Result<Profile> {
        self.add(profile)?;
        self.finish()
    }
}

/// `value × ratio`, rounded half away from zero; `None` where that does not fit.
fn scaled(value: i64, ratio: f64) -> Option<i64> {
    /// 2^63, the first product that does not fit.
    const END: f64 = 9_223_372_036_854_775_808.0;
    // A 64-bit float would lose digits of large values.
    if ratio == 1.0 {
        return Some(value);
    }
    if ratio == -1.0 {
        return value.checked_neg();
    }
    let product = (value as f64 * ratio).round();
    (-END..END).contains(&product).then_some(product as i64)
}

impl Profile {
    /// The profile with equal samples added up, and without rows that no sample needs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a sum does not fit 64 bits.
    pub fn compact(&self) -> Result<Profile> {
        Merge::new().compacted(self)
    }

    /// The compacted profile with every value multiplied by `ratio` and rounded.
    ///
    /// # Errors
    /// As [`compact`](Self::compact).
    pub fn scaled(&self, ratio: f64) -> Result<Profile> {
        let mut merge = Merge::new();
        merge.add_weighted(self, ratio)?;
        merge.finish()
    }

    /// The compacted profile, each of its columns scaled to the sum of `base`'s.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two have different sample types.
    pub fn normalized(&self, base: &Profile) -> Result<Profile> {
        let mut merge = Merge::new();
        merge.add_part(self, &Part { ratios: ratios(self, base)?, ..Part::default() })?;
        merge.finish()
    }

    /// What is more in this profile than in `base`; what is less is negative.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two have no sample type in common, or different periods.
    pub fn diff(&self, base: &Profile) -> Result<Profile> {
        self.compared(base, &Comparison::default())
    }

    /// This profile minus `base`, as `comparison` says.
    ///
    /// # Errors
    /// As [`diff`](Self::diff).
    pub fn compared(&self, base: &Profile, comparison: &Comparison) -> Result<Profile> {
        compared(self, base, comparison)
    }
}

impl View<'_> {
    /// As [`Profile::compared`], of profiles that are not decoded.
    ///
    /// # Errors
    /// As [`Profile::diff`].
    pub fn compared(&self, base: &View<'_>, comparison: &Comparison) -> Result<Profile> {
        compared(self, base, comparison)
    }
}

fn compared(new: &dyn SampleSource, base: &dyn SampleSource, comparison: &Comparison) -> Result<Profile> {
    let mut merge = Merge::new().with_common_types(true).with_compat(comparison.compat);
    let ratios = if comparison.normalize { ratios(new, base)? } else { Vec::new() };
    merge.add_source(new, &Part { ratios, ..Part::default() })?;
    merge.add_source(base, &Part { weight: -1.0, is_base: comparison.mark_base, ..Part::default() })?;
    merge.finish()
}

/// How one profile is subtracted from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// Scales the new profile so that its totals are those of the base.
    pub normalize: bool,
    /// Marks the base's samples, so that percentages count from the base: the tool's `-diff_base`, not `-base`.
    pub mark_base: bool,
    /// As [`Merge::with_compat`].
    pub compat: bool,
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
    pub const fn with_compat(mut self, compat: bool) -> Self {
        self.compat = compat;
        self
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
