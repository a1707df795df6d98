//! Labels: what text or number a label message holds.

use super::fields::{Scan, next_field};
use super::judge::{Judge, Strict};
use super::schema::label;
use crate::pprof::rule::Rule;
use crate::pprof::types::{Label, LabelValue, StringId};
use crate::wire::Cursor;

/// The indices of key and text in a label as most are: key, then text, then the end.
#[inline(always)]
fn short_text(message: Cursor<'_>) -> Option<(u64, u64)> {
    const KEY: u8 = label::KEY as u8;
    const STR: u8 = label::STR as u8;
    let [KEY, key @ 0..0x80, STR, text @ ..] = message.rest() else { return None };
    let text = match *text {
        [a @ 0..0x80] => u64::from(a),
        [a @ 0x80..=0xff, b @ 0..0x80] => u64::from(a & 0x7f) | u64::from(b) << 7,
        [a @ 0x80..=0xff, b @ 0x80..=0xff, c @ 0..0x80] => {
            u64::from(a & 0x7f) | u64::from(b & 0x7f) << 7 | u64::from(c) << 14
        }
        _ => return None,
    };
    Some((u64::from(*key), text))
}

/// Checks a label without reading it.
#[inline(always)]
pub(crate) fn check(mut message: Cursor<'_>, strings: &Strict) -> Scan<()> {
    if short_text(message).is_some_and(|(key, text)| key.max(text) < strings.strings) {
        return Ok(());
    }
    while let Some(field) = next_field(&mut message, label::LAST)? {
        match field.key {
            label::KEY | label::STR | label::NUM_UNIT => drop(strings.string(field.varint(), field.offset)?),
            label::NUM => {}
            _ => field.unknown(label::LAST)?,
        }
    }
    Ok(())
}

/// Reads a label. One with a text is a text label, whatever else it has; one with neither text nor number is
/// a text label that is empty, as Go writes `pprof.Labels("k", "")`.
#[inline]
pub(crate) fn read(mut message: Cursor<'_>, judge: &impl Judge) -> Scan<Label> {
    let offset = message.offset();
    if let Some((key, text)) = short_text(message).filter(|(key, text)| *key != 0 && *text != 0) {
        let (key, text) = (judge.string(key, offset)?, judge.string(text, offset + 2)?);
        return Ok(Label { key, value: LabelValue::Str(text) });
    }
    let (mut key, mut text, mut number, mut unit) = (StringId::EMPTY, StringId::EMPTY, None, StringId::EMPTY);
    while let Some(field) = next_field(&mut message, label::LAST)? {
        match field.key {
            label::KEY => key = judge.string(field.varint(), field.offset)?,
            label::STR => text = judge.string(field.varint(), field.offset)?,
            label::NUM => number = Some(field.varint() as i64),
            label::NUM_UNIT => unit = judge.string(field.varint(), field.offset)?,
            _ => field.unknown(label::LAST)?,
        }
    }
    if text != StringId::EMPTY && number.is_some_and(|number| number != 0) {
        judge.note(Rule::LabelTextAndNumber, offset);
    }
    if key == StringId::EMPTY {
        judge.note(Rule::LabelKeyEmpty, offset);
    }
    let value = match number {
        _ if text != StringId::EMPTY => LabelValue::Str(text),
        None if unit == StringId::EMPTY => LabelValue::Str(text),
        number => LabelValue::Num { value: number.unwrap_or(0), unit },
    };
    Ok(Label { key, value })
}
