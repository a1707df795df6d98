//! Samples decoded into buffers, each in one pass over its fields: for those who look at all of them.

use super::{View, field_bytes};
use crate::pprof::judge::Strict;
use crate::pprof::label;
use crate::pprof::sample::{Fields, each_field};
use crate::pprof::sample_source::{Sample, Want};
use crate::pprof::scan::Scan;
use crate::pprof::types::{Label, LocationId};
use crate::wire::Cursor;

impl View<'_> {
    /// Calls `each` with every sample, with what `want` asks for.
    pub(crate) fn gather(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut gather = Gather {
            view: self,
            judge: Strict { strings: self.strings.len() as u64 },
            want,
            values: Vec::new(),
            stack: Vec::new(),
            labels: Vec::new(),
        };
        for row in &self.rows {
            gather.values.clear();
            gather.stack.clear();
            gather.labels.clear();
            // Nothing is wrong with a sample of a view: all were checked when it was made.
            let _ = each_field(field_bytes(self.message, row.at as usize), &mut gather);
            each(Sample { values: &gather.values, stack: &gather.stack, labels: &gather.labels });
        }
    }

    /// The sum of the absolute values of a column, where it is known without looking at the samples.
    pub(crate) fn known_total(&self, column: usize) -> Option<i128> {
        let value = |row: &super::Row| i128::from(row.value).abs();
        (column == self.default_value).then(|| self.rows.iter().map(value).sum())
    }
}

/// The buffers of one sample.
struct Gather<'v, 'a> {
    view: &'v View<'a>,
    judge: Strict,
    want: Want,
    values: Vec<i64>,
    stack: Vec<LocationId>,
    labels: Vec<Label>,
}

impl<'a> Fields<'a> for Gather<'_, 'a> {
    #[inline(always)]
    fn locations(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        if self.want.stacks {
            while !packed.is_empty() {
                let id = packed.varint()?;
                self.stack.extend(self.view.locations.ids().row(id).map(LocationId));
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, _: u64) -> Scan<()> {
        if self.want.stacks {
            self.stack.extend(self.view.locations.ids().row(id).map(LocationId));
        }
        Ok(())
    }

    #[inline(always)]
    fn values(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        while !packed.is_empty() {
            self.values.push(packed.varint()? as i64);
        }
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, value: i64) {
        self.values.push(value);
    }

    #[inline(always)]
    fn label(&mut self, message: Cursor<'a>) -> Scan<()> {
        if self.want.labels {
            self.labels.push(label::read(message, &self.judge)?);
        }
        Ok(())
    }
}
