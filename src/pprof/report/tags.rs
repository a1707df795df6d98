//! The labels of a profile: how much of the value carries each.

use std::io::Write;

use super::Report;
use super::graph::values;
use super::shown::Shown;
use crate::compat::Compat;
use crate::error::Result;
use crate::pprof::source::Want;
use crate::pprof::source::labels::Labels;
use crate::pprof::units::percent;
use crate::table::{Map, SortRows};

/// Label keys in byte order, each with its values, largest first.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Tags {
    total: i128,
    keys: Vec<TagKey>,
    #[cfg_attr(feature = "serde", serde(skip))]
    value_unit: String,
    #[cfg_attr(feature = "serde", serde(skip))]
    compat: Compat,
    #[cfg_attr(feature = "serde", serde(skip))]
    unit: String,
    #[cfg_attr(feature = "serde", serde(skip))]
    divide_by: f64,
}

/// A label key and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TagKey {
    /// The key.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub key: Vec<u8>,
    /// How much of the profile's value carries the key.
    pub total: i128,
    /// The values of the label, largest first.
    pub values: Vec<TagValue>,
}

/// A value of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TagValue {
    /// The text, or the number in the report's unit: numbers that print alike are one value.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::text::serialize::lossy"))]
    pub name: Vec<u8>,
    /// How much of the profile's value carries this value of the label.
    pub weight: i128,
}

impl Tags {
    /// The keys, in byte order.
    pub fn keys(&self) -> &[TagKey] {
        &self.keys
    }

    /// Writes the table as `go tool pprof -tags` does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_text(&self, out: &mut impl Write) -> Result<()> {
        let format = |value| values::format(value, self.divide_by, &self.value_unit, &self.unit);
        for TagKey { key, total, values } in &self.keys {
            let key = format!("{}:", Shown { name: key, compat: self.compat });
            let share = |value| match self.total {
                total if total > 0 => format!(" ({})", percent(value, total)),
                _ => String::new(),
            };
            let weights: Vec<String> = values
                .iter()
                .map(|value| format!("{}{}:", format(value.weight), share(value.weight)))
                .collect();
            // Cells are aligned on the right, one blank apart, as Go's tabwriter does it.
            let first = key.chars().count().max(1) + 1;
            let second = weights.iter().map(|weight| weight.chars().count()).max().unwrap_or(0) + 1;
            writeln!(
                out,
                "{key:>first$} Total {} of {}{}",
                format(*total),
                format(self.total),
                share(*total)
            )?;
            for (value, weight) in values.iter().zip(&weights) {
                writeln!(
                    out,
                    "{:>first$}{weight:>second$} {}",
                    " ",
                    Shown { name: &value.name, compat: self.compat }
                )?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// A key's total, and that of each value.
type Sums = (i128, Map<Vec<u8>, i128>);

impl Report<'_> {
    /// The labels, and how much of the value carries each.
    pub fn tags(&self) -> Tags {
        let label_units = self.label_units();
        let unit = self.options.unit.as_str();
        let mut keys: Map<Vec<u8>, Sums> = Map::default();
        let source = self.profile.source();
        self.profile.each_sample(Want::LABELS, &mut |sample| {
            let weight = self.values.weight(sample.values).sum;
            let labels = Labels::new(source, sample.labels);
            let mut add = |key: &[u8], value: &[u8]| {
                if !keys.contains_key(key) {
                    keys.insert(key.to_vec(), Default::default());
                }
                let Some((total, values)) = keys.get_mut(key) else { return };
                *total += weight;
                match values.get_mut(value) {
                    Some(sum) => *sum += weight,
                    None => drop(values.insert(value.to_vec(), weight)),
                }
            };
            labels.texts().for_each(|(key, value)| add(key, value));
            labels.numbers().for_each(|number| add(number.0, label_units.label(number, unit).as_bytes()));
        });
        let mut keys: Vec<TagKey> = (keys.into_iter())
            .map(|(key, (total, values))| {
                let mut values: Vec<TagValue> =
                    values.into_iter().map(|(name, weight)| TagValue { name, weight }).collect();
                values.sort_rows_by(|a, b| {
                    b.weight.unsigned_abs().cmp(&a.weight.unsigned_abs()).then_with(|| a.name.cmp(&b.name))
                });
                TagKey { key, total, values }
            })
            .collect();
        keys.sort_rows_by(|a, b| a.key.cmp(&b.key));
        Tags {
            total: self.total,
            keys,
            value_unit: self.value_unit.clone(),
            compat: self.options.compat,
            unit: unit.to_owned(),
            divide_by: self.options.divide_by,
        }
    }

    /// The free text that the profile carries about itself, and what the options add to it.
    pub fn comments(&self) -> Vec<&[u8]> {
        let source = self.profile.source();
        let own = source.header().comments.iter().map(|&comment| source.string(comment));
        own.chain(self.options.comments.iter().map(String::as_bytes)).collect()
    }
}
