//! What filters and reports read: the tables of a profile, and its samples one at a time.

pub(super) mod accessors;
pub(super) mod gather;
pub(super) mod inflate;
pub(super) mod labels;

use super::types::{Function, Label, Line, Location, LocationId, Mapping, StringId, ValueType};
use super::{Profile, View};

/// A profile in any of its forms.
pub(crate) trait SampleSource: Send + Sync {
    /// How many strings there are.
    fn string_count(&self) -> usize;
    /// The bytes of a string.
    fn string(&self, id: StringId) -> &[u8];
    /// The columns of values.
    fn sample_types(&self) -> &[ValueType];
    /// The function table.
    fn functions(&self) -> &[Function];
    /// The mapping table; the first is the main binary.
    fn mappings(&self) -> &[Mapping];
    /// The location table.
    fn locations(&self) -> &[Location];
    /// The lines of a location, innermost call first.
    fn lines(&self, location: LocationId) -> &[Line];
    /// What belongs to the profile as a whole.
    fn about(&self) -> About<'_>;
    /// Whether a label may mark samples as those of a base profile.
    fn has_base(&self) -> bool;
    /// The sum of the absolute values of a column, where it is known without looking at the samples.
    fn known_total(&self, _column: usize) -> Option<i128> {
        None
    }
    /// Calls `each` with every sample in order, with what `want` asks for.
    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>));
}

/// What is wanted of samples beside their values; the rest is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) stacks: bool,
    pub(crate) labels: bool,
    /// A sample whose value in this column is 0 may come without anything, its values too.
    pub(crate) only_with: Option<usize>,
}

impl Want {
    pub(crate) const VALUES: Self = Self { stacks: false, labels: false, only_with: None };
    pub(crate) const STACKS: Self = Self { stacks: true, ..Self::VALUES };
    pub(crate) const LABELS: Self = Self { labels: true, ..Self::VALUES };
    pub(crate) const ALL: Self = Self { stacks: true, ..Self::LABELS };
}

/// The fields of a profile that are neither tables nor samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'p> {
    pub(crate) time_nanos: i64,
    pub(crate) duration_nanos: i64,
    pub(crate) period_type: Option<ValueType>,
    pub(crate) period: i64,
    pub(crate) comments: &'p [StringId],
    pub(crate) default_sample_type: StringId,
    pub(crate) doc_url: StringId,
    pub(crate) drop_frames: StringId,
    pub(crate) keep_frames: StringId,
}

/// A sample: values as many as sample types, a stack with the leaf first, labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'s> {
    pub(crate) values: &'s [i64],
    pub(crate) stack: &'s [LocationId],
    pub(crate) labels: &'s [Label],
}

/// What owned and borrowed profiles answer alike.
macro_rules! tables {
    () => {
        fn string_count(&self) -> usize {
            Self::string_count(self)
        }

        fn string(&self, id: StringId) -> &[u8] {
            Self::string(self, id)
        }

        fn sample_types(&self) -> &[ValueType] {
            Self::sample_types(self)
        }

        fn functions(&self) -> &[Function] {
            Self::functions(self)
        }

        fn mappings(&self) -> &[Mapping] {
            Self::mappings(self)
        }

        fn locations(&self) -> &[Location] {
            Self::locations(self)
        }

        fn lines(&self, location: LocationId) -> &[Line] {
            Self::lines(self, location)
        }

        fn about(&self) -> About<'_> {
            About {
                time_nanos: self.time_nanos(),
                duration_nanos: self.duration_nanos(),
                period_type: self.period_type(),
                period: self.period(),
                comments: self.comments(),
                default_sample_type: self.default_sample_type(),
                doc_url: self.doc_url(),
                drop_frames: self.drop_frames(),
                keep_frames: self.keep_frames(),
            }
        }

        fn has_base(&self) -> bool {
            (0..self.string_count() as u32)
                .any(|id| Self::string(self, StringId::from_index(id)) == labels::BASE.0)
        }
    };
}

impl SampleSource for Profile {
    tables!();

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut labels = Vec::new();
        for sample in self.samples() {
            labels.clear();
            if want.labels {
                labels.extend(sample.labels());
            }
            each(Sample { values: sample.values(), stack: sample.locations(), labels: &labels });
        }
    }
}

#[cfg(feature = "gzip")]
impl SampleSource for super::Stream<'_> {
    tables!();

    fn known_total(&self, column: usize) -> Option<i128> {
        Self::known_total(self, column)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        self.gather(want, each);
    }
}

impl SampleSource for View<'_> {
    tables!();

    fn known_total(&self, column: usize) -> Option<i128> {
        Self::known_total(self, column)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        self.gather(want, each);
    }
}
