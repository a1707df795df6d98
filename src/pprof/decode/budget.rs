//! Whether a profile is within its limits: asked of the counts, before anything is allocated.

use super::expansion;
use super::explain::refuse;
use super::fields::next_field;
use super::outline::Outline;
use super::schema::{location, profile, sample};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::limits::Limits;
use crate::wire::Cursor;

/// Handles and offsets are 4 bytes, and one of their bits is a mark.
const MAX_BYTES: u64 = u32::MAX as u64 >> 1;

/// What a message is decoded into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    View,
    Profile,
}

/// Checks that a message of this size may be read at all.
///
/// # Errors
/// `Limit`.
pub(crate) fn fits(message: &[u8], limits: &Limits) -> Result<()> {
    let max = limits.inflated.min(MAX_BYTES);
    if message.len() as u64 > max { Err(too_large(max)) } else { Ok(()) }
}

/// The error for more bytes than limits allow.
#[cold]
pub(crate) fn too_large(max: u64) -> Error {
    Error::new(ErrorKind::Limit).at(max).detail(format!("more than {max} bytes (Limits::inflated)"))
}

/// Checks that a message, which may be damaged, is within `limits`, as far as can be known.
///
/// # Errors
/// `Limit`.
pub(crate) fn within(message: &[u8], limits: &Limits) -> Result<()> {
    match outline(message, limits, Purpose::Profile) {
        Err(error) if error.is_limit() => Err(error),
        _ => Ok(()),
    }
}

/// The outline of a message that is within `limits`.
///
/// # Errors
/// `Empty`, `Limit`, and what is wrong with the fields of the top level.
pub(crate) fn outline(message: &[u8], limits: &Limits, purpose: Purpose) -> Result<Outline> {
    fits(message, limits)?;
    if message.is_empty() {
        return Err(Error::new(ErrorKind::Empty).at(0));
    }
    let outline = Outline::new(message).map_err(|fault| refuse(message, fault))?;
    let rows = [profile::FUNCTION, profile::LOCATION, profile::MAPPING, profile::SAMPLE_TYPE];
    let rows = rows.into_iter().map(|key| outline.count(key)).max().unwrap_or(0) as u64;
    for (name, found, max) in [
        ("samples", outline.count(profile::SAMPLE) as u64, limits.samples),
        ("table_rows", rows, limits.table_rows),
        ("strings", outline.count(profile::STRING) as u64, limits.strings),
        ("string_len", outline.longest(profile::STRING), limits.string_len),
        ("memory", memory(&outline, purpose), limits.memory),
    ] {
        if found > max {
            return Err(over(name, max));
        }
    }
    // Every element takes a byte and more: only messages longer than the limit are worth counting in.
    for (name, max, field, key) in [
        ("stack_depth", limits.stack_depth, profile::SAMPLE, sample::LOCATION_ID),
        ("labels", limits.labels, profile::SAMPLE, sample::LABEL),
        ("lines", limits.lines, profile::LOCATION, location::LINE),
    ] {
        if outline.longest(field) > max {
            in_each(message, &outline, (name, max), field, key)?;
        }
    }
    if expansion::is_over(message, &outline, limits.frames) {
        return Err(over("frames", limits.frames));
    }
    Ok(outline)
}

/// The most that tables, strings and samples can take.
fn memory(outline: &Outline, purpose: Purpose) -> u64 {
    let count = |key| outline.count(key) as u64;
    let tables = 16 * count(profile::SAMPLE_TYPE)
        + 64 * (count(profile::MAPPING) + count(profile::LOCATION) + count(profile::FUNCTION))
        // A line takes 4 bytes or more of its location, and 24 here.
        + 6 * outline.bytes(profile::LOCATION)
        + 8 * count(profile::STRING);
    let samples = match purpose {
        Purpose::View => 16 * count(profile::SAMPLE),
        // A location takes 1 byte or more of its sample, and 4 here; labels no more than that for each byte.
        Purpose::Profile => {
            let values = count(profile::SAMPLE) * count(profile::SAMPLE_TYPE).max(1);
            8 * count(profile::SAMPLE) + 8 * values + 4 * outline.bytes(profile::SAMPLE)
        }
    };
    let strings = if purpose == Purpose::Profile { outline.bytes(profile::STRING) } else { 0 };
    tables + samples + strings
}

/// Counts the elements with `key` in each message of `field`.
#[cold]
fn in_each(message: &[u8], outline: &Outline, (name, max): (&str, u64), field: u64, key: u64) -> Result<()> {
    let number = key >> 3;
    let counted = outline.each(message, field, |offset, mut inner| {
        if inner.rest().len() as u64 <= max {
            return Ok(());
        }
        let mut count = 0;
        while let Some(field) = next_field(&mut inner, u64::MAX >> 3)? {
            let packed = field.key == sample::LOCATION_IDS && key == sample::LOCATION_ID;
            count += match field.key >> 3 {
                found if found != number => 0,
                _ if packed => numbers(field.bytes()),
                _ => 1,
            };
        }
        if count > max { Err(Fault::new(ErrorKind::Limit, offset)) } else { Ok(()) }
    });
    match counted {
        Err(fault) if fault.kind == ErrorKind::Limit => Err(over(name, max).at(fault.at)),
        // What is wrong with the wire is for the decoder to report.
        _ => Ok(()),
    }
}

/// How many packed numbers end in `packed`.
fn numbers(packed: Cursor<'_>) -> u64 {
    packed.rest().iter().filter(|byte| **byte < 0x80).count() as u64
}

#[cold]
fn over(name: &str, max: u64) -> Error {
    Error::new(ErrorKind::Limit).detail(format!("more than {max} (Limits::{name})"))
}
