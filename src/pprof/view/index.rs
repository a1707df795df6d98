//! Making a view: one pass over the samples once the tables are known.

use super::{NONE, Resolver, Row, View};
use crate::error::{ErrorKind, Fault};
use crate::pprof::decode::fields::Scan;
use crate::pprof::decode::judge::Strict;
use crate::pprof::decode::outline::Outline;
use crate::pprof::decode::sample::{Fields, each_field};
use crate::pprof::decode::tables::Decoded;
use crate::pprof::decode::{label, schema, tables};
use crate::wire::Cursor;

pub(super) fn view<'a>(message: &'a [u8], outline: &Outline) -> Scan<View<'a>> {
    let Decoded { tables, location_ids, strings } = tables::decode(message, outline)?;
    let count = outline.count(schema::profile::SAMPLE);
    let rows = Vec::with_capacity(count);
    let locations = Resolver::new(location_ids);
    let mut view = View { message, strings, tables, locations, rows, default_value: 0 };
    view.default_value = view.tables.default_value(|a, b| view.string(a) == view.string(b));
    let types = view.tables.sample_types.len() as u64;
    let mut check = Check {
        message,
        locations: &view.locations,
        judge: Strict { strings: view.strings.len() as u64 },
        column: view.default_value as u64,
        leaf: NONE,
        value: 0,
        values: 0,
    };
    let rows = &mut view.rows;
    outline.each(message, schema::profile::SAMPLE, |at, sample| {
        if types == 0 {
            return Err(Fault::new(ErrorKind::NoSampleType, at));
        }
        (check.leaf, check.value, check.values) = (NONE, 0, 0);
        each_field(sample, &mut check)?;
        if check.values != types {
            return Err(Fault::new(ErrorKind::ValueCount, at));
        }
        rows.push(Row { value: check.value, at: at as u32, leaf: check.leaf });
        Ok(())
    })?;
    Ok(view)
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
    fn location(&mut self, id: u64, at: u64) -> Scan<()> {
        let row = self.locations.row(id, at)?;
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
