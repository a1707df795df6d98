//! Reading what can be read: rows that break a rule are repaired or left out, and each is reported.
//!
//! The first damaged field (no protobuf, or a known field of the wrong type) cuts the message off; what
//! precedes it goes through the decoders of strict reading with a [`Lenient`] judge.

use std::cell::RefCell;

use crate::error::{Error, ErrorKind, Fault};
use crate::pprof::decode::explain::second::second_profile;
use crate::pprof::decode::fields::{Field, Scan, Value, next_field};
use crate::pprof::decode::ids::Ids;
use crate::pprof::decode::judge::{Judge, Lenient};
use crate::pprof::decode::outline::Outline;
use crate::pprof::decode::packed::Resolver;
use crate::pprof::decode::schema;
use crate::pprof::decode::schema::{FieldDescriptor, Holds, MessageDescriptor, PROFILE};
use crate::pprof::decode::tables::{self, Tables};
use crate::pprof::profile::{Columns, Profile, Strings};
use crate::pprof::rule::{Damage, Defects, Rule};
use crate::pprof::types::Mapping;
use crate::table::Set;
use crate::wire::Cursor;

/// Lenient reading of a message that is not compressed any more; `gzip` is what was wrong with the stream.
pub(super) fn repair(
    message: &[u8],
    gzip: Option<&Error>,
    tell: &mut dyn FnMut(Rule, u64),
) -> (Profile, Defects) {
    let mut defects = Defects::default();
    let (profile, damage) = repaired(message, &mut |rule, offset| {
        defects.add(rule);
        tell(rule, offset);
    });
    defects.damage = damage;
    if let Some(error) = gzip {
        let (whole_fields, lost_bytes) = match &defects.damage {
            Some(damage) => (damage.whole_fields, damage.lost_bytes),
            None => (field_count(message), 0),
        };
        let (kind, offset) = (error.kind(), error.offset().unwrap_or(0));
        defects.damage = Some(Damage { kind, offset, whole_fields, lost_bytes });
    }
    (profile, defects)
}

/// What is left of `message`, and where it is damaged. Every broken rule is reported, with its offset.
fn repaired(message: &[u8], tell: &mut dyn FnMut(Rule, u64)) -> (Profile, Option<Damage>) {
    let (end, damage) = whole_fields(message);
    let head = message.get(..end).unwrap_or_default();
    let (head, outline) = first_profile(head, tell);
    let strings = strings(head, &outline, tell);
    let judge = Lenient { strings: strings.len() as u64, tell: RefCell::new(tell) };
    if outline.count(schema::profile::STRING) == 0 {
        judge.note(Rule::StringIndex, 0);
    }
    let mut repair = Repair { head, outline: &outline, judge, tables: Tables::default() };
    repair.header(&strings);
    let location_ids = repair.tables();
    let columns = repair.samples(&Resolver::new(location_ids));
    (Profile::new(strings, repair.tables, columns), damage)
}

/// How many whole fields there are before the first damaged one.
fn field_count(message: &[u8]) -> u64 {
    let mut cursor = Cursor::new(message);
    std::iter::from_fn(|| next_field(&mut cursor, PROFILE.last()).ok().flatten()).count() as u64
}

/// The end of the last field before the first damaged one, and that damage.
fn whole_fields(message: &[u8]) -> (usize, Option<Damage>) {
    let mut cursor = Cursor::new(message);
    let (mut end, mut fields) = (0, 0);
    loop {
        match next_field(&mut cursor, PROFILE.last()).and_then(|field| sound(field, &PROFILE)) {
            Ok(true) => (end, fields) = (cursor.offset(), fields + 1),
            Ok(false) => return (end as usize, None),
            Err(Fault { kind, at: offset }) => {
                let lost_bytes = message.len() as u64 - end;
                return (end as usize, Some(Damage { kind, offset, whole_fields: fields, lost_bytes }));
            }
        }
    }
}

/// Whether there is a field; an error unless it is what a message of type `ty` may hold.
fn sound(field: Option<Field<'_>>, ty: &MessageDescriptor) -> Scan<bool> {
    let Some(field) = field else { return Ok(false) };
    let Some(&FieldDescriptor { repeated, holds, .. }) = ty.field(field.key >> 3) else { return Ok(true) };
    match (holds, field.value) {
        (Holds::Number, Value::Varint(_)) | (Holds::String, Value::Len(_)) => {}
        (Holds::Number, Value::Len(mut packed)) if repeated => {
            while !packed.is_empty() {
                packed.varint()?;
            }
        }
        (Holds::Message(inner), Value::Len(mut fields)) => {
            // As deep as the schema, whatever the input.
            while sound(next_field(&mut fields, inner.last())?, inner)? {}
        }
        _ => return Err(Fault::new(ErrorKind::WireType, field.offset)),
    }
    Ok(true)
}

/// `head` up to where a second profile begins.
fn first_profile<'a>(head: &'a [u8], tell: &mut dyn FnMut(Rule, u64)) -> (&'a [u8], Outline) {
    let second = match Outline::new(head) {
        Ok(outline) => return (head, outline),
        Err(fault) => fault.at,
    };
    let offset = second_profile(head).filter(|&offset| offset < second).unwrap_or(second);
    tell(Rule::Concatenated, offset);
    let first = head.get(..offset as usize).unwrap_or_default();
    (first, Outline::new(first).unwrap_or_default())
}

fn strings(head: &[u8], outline: &Outline, tell: &mut dyn FnMut(Rule, u64)) -> Strings {
    let key = schema::profile::STRING;
    let mut strings = Strings::with_capacity(outline.count(key), outline.bytes(key) as usize);
    each(head, outline, key, |offset, bytes| {
        if strings.len() == 0 && !bytes.is_empty() {
            tell(Rule::FirstString, offset);
            strings.push(b"");
            return;
        }
        if std::str::from_utf8(bytes.rest()).is_err() {
            tell(Rule::NotUtf8, offset);
        }
        strings.push(bytes.rest());
    });
    if strings.len() == 0 {
        strings.push(b"");
    }
    strings
}

/// Calls `read` with every field of `key`, none of which is damaged.
fn each<'a>(head: &'a [u8], outline: &Outline, key: u64, mut read: impl FnMut(u64, Cursor<'a>)) {
    let all = outline.each(head, key, |offset, bytes| {
        read(offset, bytes);
        Ok(())
    });
    debug_assert_eq!(all, Ok(()));
}

struct Repair<'a> {
    head: &'a [u8],
    outline: &'a Outline,
    judge: Lenient<'a>,
    tables: Tables,
}

impl<'a> Repair<'a> {
    fn each(&self, key: u64, read: impl FnMut(u64, Cursor<'a>)) {
        each(self.head, self.outline, key, read);
    }

    fn header(&mut self, strings: &Strings) {
        let mut types = Vec::new();
        let mut names = Set::default();
        self.each(schema::profile::SAMPLE_TYPE, |offset, message| {
            let Ok(ty) = tables::value_type(message, &self.judge) else { return };
            if !names.insert(strings.get(ty.kind).unwrap_or_default()) {
                self.judge.note(Rule::SampleTypeDuplicate, offset);
            }
            types.push(ty);
        });
        self.tables.sample_types = types;
        self.tables.header = tables::header(self.outline, &self.judge).unwrap_or_default();
        if self.tables.header.duration_nanos < 0 {
            self.judge.note(Rule::NegativeDuration, self.outline.scalar(schema::profile::DURATION_NANOS).1);
        }
        if let Some(offset) = self.outline.period_type_again {
            self.judge.note(Rule::PeriodTypeTwice, offset);
        }
        let url = strings.get(self.tables.header.doc_url).unwrap_or_default();
        if !url.is_empty() && !url.starts_with(b"http://") && !url.starts_with(b"https://") {
            self.judge.note(Rule::DocUrl, self.outline.scalar(schema::profile::DOC_URL).1);
        }
    }

    /// Reads functions, mappings and locations; gives how samples find the locations.
    fn tables(&mut self) -> Ids {
        let (functions, function_ids) = self.rows(
            schema::profile::FUNCTION,
            [Rule::FunctionIdZero, Rule::FunctionIdDuplicate],
            |message, judge| tables::function(message, judge),
            |function| function.id,
        );
        let (mappings, mapping_ids) = self.rows(
            schema::profile::MAPPING,
            [Rule::MappingIdZero, Rule::MappingIdDuplicate],
            |message, judge| {
                let mapping = tables::mapping(message, judge)?;
                if mapping.memory_limit < mapping.memory_start && mapping.memory_limit != 0 {
                    judge.note(Rule::MappingInverted, message.offset());
                }
                Ok(mapping)
            },
            |mapping| mapping.id,
        );
        let (mut lines, mut line_ends) = (Vec::new(), Vec::new());
        let mut locations = Vec::new();
        let mut seen = Set::default();
        self.each(schema::profile::LOCATION, |offset, message| {
            let before = lines.len();
            match tables::location(message, &mapping_ids, &function_ids, &mut lines, &self.judge) {
                Err(fault) => self.judge.note(Rule::UnknownFunction, fault.at),
                Ok(location) if location.id == 0 => self.judge.note(Rule::LocationIdZero, offset),
                Ok(location) if !seen.insert(location.id) => {
                    self.judge.note(Rule::LocationIdDuplicate, offset);
                }
                Ok(location) => {
                    let mapping = location.mapping.and_then(|id| mappings.get(id.index()));
                    if mapping.is_some_and(|mapping| !holds(mapping, location.address)) {
                        self.judge.note(Rule::AddressOutside, offset);
                    }
                    locations.push(location);
                    line_ends.push(lines.len() as u32);
                    return;
                }
            }
            lines.truncate(before);
        });
        let ids = ids(&locations, |location| location.id);
        self.tables =
            Tables { functions, mappings, locations, lines, line_ends, ..std::mem::take(&mut self.tables) };
        ids
    }

    /// The rows of a table whose ids are neither 0 nor taken.
    fn rows<T>(
        &self,
        key: u64,
        [zero, twice]: [Rule; 2],
        read: impl Fn(Cursor<'a>, &Lenient<'a>) -> Scan<T>,
        id: impl Fn(&T) -> u64,
    ) -> (Vec<T>, Ids) {
        let mut rows = Vec::new();
        let mut seen = Set::default();
        self.each(key, |offset, message| {
            let Ok(row) = read(message, &self.judge) else { return };
            match id(&row) {
                0 => self.judge.note(zero, offset),
                id if !seen.insert(id) => self.judge.note(twice, offset),
                _ => rows.push(row),
            }
        });
        let ids = ids(&rows, id);
        (rows, ids)
    }

    fn samples(&self, locations: &Resolver) -> Columns {
        let types = self.tables.sample_types.len();
        let mut columns = Columns::default();
        self.each(schema::profile::SAMPLE, |offset, message| {
            if types == 0 {
                return self.judge.note(Rule::NoSampleType, offset);
            }
            let before = columns.mark();
            let broken = match columns.sample(self.head, message, locations, &self.judge) {
                Err(fault) => Some((Rule::UnknownLocation, fault.at)),
                Ok(()) if columns.values.len() != columns.len() * types => Some((Rule::ValueCount, offset)),
                Ok(()) => None,
            };
            if let Some((rule, offset)) = broken {
                self.judge.note(rule, offset);
                columns.rewind(before);
            }
        });
        columns
    }
}

/// The ids of rows, all of them different and not 0.
fn ids<T>(rows: &[T], id: impl Fn(&T) -> u64) -> Ids {
    Ids::new(rows, id, |_| 0).unwrap_or(Ids::CountUp(0))
}

/// Whether `address` lies in `mapping`, as far as both are known.
fn holds(mapping: &Mapping, address: u64) -> bool {
    let Mapping { memory_start, memory_limit, .. } = *mapping;
    address == 0 || memory_limit <= memory_start || (memory_start..memory_limit).contains(&address)
}
