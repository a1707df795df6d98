//! Labels: what text or number a label message holds.

use super::judge::Judge;
use super::rules::Rule;
use super::scan::{Scan, next_part};
use super::schema::label;
use super::types::{Label, LabelValue, StringId};
use crate::wire::Cursor;

/// Checks a label without reading it.
#[inline(always)]
pub(crate) fn check(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<()> {
    while let Some(part) = next_part(&mut message, label::LAST)? {
        match part.key {
            label::KEY | label::STR | label::NUM_UNIT => drop(judge.string(part.varint(), part.at)?),
            label::NUM => {}
            _ => part.unknown(label::LAST)?,
        }
    }
    Ok(())
}

/// Reads a label. One with a text is a text label, whatever else it has; one with neither text nor number is a
/// text label that is empty, as Go writes `pprof.Labels("k", "")`.
#[inline]
pub(crate) fn read(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<Label> {
    let at = message.offset();
    let (mut key, mut text, mut number, mut unit) = (StringId::EMPTY, StringId::EMPTY, None, StringId::EMPTY);
    while let Some(part) = next_part(&mut message, label::LAST)? {
        match part.key {
            label::KEY => key = judge.string(part.varint(), part.at)?,
            label::STR => text = judge.string(part.varint(), part.at)?,
            label::NUM => number = Some(part.varint() as i64),
            label::NUM_UNIT => unit = judge.string(part.varint(), part.at)?,
            _ => part.unknown(label::LAST)?,
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
