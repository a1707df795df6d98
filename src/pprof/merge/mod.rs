//! Profiles put together: merged, subtracted, scaled, compacted.
//!
//! Takes profiles one at a time, and keeps none of them. Gives one profile in which equal samples are one
//! sample.
//!
//! ```text
//! Profile → sample types and units made common → tables interned → samples added up by stack and labels → Profile
//! ```
//!
//! Merging is associative and commutative but for the order of rows, and for what the first profile decides:
//! the order of sample types, the main binary, `drop_frames`. Unlike google/pprof, two locations that differ
//! only in the column of an inlined call stay two, the time is the earliest known one whatever the order, and
//! a sample stays while any of its values is not 0. Source of the rules: google/pprof, `profile/merge.go`,
//! `internal/measurement`.
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

mod compare;
mod header;
mod part;
mod samples;
mod tables;
mod types;
mod weights;

use super::Profile;
use super::source::{BASE_LABEL, Sample, SampleSource, Source, Want};
use super::types::{Label, LabelValue};
use crate::compat::Compat;
use crate::error::{Error, ErrorKind, Result};
use crate::table::SortRows;
pub use compare::Comparison;
use header::Header;
pub use part::Part;
use samples::Samples;
use tables::Merged;
use types::{Fit, Types};
pub use weights::whole_weights;

/// Adds up profiles, one at a time.
///
/// See the [module](self) for an example.
#[derive(Debug, Default)]
#[doc(alias = "profile.Merge")]
pub struct Merge {
    types: Types,
    header: Header,
    merged: Merged,
    samples: Samples,
    compat: Compat,
    distorted: u64,
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

    /// With [`Compat::GoTool`] times, and samples of which only unscaled values are left, are treated as
    /// google/pprof treats them.
    #[must_use]
    pub fn with_compat(mut self, compat: Compat) -> Self {
        self.compat = compat;
        self
    }

    /// Adds `profile` as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when its sample types or period do not fit those before it, or a sum does not fit
    /// 64 bits.
    ///
    /// # Cost
    /// Linear. Memory is that of the merged profile, not of `profile`.
    pub fn add(&mut self, profile: &impl Source) -> Result<()> {
        self.add_part(profile, &Part::default())
    }

    /// Adds `profile` as `part` says: weighted, or as the base of a comparison.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_part(&mut self, profile: &impl Source, part: &Part) -> Result<()> {
        self.add_source(profile.erased(), part)
    }

    fn add_source(&mut self, profile: &dyn SampleSource, part: &Part) -> Result<()> {
        let Fit { columns, before } = self.types.fit(profile)?;
        if let Some(before) = before {
            self.samples.rearrange(&before)?;
        }
        self.header.add(profile, self.compat)?;
        let mut translation = self.merged.translate(profile, self.compat);
        let mark = part.is_base.then(|| Label {
            key: translation.text(BASE_LABEL.0),
            value: LabelValue::Str(translation.text(BASE_LABEL.1)),
        });
        let order =
            |label: &Label| (matches!(label.value, LabelValue::Num { .. }), profile.string(label.key));
        let ratios: Vec<(usize, f64)> =
            columns.iter().map(|column| (column.index, column.ratio(part))).collect();
        let unscaled = ratios.iter().all(|(_, ratio)| *ratio == 1.0);
        let (mut stack, mut own, mut labels, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (samples, compat, distorted) = (&mut self.samples, self.compat, &mut self.distorted);
        let mut add = |sample: Sample<'_>| {
            values.clear();
            let mut any = false;
            // What the tool looks at to decide whether a scaled sample stays.
            let mut any_scaled = unscaled;
            for &(index, ratio) in &ratios {
                let value = sample.values.get(index).copied().unwrap_or(0);
                let exact = value;
                let value = scaled(value, ratio).ok_or_else(samples::too_large)?;
                if ratio != 1.0 {
                    let exact = exact as f64 * ratio;
                    *distorted += u64::from((value as f64 - exact).abs() > exact.abs() / DISTORTED);
                }
                any |= value != 0;
                any_scaled |= value != 0 && ratio != 1.0;
                values.push(value);
            }
            if !any || compat.is_go_tool() && !any_scaled {
                return Ok(());
            }
            stack.clear();
            stack.extend(sample.stack.iter().map(|&location| translation.location(location)));
            own.clear();
            own.extend(sample.labels);
            if part.is_base {
                own.retain(|label: &Label| profile.string(label.key) != BASE_LABEL.0);
            }
            own.sort_rows_by(|a, b| order(a).cmp(&order(b)));
            labels.clear();
            labels.extend(own.iter().map(|&label| translation.label(label)));
            if let Some(mark) = mark {
                labels.insert(own.partition_point(|label| order(label) < (false, BASE_LABEL.0)), mark);
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

    /// How many values rounding changed by more than a twentieth after they were multiplied by their profile's
    /// weight; a count of 1 becomes 0 at a weight of 0.4. [`whole_weights`] are without that.
    pub fn distorted(&self) -> u64 {
        self.distorted
    }

    /// The merged profile. Rows that no sample needs, and samples that add up to nothing, are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing was added.
    pub fn finish(self) -> Result<Profile> {
        let Self { types, header, merged, samples, compat, .. } = self;
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

    pub(super) fn compacted(mut self, profile: &Profile) -> Result<Profile> {
        self.add(profile)?;
        self.finish()
    }
}

/// Rounding by more than this part of a value distorts it.
const DISTORTED: f64 = 20.0;

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
