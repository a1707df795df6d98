//! What filters, reports and merging read: the tables of a profile, and its samples one after the other.
//!
//! ```text
//! bytes → inflate → Profile | View | Stream (each a SampleSource) → labels by key, samples gathered into buffers
//! ```

pub(super) mod accessors;
pub(super) mod gather;
pub(super) mod inflate;
pub(super) mod labels;

use super::decode::tables::{Header, Tables};
use super::types::{Function, Label, Line, Location, LocationId, Mapping, StringId, ValueType};

/// The key and the value of the label that marks samples of the base profile in a difference.
pub(crate) const BASE_LABEL: (&[u8], &[u8]) = (b"pprof::base", b"true");

/// A profile in any of its forms: [`Profile`](super::Profile), [`View`](super::View), `Stream` or
/// [`AnyProfile`](super::AnyProfile).
///
/// What [`Report::new`](super::report::Report::new) and [`Merge::add`](super::Merge::add) take. Only this
/// crate implements it.
#[expect(private_bounds, reason = "sealed: only this crate knows the forms")]
pub trait Source: SampleSource {}

/// What every form answers.
pub(crate) trait SampleSource: Send + Sync {
    /// The form itself, of which only this is known: one step of dynamic dispatch, not two.
    fn erased(&self) -> &dyn SampleSource;
    /// Everything but samples and strings.
    fn tables(&self) -> &Tables;
    /// How many strings there are.
    fn string_count(&self) -> usize;
    /// The bytes of a string.
    fn string(&self, id: StringId) -> &[u8];
    /// Calls `each` with every sample in order, with what `want` asks for.
    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>));

    /// The sum of the absolute values of a column, where it is known without reading the samples.
    fn known_total(&self, _column: usize) -> Option<i128> {
        None
    }

    /// The columns of values.
    fn sample_types(&self) -> &[ValueType] {
        &self.tables().sample_types
    }

    /// The function table.
    fn functions(&self) -> &[Function] {
        &self.tables().functions
    }

    /// The mapping table; the first is the main binary.
    fn mappings(&self) -> &[Mapping] {
        &self.tables().mappings
    }

    /// The location table.
    fn locations(&self) -> &[Location] {
        &self.tables().locations
    }

    /// The lines of a location, innermost call first.
    fn lines(&self, location: LocationId) -> &[Line] {
        self.tables().lines(location.index())
    }

    /// The single values of the profile.
    fn header(&self) -> &Header {
        &self.tables().header
    }

    /// Whether a label may mark samples as those of a base profile.
    fn has_base(&self) -> bool {
        (0..self.string_count() as u32).any(|id| self.string(StringId(id)) == BASE_LABEL.0)
    }
}

/// What is wanted of samples beside their values; the rest is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) stacks: bool,
    pub(crate) labels: bool,
    /// A sample whose value in this column is 0 may come with everything empty, its values too: a view knows
    /// the default column of every sample, and can skip such a sample without decoding it.
    pub(crate) only_with: Option<usize>,
}

impl Want {
    pub(crate) const VALUES: Self = Self { stacks: false, labels: false, only_with: None };
    pub(crate) const STACKS: Self = Self { stacks: true, ..Self::VALUES };
    pub(crate) const LABELS: Self = Self { labels: true, ..Self::VALUES };
    pub(crate) const ALL: Self = Self { stacks: true, ..Self::LABELS };
}

/// A sample: one value per sample type, a stack with the leaf first, labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'s> {
    pub(crate) values: &'s [i64],
    pub(crate) stack: &'s [LocationId],
    pub(crate) labels: &'s [Label],
}
