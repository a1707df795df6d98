//! The labels of one sample by kind and key.

use std::borrow::Cow;

use super::{BASE_LABEL, SampleSource};
use crate::pprof::types::{Label, LabelValue, StringId};
use crate::table::SortRows;

/// A key, and its numbers with their units.
pub(crate) type Numbers<'s> = (&'s [u8], Vec<(i64, &'s [u8])>);

/// A sample's labels with the strings they name.
///
/// A label with neither text nor number nor unit is left out, as in every report of `go tool pprof`: the file
/// does not say which of the two it was.
#[derive(Clone, Copy)]
pub(crate) struct Labels<'s> {
    source: &'s dyn SampleSource,
    labels: &'s [Label],
}

impl<'s> Labels<'s> {
    pub(crate) fn new(source: &'s dyn SampleSource, labels: &'s [Label]) -> Self {
        Self { source, labels }
    }

    /// Keys and values of the text labels, in the sample's order.
    pub(crate) fn texts(self) -> impl Iterator<Item = (&'s [u8], &'s [u8])> {
        self.labels.iter().filter_map(move |label| match label.value {
            LabelValue::Str(StringId::EMPTY) | LabelValue::Num { .. } => None,
            LabelValue::Str(value) => Some((self.source.string(label.key), self.source.string(value))),
        })
    }

    /// Keys, values and units of the numeric labels, in the sample's order.
    pub(crate) fn numbers(self) -> impl Iterator<Item = (&'s [u8], i64, &'s [u8])> {
        self.labels.iter().filter_map(move |label| match label.value {
            LabelValue::Num { value: 0, unit: StringId::EMPTY } | LabelValue::Str(_) => None,
            LabelValue::Num { value, unit } => {
                Some((self.source.string(label.key), value, self.source.string(unit)))
            }
        })
    }

    /// The text values of each key, keys in byte order, values of one key in the sample's order.
    pub(crate) fn texts_by_key(self) -> Vec<(&'s [u8], Vec<&'s [u8]>)> {
        grouped(self.texts())
    }

    /// The numbers of each key with their units, keys in byte order.
    pub(crate) fn numbers_by_key(self) -> Vec<Numbers<'s>> {
        grouped(self.numbers().map(|(key, value, unit)| (key, (value, unit))))
    }

    /// Whether the sample belongs to the base profile of a difference.
    pub(crate) fn is_base(self) -> bool {
        self.texts().any(|label| label == BASE_LABEL)
    }
}

fn grouped<'s, T>(labels: impl Iterator<Item = (&'s [u8], T)>) -> Vec<(&'s [u8], Vec<T>)> {
    let mut groups: Vec<(&[u8], Vec<T>)> = Vec::new();
    for (key, value) in labels {
        match groups.iter_mut().find(|group| group.0 == key) {
            Some(group) => group.1.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups.sort_rows_by(|a, b| a.0.cmp(b.0));
    groups
}

/// Bytes as text for unit names and patterns.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
