//! The units of numeric labels.
//!
//! `go tool pprof` takes the first unit of a key for all its labels, and shows 9 milliseconds as `9us` where
//! another label of that key is in microseconds. Here each label keeps its own.

use std::borrow::Cow;

use crate::compat::Compat;
use crate::pprof::source::labels::{Labels, text};
use crate::pprof::source::{SampleSource, Want};
use crate::pprof::units;
use crate::table::Map;

/// The unit of each numeric label.
#[derive(Debug, Default)]
pub(crate) struct LabelUnits {
    by_key: Map<Vec<u8>, String>,
    compat: Compat,
}

impl LabelUnits {
    /// Collects the unit of each key: the first one given, or else one guessed from the key.
    pub(crate) fn new(source: &dyn SampleSource, compat: Compat) -> Self {
        let mut by_key: Map<Vec<u8>, String> = Map::default();
        source.each_sample(Want::LABELS, &mut |sample| {
            for (key, _, unit) in Labels::new(source, sample.labels).numbers() {
                match by_key.get_mut(key) {
                    Some(known) if known.is_empty() => *known = text(unit).into_owned(),
                    Some(_) => {}
                    None => {
                        by_key.insert(key.to_vec(), text(unit).into_owned());
                    }
                }
            }
        });
        for (key, unit) in &mut by_key {
            if unit.is_empty() {
                *unit = match &key[..] {
                    b"alignment" | b"request" => "bytes".to_owned(),
                    key => text(key).into_owned(),
                };
            }
        }
        Self { by_key, compat }
    }

    /// The unit of the labels of `key` that have none.
    pub(crate) fn of_key(&self, key: &[u8]) -> &str {
        self.by_key.get(key).map_or("", String::as_str)
    }

    /// The unit of a label of `key` whose own unit is `own`.
    pub(crate) fn of<'u>(&'u self, key: &[u8], own: &'u [u8]) -> Cow<'u, str> {
        if own.is_empty() || self.compat.is_go_tool() { self.of_key(key).into() } else { text(own) }
    }

    /// `value` as a label of `key` prints it in `unit`.
    pub(crate) fn label(&self, (key, value, own): (&[u8], i64, &[u8]), unit: &str) -> String {
        units::label(value.into(), &self.of(key, own), unit)
    }

    /// `value` in the unit of its key, so that the values of one key can be compared; as it is where that unit
    /// is of another family.
    pub(crate) fn in_key_unit(&self, (key, value, own): (&[u8], i64, &[u8])) -> i64 {
        let (own, of_key) = (self.of(key, own), self.of_key(key));
        if own == of_key || !units::convertible(&own, of_key) {
            return value;
        }
        // A float becomes the nearest integer that fits.
        units::scale(value.into(), &own, of_key).0.round() as i64
    }
}
