//! A view that owns its message, as inflating leaves it.

use super::index::Index;
use super::{View, check};
use crate::error::Result;
use crate::limits::Limits;
use crate::pprof::decode::tables::Tables;
use crate::pprof::source::{Sample, SampleSource, Want};
use crate::pprof::types::StringId;

/// An indexed message that nobody else holds.
#[derive(Debug)]
pub(crate) struct Inflated {
    message: Vec<u8>,
    index: Index,
}

impl Inflated {
    /// Indexes `message`, and checks every reference in it.
    ///
    /// # Errors
    /// As [`View::parse_with`](super::View::parse_with).
    pub(crate) fn new(message: Vec<u8>, limits: &Limits) -> Result<Self> {
        let index = check::index(&message, limits)?;
        Ok(Self { message, index })
    }
}

impl View<'_> {
    /// The same view, with a message of its own.
    pub(crate) fn into_owned(self) -> Inflated {
        Inflated { message: self.message.to_vec(), index: self.index }
    }
}

impl SampleSource for Inflated {
    fn erased(&self) -> &dyn SampleSource {
        self
    }

    #[inline]
    fn tables(&self) -> &Tables {
        &self.index.tables
    }

    fn string_count(&self) -> usize {
        self.index.strings.len()
    }

    fn string(&self, id: StringId) -> &[u8] {
        self.index.string(&self.message, id)
    }

    fn each_sample(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        self.index.gather(&self.message, want, each);
    }

    fn known_total(&self, column: usize) -> Option<i128> {
        self.index.known_total(column)
    }
}
