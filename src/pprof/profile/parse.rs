//! From a protobuf message to columns.

use super::{Columns, Profile, Strings};
use crate::error::{ErrorKind, Fault, Result};
use crate::pprof::ids::Ids;
use crate::pprof::judge::{Judge, Strict};
use crate::pprof::outline::Outline;
use crate::pprof::refuse::refuse;
use crate::pprof::rules::Rule;
use crate::pprof::scan::{Scan, next_part};
use crate::pprof::schema::{self, sample};
use crate::pprof::tables;
use crate::pprof::types::{Label, LabelValue, LocationId, StringId};
use crate::wire::Cursor;

/// The profile in a `message` that is not compressed.
pub(crate) fn from_message(message: &[u8]) -> Result<Profile> {
    decode(message).map_err(|fault| refuse(message, fault))
}

fn decode(message: &[u8]) -> Scan<Profile> {
    if message.is_empty() {
        return Err(Fault::new(ErrorKind::Empty, 0));
    }
    let outline = Outline::new(message)?;
    let decoded = tables::decode(message, &outline)?;
    let mut strings = Strings::with_capacity(decoded.strings.len(), outline.string_bytes as usize);
    outline.each(message, schema::profile::STRING, |_, bytes| {
        strings.push(bytes.rest());
        Ok(())
    })?;
    let types = decoded.tables.sample_types.len();
    let samples = outline.count(schema::profile::SAMPLE);
    let mut columns = Columns::default();
    columns.stack_ends.reserve_exact(samples);
    columns.values.reserve_exact(samples.saturating_mul(types).min(message.len()));
    let judge = &Strict { strings: decoded.strings.len() as u64 };
    outline.each(message, schema::profile::SAMPLE, |at, sample| {
        if types == 0 {
            return Err(Fault::new(ErrorKind::NoSampleType, at));
        }
        columns.sample(sample, &decoded.location_ids, judge)?;
        if columns.values.len() != columns.stack_ends.len() * types {
            return Err(Fault::new(ErrorKind::ValueCount, at));
        }
        Ok(())
    })?;
    columns.stacks.shrink_to_fit();
    columns.labels.shrink_to_fit();
    columns.label_ends.shrink_to_fit();
    Ok(Profile { strings, tables: decoded.tables, columns })
}

impl Columns {
    pub(crate) fn sample(&mut self, mut message: Cursor<'_>, ids: &Ids, judge: &impl Judge) -> Scan<()> {
        while let Some(part) = next_part(&mut message, sample::LAST)? {
            match part.key {
                sample::LOCATION_IDS => {
                    let mut packed = part.bytes();
                    while !packed.is_empty() {
                        let at = packed.offset();
                        let id = packed.varint()?;
                        self.location(id, ids, at)?;
                    }
                }
                sample::LOCATION_ID => self.location(part.varint(), ids, part.at)?,
                sample::VALUES => {
                    let mut packed = part.bytes();
                    while !packed.is_empty() {
                        self.values.push(packed.varint()? as i64);
                    }
                }
                sample::VALUE => self.values.push(part.varint() as i64),
                sample::LABEL => {
                    let label = label(part.bytes(), judge)?;
                    self.push_label(label);
                }
                _ => part.unknown(sample::LAST)?,
            }
        }
        self.end_sample();
        Ok(())
    }

    #[inline(always)]
    fn location(&mut self, id: u64, ids: &Ids, at: u64) -> Scan<()> {
        match ids.row(id) {
            Some(row) => {
                self.stacks.push(LocationId(row));
                Ok(())
            }
            None => Err(Fault::new(ErrorKind::UnknownRef, at)),
        }
    }
}

/// Reads a label. One with a text is a text label, whatever else it has; one with neither text nor number is a
/// text label that is empty, as Go writes `pprof.Labels("k", "")`.
fn label(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<Label> {
    let at = message.offset();
    let (mut key, mut text, mut number, mut unit) = (StringId::EMPTY, StringId::EMPTY, None, StringId::EMPTY);
    while let Some(part) = next_part(&mut message, schema::label::LAST)? {
        match part.key {
            schema::label::KEY => key = judge.string(part.varint(), part.at)?,
            schema::label::STR => text = judge.string(part.varint(), part.at)?,
            schema::label::NUM => number = Some(part.varint() as i64),
            schema::label::NUM_UNIT => unit = judge.string(part.varint(), part.at)?,
            _ => part.unknown(schema::label::LAST)?,
        }
    }
    if text != StringId::EMPTY && number.is_some_and(|number| number != 0) {
        judge.note(Rule::LabelTextAndNumber, at);
    }
    if key == StringId::EMPTY {
        judge.note(Rule::LabelKeyEmpty, at);
    }
    let value = match number {
        _ if text != StringId::EMPTY => LabelValue::Str(text),
        None if unit == StringId::EMPTY => LabelValue::Str(text),
        number => LabelValue::Num { value: number.unwrap_or(0), unit },
    };
    Ok(Label { key, value })
}
