//! Samples added up by stack and labels.

use std::hash::{BuildHasher, Hash, Hasher};

use super::types::From;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::decode::ids::NONE;
use crate::pprof::profile::Columns;
use crate::pprof::{Label, LocationId};
use crate::table::Map;

/// All samples of a merge, as columns.
#[derive(Debug, Default)]
pub(super) struct Samples {
    hasher: foldhash::fast::RandomState,
    /// The last sample of each hash of stack and labels.
    last: Map<u64, u32>,
    /// For each sample the one before it of the same hash, [`NONE`] where it is the first.
    before: Vec<u32>,
    width: usize,
    columns: Columns,
}

impl Samples {
    /// Adds a sample whose labels are in order.
    pub(super) fn add(&mut self, stack: &[LocationId], labels: &[Label], values: &[i64]) -> Result<()> {
        let hash = self.hash(stack, labels);
        let mut candidate = self.last.get(&hash).copied().unwrap_or(NONE);
        while candidate != NONE {
            let index = candidate as usize;
            if self.columns.stack(index) == stack && self.columns.labels(index).eq(labels.iter().copied()) {
                return self.add_values(index, values);
            }
            candidate = self.before[index];
        }
        let index = self.before.len() as u32;
        self.before.push(self.last.insert(hash, index).unwrap_or(NONE));
        self.width = values.len();
        self.columns.push(values, stack, labels.iter().copied());
        Ok(())
    }

    /// The hash of a stack, two locations at a time, and labels.
    fn hash(&self, stack: &[LocationId], labels: &[Label]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        let mut pairs = stack.chunks_exact(2);
        for pair in &mut pairs {
            if let [a, b] = pair {
                hasher.write_u64(u64::from(a.0) << 32 | u64::from(b.0));
            }
        }
        pairs.remainder().hash(&mut hasher);
        labels.hash(&mut hasher);
        hasher.finish()
    }

    fn add_values(&mut self, index: usize, values: &[i64]) -> Result<()> {
        for (sum, value) in self.columns.values[index * self.width..].iter_mut().zip(values) {
            *sum = sum.checked_add(*value).ok_or_else(too_large)?;
        }
        Ok(())
    }

    /// Drops, reorders and scales the columns of values.
    pub(super) fn rearrange(&mut self, columns: &[From]) -> Result<()> {
        let mut values = Vec::with_capacity(self.before.len() * columns.len());
        for row in self.columns.values.chunks_exact(self.width.max(1)) {
            for column in columns {
                let value = row.get(column.index).copied().unwrap_or(0);
                let scaled = i128::from(value) * column.unit as i128;
                values.push(i64::try_from(scaled).map_err(|_| too_large())?);
            }
        }
        (self.columns.values, self.width) = (values, columns.len());
        Ok(())
    }

    /// The samples that add up to something, and whether any does not.
    pub(super) fn into_columns(self) -> (Columns, bool) {
        let Self { columns: all, width, .. } = self;
        let is_empty = |values: &[i64]| values.iter().all(|value| *value == 0);
        if !all.values.chunks_exact(width.max(1)).any(is_empty) {
            return (all, false);
        }
        let mut left = Columns::default();
        for (index, values) in all.values.chunks_exact(width).enumerate() {
            if !is_empty(values) {
                left.push(values, all.stack(index), all.labels(index));
            }
        }
        (left, true)
    }
}

#[cold]
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::Usage).detail("a value, scaled or added up, does not fit 64 bits")
}
