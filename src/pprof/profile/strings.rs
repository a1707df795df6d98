//! The bytes of a profile's strings, one after the other.

use crate::pprof::types::StringId;

/// Strings by their index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings {
    bytes: Vec<u8>,
    /// For each string, the end of its bytes.
    ends: Vec<u32>,
}

impl Strings {
    pub(crate) fn with_capacity(strings: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(strings) }
    }

    pub(crate) fn push(&mut self, string: &[u8]) -> StringId {
        let id = StringId(self.ends.len() as u32);
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len() as u32);
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, id: StringId) -> Option<&[u8]> {
        let end = *self.ends.get(id.index())? as usize;
        let start = id.index().checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start as usize..end)
    }
}
