//! All samples of a view, one after the other.

use super::{View, field_bytes};
use crate::pprof::source::gather::Gather;
use crate::pprof::source::{Sample, Want};

impl View<'_> {
    /// Calls `each` with every sample, with what `want` asks for.
    pub(crate) fn gather(&self, want: Want, each: &mut dyn FnMut(Sample<'_>)) {
        let mut gather = Gather::new(&self.locations, self.strings.len(), want);
        let skips = want.only_with == Some(self.default_value);
        for row in &self.rows {
            if skips && row.value == 0 {
                each(Sample { values: &[], stack: &[], labels: &[] });
            } else {
                each(gather.sample(field_bytes(self.message, row.at as usize)));
            }
        }
    }

    /// The sum of the absolute values of a column, where it is known without looking at the samples.
    pub(crate) fn known_total(&self, column: usize) -> Option<i128> {
        let value = |row: &super::Row| i128::from(row.value).abs();
        (column == self.default_value).then(|| self.rows.iter().map(value).sum())
    }
}
