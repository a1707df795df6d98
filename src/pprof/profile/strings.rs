//! The bytes of a profile's strings, one after the other.

use crate::pprof::types::StringId;
use crate::table::Runs;

/// Strings by their index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings(Runs<u8>);

impl Strings {
    pub(crate) fn with_capacity(strings: usize, bytes: usize) -> Self {
        Self(Runs::with_capacity(strings, bytes))
    }

    pub(crate) fn push(&mut self, string: &[u8]) -> StringId {
        StringId(self.0.push(string) as u32)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(crate) fn get(&self, id: StringId) -> Option<&[u8]> {
        self.0.get(id.index())
    }
}
