//! The samples of a profile, kept as columns.

use std::iter::FusedIterator;

use crate::pprof::types::{Label, LabelValue, LocationId, StringId};
use crate::table::run;

/// All samples: their values, stacks and labels, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// As many for each sample as there are sample types.
    pub(crate) values: Vec<i64>,
    pub(crate) stacks: Vec<LocationId>,
    /// For each sample, the end of its stack.
    pub(crate) stack_ends: Vec<u32>,
    pub(crate) labels: Vec<LabelCell>,
    /// For each sample, the end of its labels; empty where no sample has any.
    pub(crate) label_ends: Vec<u32>,
    pub(crate) numbers: Vec<Number>,
}

/// A label in 8 bytes: numbers, the rarer kind, are in a table of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LabelCell {
    pub(crate) key: StringId,
    /// A string; or, with [`NUMBER`] set, the index of a number.
    value: u32,
}

/// The mark of a numeric label.
const NUMBER: u32 = 1 << 31;

/// The value and unit of a numeric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Number {
    value: i64,
    unit: StringId,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.stack_ends.len()
    }

    pub(crate) fn push_label(&mut self, label: Label) {
        let value = match label.value {
            LabelValue::Str(string) => string.0,
            LabelValue::Num { value, unit } => {
                self.numbers.push(Number { value, unit });
                (self.numbers.len() - 1) as u32 | NUMBER
            }
        };
        self.labels.push(LabelCell { key: label.key, value });
    }

    /// Ends the sample whose stack and labels have been pushed.
    #[inline]
    pub(crate) fn end_sample(&mut self) {
        if !self.labels.is_empty() {
            self.label_ends.resize(self.stack_ends.len(), 0);
            self.label_ends.push(self.labels.len() as u32);
        }
        self.stack_ends.push(self.stacks.len() as u32);
    }

    /// Adds a sample.
    pub(crate) fn push(
        &mut self,
        values: &[i64],
        stack: &[LocationId],
        labels: impl IntoIterator<Item = Label>,
    ) {
        self.values.extend_from_slice(values);
        self.stacks.extend_from_slice(stack);
        for label in labels {
            self.push_label(label);
        }
        self.end_sample();
    }

    /// How long every column is, to come back to by [`rewind`](Self::rewind).
    pub(crate) fn mark(&self) -> [usize; 6] {
        let Self { values, stacks, stack_ends, labels, label_ends, numbers } = self;
        [values.len(), stacks.len(), stack_ends.len(), labels.len(), label_ends.len(), numbers.len()]
    }

    /// Drops what was pushed since [`mark`](Self::mark).
    pub(crate) fn rewind(&mut self, [values, stacks, stack_ends, labels, label_ends, numbers]: [usize; 6]) {
        self.values.truncate(values);
        self.stacks.truncate(stacks);
        self.stack_ends.truncate(stack_ends);
        self.labels.truncate(labels);
        self.label_ends.truncate(label_ends);
        self.numbers.truncate(numbers);
    }

    /// The stack of sample `index`.
    #[inline]
    pub(crate) fn stack(&self, index: usize) -> &[LocationId] {
        run(&self.stacks, &self.stack_ends, index).unwrap_or_default()
    }

    /// The labels of sample `index`.
    #[inline]
    pub(crate) fn labels(&self, index: usize) -> Labels<'_> {
        let cells = run(&self.labels, &self.label_ends, index).unwrap_or_default();
        Labels { columns: self, cells: cells.iter() }
    }

    /// Label `index` of all.
    pub(crate) fn label_at(&self, index: usize) -> Label {
        self.label(self.labels[index])
    }

    fn label(&self, cell: LabelCell) -> Label {
        let value = if cell.value & NUMBER == 0 {
            LabelValue::Str(StringId(cell.value))
        } else {
            let number = self.numbers.get((cell.value & !NUMBER) as usize);
            number.map_or(LabelValue::Str(StringId::EMPTY), |n| LabelValue::Num {
                value: n.value,
                unit: n.unit,
            })
        };
        Label { key: cell.key, value }
    }
}

/// The labels of a [`Sample`](super::Sample).
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    columns: &'a Columns,
    cells: std::slice::Iter<'a, LabelCell>,
}

impl Iterator for Labels<'_> {
    type Item = Label;

    fn next(&mut self) -> Option<Label> {
        self.cells.next().map(|&cell| self.columns.label(cell))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.cells.size_hint()
    }
}

impl ExactSizeIterator for Labels<'_> {}
impl FusedIterator for Labels<'_> {}
