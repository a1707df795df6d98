//! Samples added up by stack and labels.

use std::hash::BuildHasher;

use super::types::From;
use crate::error::{Error, ErrorKind, Result};
use crate::intern::Map;
use crate::pprof::{Builder, Label, LabelValue, LocationId};

/// All samples of a merge, as columns.
#[derive(Debug, Default)]
pub(super) struct Samples {
    hasher: foldhash::fast::RandomState,
    /// The last sample of each hash of stack and labels.
    last: Map<u64, u32>,
    /// For each sample the one before it of the same hash.
    before: Vec<Option<u32>>,
    width: usize,
    values: Vec<i64>,
    stacks: Vec<LocationId>,
    stack_ends: Vec<usize>,
    labels: Vec<Label>,
    label_ends: Vec<usize>,
}

impl Samples {
    /// Adds a sample; puts its labels in order, those of one key as they came.
    pub(super) fn add(&mut self, stack: &[LocationId], labels: &mut [Label], values: &[i64]) -> Result<()> {
        labels.sort_by_key(|label| (matches!(label.value, LabelValue::Num { .. }), label.key));
        let hash = self.hasher.hash_one((stack, &*labels));
        let mut candidate = self.last.get(&hash).copied();
        while let Some(index) = candidate {
            if self.stack(index as usize) == stack && self.labels(index as usize) == labels {
                return self.add_values(index as usize, values);
            }
            candidate = self.before[index as usize];
        }
        let index = self.before.len() as u32;
        self.before.push(self.last.insert(hash, index));
        self.width = values.len();
        self.values.extend_from_slice(values);
        self.stacks.extend_from_slice(stack);
        self.stack_ends.push(self.stacks.len());
        self.labels.extend_from_slice(labels);
        self.label_ends.push(self.labels.len());
        Ok(())
    }

    fn add_values(&mut self, index: usize, values: &[i64]) -> Result<()> {
        for (sum, value) in self.values[index * self.width..].iter_mut().zip(values) {
            *sum = sum.checked_add(*value).ok_or_else(too_large)?;
        }
        Ok(())
    }

    fn stack(&self, index: usize) -> &[LocationId] {
        slice(&self.stacks, &self.stack_ends, index)
    }

    fn labels(&self, index: usize) -> &[Label] {
        slice(&self.labels, &self.label_ends, index)
    }

    /// Drops, reorders and scales the columns of values.
    pub(super) fn rearrange(&mut self, columns: &[From]) -> Result<()> {
        let mut values = Vec::with_capacity(self.before.len() * columns.len());
        for row in self.values.chunks_exact(self.width.max(1)) {
            for column in columns {
                let value = row.get(column.index).copied().unwrap_or(0);
                let scaled = i128::from(value) * column.unit as i128;
                values.push(i64::try_from(scaled).map_err(|_| too_large())?);
            }
        }
        (self.values, self.width) = (values, columns.len());
        Ok(())
    }

    /// Writes the samples that add up to something; says whether any does not.
    pub(super) fn write(&self, builder: &mut Builder) -> bool {
        let mut left_out = false;
        for index in 0..self.before.len() {
            let values = &self.values[index * self.width..(index + 1) * self.width];
            if values.iter().all(|value| *value == 0) {
                left_out = true;
            } else {
                builder.sample(self.stack(index), values, self.labels(index));
            }
        }
        left_out
    }
}

fn slice<'a, T>(all: &'a [T], ends: &[usize], index: usize) -> &'a [T] {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    &all[start..ends[index]]
}

#[cold]
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::Usage).detail("a value, scaled or added up, does not fit 64 bits")
}
