//! Everything of a profile but its samples and the bytes of its strings: the small tables, decoded and
//! checked.
//!
//! input → [`Outline`] (what is where, how many of each) → strings, functions, mappings → locations and their
//! lines. Each table is allocated once, by what was counted.

use super::fields::{Scan, next_field};
use super::ids::{Ids, NONE};
use super::judge::{Judge, Strict};
use super::outline::Outline;
use super::schema;
use crate::error::{ErrorKind, Fault};
use crate::pprof::rule::Rule;
use crate::pprof::types::{Function, FunctionId, Line, Location, Mapping, MappingId, StringId, ValueType};
use crate::table::run;
use crate::wire::Cursor;

/// The tables of a profile, without its strings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) sample_types: Vec<ValueType>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) locations: Vec<Location>,
    /// For each location, the end of its lines.
    pub(crate) line_ends: Vec<u32>,
    pub(crate) lines: Vec<Line>,
    pub(crate) functions: Vec<Function>,
    pub(crate) header: Header,
}

/// The single values of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) drop_frames: StringId,
    pub(crate) keep_frames: StringId,
    pub(crate) time_nanos: i64,
    pub(crate) duration_nanos: i64,
    pub(crate) period_type: Option<ValueType>,
    pub(crate) period: i64,
    pub(crate) comments: Vec<StringId>,
    pub(crate) default_sample_type: StringId,
    pub(crate) doc_url: StringId,
}

impl Tables {
    /// The lines of location `row`, innermost first.
    #[inline]
    pub(crate) fn lines(&self, row: usize) -> &[Line] {
        run(&self.lines, &self.line_ends, row).unwrap_or_default()
    }

    /// Go's rule: the column that the default sample type names, or else the last one.
    pub(crate) fn default_value(&self, same: impl Fn(StringId, StringId) -> bool) -> usize {
        let wanted = self.header.default_sample_type;
        let named = || self.sample_types.iter().position(|ty| same(ty.kind, wanted));
        let last = self.sample_types.len().saturating_sub(1);
        if wanted == StringId::EMPTY { last } else { named().unwrap_or(last) }
    }
}

/// Tables, and how samples refer to locations.
pub(crate) struct Decoded {
    pub(crate) tables: Tables,
    pub(crate) location_ids: Ids,
    /// For each string, the offset of its length.
    pub(crate) strings: Vec<u32>,
}

/// Decodes the tables that `outline` found in `input`, and checks every reference in them.
pub(crate) fn decode(input: &[u8], outline: &Outline) -> Scan<Decoded> {
    let strings = strings(input, outline)?;
    let judge = &Strict { strings: strings.len() as u64 };
    let mut tables = Tables { header: header(outline, judge)?, ..Tables::default() };
    let mut offsets = Vec::new();
    tables.sample_types.reserve_exact(outline.count(schema::profile::SAMPLE_TYPE));
    outline.each(input, schema::profile::SAMPLE_TYPE, |_, message| {
        tables.sample_types.push(value_type(message, judge)?);
        Ok(())
    })?;
    offsets.reserve_exact(outline.count(schema::profile::FUNCTION));
    tables.functions.reserve_exact(outline.count(schema::profile::FUNCTION));
    outline.each(input, schema::profile::FUNCTION, |offset, message| {
        offsets.push(offset as u32);
        tables.functions.push(function(message, judge)?);
        Ok(())
    })?;
    let offset_of = |offsets: &[u32], row: usize| offsets.get(row).copied().map_or(0, u64::from);
    let function_ids = Ids::new(&tables.functions, |function| function.id, |row| offset_of(&offsets, row))?;
    offsets.clear();
    tables.mappings.reserve_exact(outline.count(schema::profile::MAPPING));
    outline.each(input, schema::profile::MAPPING, |offset, message| {
        offsets.push(offset as u32);
        tables.mappings.push(mapping(message, judge)?);
        Ok(())
    })?;
    let mapping_ids = Ids::new(&tables.mappings, |mapping| mapping.id, |row| offset_of(&offsets, row))?;
    offsets.clear();
    let locations = outline.count(schema::profile::LOCATION);
    offsets.reserve(locations);
    tables.locations.reserve_exact(locations);
    tables.line_ends.reserve_exact(locations);
    let Tables { locations, line_ends, lines, .. } = &mut tables;
    outline.each(input, schema::profile::LOCATION, |offset, message| {
        offsets.push(offset as u32);
        locations.push(location(message, &mapping_ids, &function_ids, lines, judge)?);
        line_ends.push(lines.len() as u32);
        Ok(())
    })?;
    lines.shrink_to_fit();
    let location_ids = Ids::new(&tables.locations, |location| location.id, |row| offset_of(&offsets, row))?;
    Ok(Decoded { tables, location_ids, strings })
}

fn strings(input: &[u8], outline: &Outline) -> Scan<Vec<u32>> {
    let mut strings = Vec::with_capacity(outline.count(schema::profile::STRING));
    outline.each(input, schema::profile::STRING, |offset, bytes| {
        if strings.is_empty() && !bytes.is_empty() {
            return Err(Fault::new(ErrorKind::String0, offset));
        }
        strings.push(offset as u32);
        Ok(())
    })?;
    Ok(strings)
}

pub(crate) fn header(outline: &Outline, judge: &impl Judge) -> Scan<Header> {
    let scalar = |number| outline.scalar(number);
    let string = |number| {
        let (value, offset) = scalar(number);
        judge.string(value, offset)
    };
    let mut comments = Vec::with_capacity(outline.comments.len());
    for &(index, offset) in &outline.comments {
        comments.push(judge.string(index, offset)?);
    }
    Ok(Header {
        drop_frames: string(schema::profile::DROP_FRAMES)?,
        keep_frames: string(schema::profile::KEEP_FRAMES)?,
        time_nanos: scalar(schema::profile::TIME_NANOS).0 as i64,
        duration_nanos: scalar(schema::profile::DURATION_NANOS).0 as i64,
        period_type: match outline.period_type {
            None => None,
            Some([(kind, kind_at), (unit, unit_at)]) => {
                Some(ValueType::new(judge.string(kind, kind_at)?, judge.string(unit, unit_at)?))
            }
        },
        period: scalar(schema::profile::PERIOD).0 as i64,
        comments,
        default_sample_type: string(schema::profile::DEFAULT_SAMPLE_TYPE)?,
        doc_url: string(schema::profile::DOC_URL)?,
    })
}

#[inline]
pub(crate) fn value_type(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<ValueType> {
    let mut ty = ValueType::new(StringId::EMPTY, StringId::EMPTY);
    while let Some(field) = next_field(&mut message, schema::value_type::LAST)? {
        match field.key {
            schema::value_type::TYPE => ty.kind = judge.string(field.varint(), field.offset)?,
            schema::value_type::UNIT => ty.unit = judge.string(field.varint(), field.offset)?,
            _ => field.unknown(schema::value_type::LAST)?,
        }
    }
    Ok(ty)
}

pub(crate) fn function(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<Function> {
    let mut function = Function {
        id: 0,
        name: StringId::EMPTY,
        system_name: StringId::EMPTY,
        filename: StringId::EMPTY,
        start_line: 0,
    };
    while let Some(field) = next_field(&mut message, schema::function::LAST)? {
        match field.key {
            schema::function::ID => function.id = field.varint(),
            schema::function::NAME => function.name = judge.string(field.varint(), field.offset)?,
            schema::function::SYSTEM_NAME => {
                function.system_name = judge.string(field.varint(), field.offset)?;
            }
            schema::function::FILENAME => function.filename = judge.string(field.varint(), field.offset)?,
            schema::function::START_LINE => function.start_line = field.varint() as i64,
            _ => field.unknown(schema::function::LAST)?,
        }
    }
    Ok(function)
}

pub(crate) fn mapping(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<Mapping> {
    let mut mapping = Mapping::new(0);
    while let Some(field) = next_field(&mut message, schema::mapping::LAST)? {
        let value = field.varint();
        match field.key {
            schema::mapping::ID => mapping.id = value,
            schema::mapping::MEMORY_START => mapping.memory_start = value,
            schema::mapping::MEMORY_LIMIT => mapping.memory_limit = value,
            schema::mapping::FILE_OFFSET => mapping.file_offset = value,
            schema::mapping::FILENAME => mapping.filename = judge.string(value, field.offset)?,
            schema::mapping::BUILD_ID => mapping.build_id = judge.string(value, field.offset)?,
            schema::mapping::HAS_FUNCTIONS => mapping.has_functions = value != 0,
            schema::mapping::HAS_FILENAMES => mapping.has_filenames = value != 0,
            schema::mapping::HAS_LINE_NUMBERS => mapping.has_line_numbers = value != 0,
            schema::mapping::HAS_INLINE_FRAMES => mapping.has_inline_frames = value != 0,
            _ => field.unknown(schema::mapping::LAST)?,
        }
    }
    Ok(mapping)
}

pub(crate) fn location(
    mut message: Cursor<'_>,
    mappings: &Ids,
    functions: &Ids,
    lines: &mut Vec<Line>,
    judge: &impl Judge,
) -> Scan<Location> {
    let mut location = Location { id: 0, mapping: None, address: 0, is_folded: false };
    while let Some(field) = next_field(&mut message, schema::location::LAST)? {
        match field.key {
            schema::location::ID => location.id = field.varint(),
            schema::location::MAPPING_ID => {
                location.mapping = mappings.row(field.varint()).map(MappingId);
                // Like Go's reader: a mapping that does not exist is no mapping.
                if location.mapping.is_none() && field.varint() != 0 {
                    judge.note(Rule::UnknownMapping, field.offset);
                }
            }
            schema::location::ADDRESS => location.address = field.varint(),
            schema::location::LINE => lines.push(line(field.bytes(), functions, field.offset)?),
            schema::location::IS_FOLDED => location.is_folded = field.varint() != 0,
            _ => field.unknown(schema::location::LAST)?,
        }
    }
    Ok(location)
}

fn line(mut message: Cursor<'_>, functions: &Ids, offset: u64) -> Scan<Line> {
    let mut line = Line { function: FunctionId(NONE), line: 0, column: 0 };
    while let Some(field) = next_field(&mut message, schema::line::LAST)? {
        match field.key {
            schema::line::FUNCTION_ID => match functions.row(field.varint()) {
                Some(row) => line.function = FunctionId(row),
                None => return Err(Fault::new(ErrorKind::UnknownRef, field.offset)),
            },
            schema::line::LINE => line.line = field.varint() as i64,
            schema::line::COLUMN => line.column = field.varint() as i64,
            _ => field.unknown(schema::line::LAST)?,
        }
    }
    if line.function.0 == NONE { Err(Fault::new(ErrorKind::UnknownRef, offset)) } else { Ok(line) }
}
