//! From a view to an owned profile.

use super::View;
use crate::pprof::profile::{Columns, Profile, Strings};
use crate::pprof::types::StringId;

impl From<&View<'_>> for Profile {
    fn from(view: &View<'_>) -> Self {
        let mut strings = Strings::default();
        for index in 0..view.string_count() {
            strings.push(view.string(StringId(index as u32)));
        }
        let mut columns = Columns::default();
        for sample in view.samples() {
            columns.values.extend(sample.values());
            columns.stacks.extend(sample.locations());
            for label in sample.labels() {
                columns.push_label(label);
            }
            columns.end_sample();
        }
        Self::new(strings, view.tables.clone(), columns)
    }
}
