//! Making an index: one pass over the samples, once the tables are known, checks every reference.

use super::index::{Index, Row};
use crate::error::{ErrorKind, Fault, Result};
use crate::limits::Limits;
use crate::pprof::decode::budget::{self, Purpose};
use crate::pprof::decode::explain::refuse;
use crate::pprof::decode::fields::Scan;
use crate::pprof::decode::ids::NONE;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::outline::Outline;
use crate::pprof::decode::packed::Resolver;
use crate::pprof::decode::sample::{Fields, each_field};
use crate::pprof::decode::tables::Decoded;
use crate::pprof::decode::{label, schema, tables};
use crate::wire::Cursor;

/// The index of `message`, where that is within `limits`.
///
/// # Errors
/// As [`View::parse_with`](super::View::parse_with).
pub(super) fn index(message: &[u8], limits: &Limits) -> Result<Index> {
    let outline = budget::outline(message, limits, Purpose::View)?;
    checked(message, &outline).map_err(|fault| refuse(message, fault))
}

fn checked(message: &[u8], outline: &Outline) -> Scan<Index> {
    let Decoded { tables, location_ids, strings } = tables::decode(message, outline)?;
    let rows = Vec::with_capacity(outline.count(schema::profile::SAMPLE));
    let mut index = Index { strings, tables, locations: Resolver::new(location_ids), rows, default_value: 0 };
    index.default_value =
        index.tables.default_value(|a, b| index.string(message, a) == index.string(message, b));
    let types = index.tables.sample_types.len() as u64;
    let mut check = Check {
        message,
        locations: &index.locations,
        judge: Strict { strings: index.strings.len() as u64 },
        column: index.default_value as u64,
        leaf: NONE,
        value: 0,
        values: 0,
    };
    let rows = &mut index.rows;
    outline.each(message, schema::profile::SAMPLE, |offset, sample| {
        if types == 0 {
            return Err(Fault::new(ErrorKind::NoSampleType, offset));
        }
        (check.leaf, check.value, check.values) = (NONE, 0, 0);
        each_field(sample, &mut check)?;
        if check.values != types {
            return Err(Fault::new(ErrorKind::ValueCount, offset));
        }
        rows.push(Row { value: check.value, offset: offset as u32, leaf: check.leaf });
        Ok(())
    })?;
    Ok(index)
}

/// Checks one sample after the other, and keeps the leaf and one value of each.
struct Check<'a, 'v> {
    message: &'a [u8],
    locations: &'v Resolver,
    judge: Strict,
    /// The value that is kept.
    column: u64,
    leaf: u32,
    value: i64,
    values: u64,
}

impl<'a> Fields<'a> for Check<'a, '_> {
    #[inline(always)]
    fn locations(&mut self, packed: Cursor<'a>) -> Scan<()> {
        self.locations.check(self.message, packed)?;
        let mut first = packed;
        if self.leaf == NONE && !first.is_empty() {
            let id = first.varint()?;
            self.leaf = self.locations.row(id, packed.offset())?;
        }
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, offset: u64) -> Scan<()> {
        let row = self.locations.row(id, offset)?;
        if self.leaf == NONE {
            self.leaf = row;
        }
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, value: i64) {
        if self.values == self.column {
            self.value = value;
        }
        self.values += 1;
    }

    #[inline(always)]
    fn label(&mut self, message: Cursor<'a>) -> Scan<()> {
        label::check(message, &self.judge)
    }
}
