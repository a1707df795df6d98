//! The columns of values that profiles have in common, in their finest units.

use super::part::Part;
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::source::SampleSource;
use crate::pprof::source::labels::text;
use crate::pprof::units;
use crate::pprof::{Builder, ValueType};
use crate::text::Printable;

/// A column of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    kind: Vec<u8>,
    unit: Vec<u8>,
}

/// The columns so far.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Keep what all have in common, instead of refusing what differs.
    pub(super) common: bool,
    columns: Option<Vec<Column>>,
}

/// Where a column's values come from, and what they are multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct From {
    /// The column's index in the profile, or in the merge so far.
    pub(super) index: usize,
    /// The unit's size in the merge's unit.
    pub(super) unit: f64,
}

impl From {
    /// What values are multiplied by in a part of a merge.
    pub(super) fn ratio(&self, part: &Part) -> f64 {
        self.unit * part.weight * part.ratios.get(self.index).copied().unwrap_or(1.0)
    }
}

/// How the columns of a profile and those before it become those of the merge.
pub(super) struct Fit {
    /// For each column of the merge, the profile's.
    pub(super) columns: Vec<From>,
    /// For each column of the merge, the one of the merge before; `None` when they stay.
    pub(super) before: Option<Vec<From>>,
}

impl Types {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_none()
    }

    /// Finds the columns that `profile` has in common with those before it.
    pub(super) fn fit(&mut self, profile: &dyn SampleSource) -> Result<Fit> {
        let own: Vec<Column> = (profile.sample_types().iter())
            .map(|ty| Column {
                kind: profile.string(ty.kind).to_vec(),
                unit: profile.string(ty.unit).to_vec(),
            })
            .collect();
        let Some(before) = &self.columns else {
            let columns = (0..own.len()).map(|index| From { index, unit: 1.0 }).collect();
            self.columns = Some(own);
            return Ok(Fit { columns, before: None });
        };
        if !self.common && before != &own {
            return Err(refuse("sample types differ", before, &own));
        }
        let (mut merged, mut from_own, mut from_before) = (Vec::new(), Vec::new(), Vec::new());
        for (at, column) in before.iter().enumerate() {
            let Some(index) = own.iter().position(|other| other.kind == column.kind) else { continue };
            let (mine, other) = (text(&column.unit), text(&own[index].unit));
            if !units::convertible(&mine, &other) {
                return Err(refuse("units differ", before, &own));
            }
            let to_mine = units::scale(1, &other, &mine).0;
            if to_mine < 1.0 {
                from_before.push(From { index: at, unit: units::scale(1, &mine, &other).0 });
                from_own.push(From { index, unit: 1.0 });
                merged.push(own[index].clone());
            } else {
                from_before.push(From { index: at, unit: 1.0 });
                from_own.push(From { index, unit: if mine == other { 1.0 } else { to_mine } });
                merged.push(column.clone());
            }
        }
        if merged.is_empty() {
            return Err(refuse("no sample type in common", before, &own));
        }
        let stays = from_before.len() == before.len() && from_before.iter().all(|from| from.unit == 1.0);
        self.columns = Some(merged);
        Ok(Fit { columns: from_own, before: (!stays).then_some(from_before) })
    }

    /// The default of a profile with `kinds` of values, now that it has these columns: one that is left,
    /// where columns were dropped.
    pub(super) fn default_for<'a>(&'a self, wanted: &'a [u8], kinds: &[Vec<u8>]) -> &'a [u8] {
        let columns = self.columns.as_deref().unwrap_or_default();
        let same = columns.iter().map(|column| &column.kind).eq(kinds);
        if same || columns.iter().any(|column| column.kind == wanted) {
            return wanted;
        }
        columns.first().map_or(wanted, |column| &column.kind)
    }

    pub(super) fn write(&self, builder: &mut Builder) {
        for column in self.columns.iter().flatten() {
            let ty = ValueType::new(builder.string(&column.kind), builder.string(&column.unit));
            builder.sample_type(ty);
        }
    }
}

fn refuse(why: &str, before: &[Column], own: &[Column]) -> Error {
    let list = |columns: &[Column]| {
        let names = columns.iter().map(|c| format!("{}/{}", Printable(&c.kind), Printable(&c.unit)));
        names.collect::<Vec<_>>().join(" ")
    };
    Error::new(ErrorKind::Usage).detail(format!("{why}: {} and {}", list(before), list(own)))
}
