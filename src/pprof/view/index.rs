//! The index of a message: its tables, where its strings are, and one lean row per sample.
//!
//! Apart from the message, so that both [`View`](super::View), which borrows the message, and
//! [`Inflated`](super::Inflated), which owns it, can have one.

use crate::pprof::decode::fields::field_bytes;
use crate::pprof::decode::packed::Resolver;
use crate::pprof::decode::tables::Tables;
use crate::pprof::source::gather::Gather;
use crate::pprof::source::{Sample, Want};
use crate::pprof::types::StringId;

/// What is known of a message once every reference in it was checked.
#[derive(Debug)]
pub(super) struct Index {
    /// For each string, the offset of its field.
    pub(super) strings: Vec<u32>,
    pub(super) tables: Tables,
    pub(super) locations: Resolver,
    pub(super) rows: Vec<Row>,
    pub(super) default_value: usize,
}

/// What is kept of a sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The value that reports show by default.
    pub(super) value: i64,
    /// The offset of the sample's field.
    pub(super) offset: u32,
    /// The row of its leaf's location, [`NONE`](crate::pprof::decode::ids::NONE) for an empty stack.
    pub(super) leaf: u32,
}

impl Index {
    /// The bytes of a string of `message`.
    #[inline]
    pub(super) fn string<'a>(&self, message: &'a [u8], id: StringId) -> &'a [u8] {
        field_bytes(message, self.strings[id.index()] as usize).rest()
    }

    /// Calls `each` with every sample of `message`, with what `want` asks for.
    pub(super) fn gather(&self, message: &[u8], want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut gather = Gather::new(&self.locations, self.strings.len(), want);
        let skips = want.only_with == Some(self.default_value);
        for row in &self.rows {
            if skips && row.value == 0 {
                each(Sample { values: &[], stack: &[], labels: &[] });
            } else {
                each(gather.sample(field_bytes(message, row.offset as usize)));
            }
        }
    }

    /// The sum of the absolute values of a column, where it is known without reading the samples.
    pub(super) fn known_total(&self, column: usize) -> Option<i128> {
        let value = |row: &Row| i128::from(row.value).abs();
        (column == self.default_value).then(|| self.rows.iter().map(value).sum())
    }
}
