//! How many frames the stacks of a message have, once inlined calls are expanded.
//!
//! A few megabytes can have any number of them: many samples that share one location of many lines. A walk
//! over the frames pays for each, so their number is limited. Two multiplications show what cannot come near
//! the limit.

use super::fields::{Scan, next_field};
use super::outline::Outline;
use super::sample::{Fields, each_field};
use super::schema::{location, profile};
use crate::table::Map;
use crate::wire::Cursor;

/// Whether the samples have more than `max` frames. What is wrong with the wire is for the decoder to report.
pub(super) fn is_over(message: &[u8], outline: &Outline, max: u64) -> bool {
    let references = outline.bytes(profile::SAMPLE);
    // A line takes two bytes or more of its location, a reference one of its sample.
    if references.saturating_mul(outline.longest(profile::LOCATION) / 2 + 1) <= max {
        return false;
    }
    let lines = lines(message, outline);
    let most = lines.values().copied().max().unwrap_or(1);
    references.saturating_mul(most) > max && frames(message, outline, lines, max) > max
}

/// The number of lines of each location that has more than one.
fn lines(message: &[u8], outline: &Outline) -> Map<u64, u64> {
    let mut lines = Map::default();
    let _ = outline.each(message, profile::LOCATION, |_, mut fields| {
        let (mut id, mut count) = (0, 0);
        while let Some(field) = next_field(&mut fields, location::LAST)? {
            match field.key {
                location::ID => id = field.varint(),
                location::LINE => count += 1,
                _ => {}
            }
        }
        if count > 1 {
            lines.insert(id, count);
        }
        Ok(())
    });
    lines
}

fn frames(message: &[u8], outline: &Outline, lines: Map<u64, u64>, max: u64) -> u64 {
    let mut count = Count { lines, frames: 0 };
    let _ = outline.each(message, profile::SAMPLE, |_, sample| {
        if count.frames <= max {
            each_field(sample, &mut count)?;
        }
        Ok(())
    });
    count.frames
}

struct Count {
    lines: Map<u64, u64>,
    frames: u64,
}

impl<'a> Fields<'a> for Count {
    fn locations(&mut self, mut packed: Cursor<'a>) -> Scan<()> {
        while !packed.is_empty() {
            let offset = packed.offset();
            let id = packed.varint()?;
            self.location(id, offset)?;
        }
        Ok(())
    }

    fn location(&mut self, id: u64, _at: u64) -> Scan<()> {
        self.frames = self.frames.saturating_add(self.lines.get(&id).copied().unwrap_or(1));
        Ok(())
    }

    fn values(&mut self, _packed: Cursor<'a>) -> Scan<()> {
        Ok(())
    }

    fn value(&mut self, _value: i64) {}

    fn label(&mut self, _message: Cursor<'a>) -> Scan<()> {
        Ok(())
    }
}
