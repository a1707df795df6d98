//! What an input holds and where: the first pass over a profile, which decodes no message.

use super::fields::{Field, Scan, Value, next_field};
use super::schema::{profile, value_type};
use crate::error::{ErrorKind, Fault};
use crate::wire::Cursor;

/// A value, and the offset of its field.
pub(crate) type At = (u64, u64);

/// How many fields of each number there are, between which offsets, and the single values.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    runs: [Run; 7],
    scalars: [At; 16],
    pub(crate) period_type: Option<[At; 2]>,
    /// The offset of a second period type.
    pub(crate) period_type_again: Option<u64>,
    pub(crate) comments: Vec<At>,
}

/// Where the fields of one number are.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    count: u32,
    start: u64,
    end: u64,
    /// Bytes of all of them, and of the longest one, without keys and lengths.
    bytes: u64,
    longest: u64,
}

impl Outline {
    /// Reads the fields of the top level of `input`.
    pub(crate) fn new(input: &[u8]) -> Scan<Self> {
        let mut outline = Self::default();
        let mut cursor = Cursor::new(input);
        while let Some(field) = next_field(&mut cursor, profile::LAST)? {
            match field.value {
                Value::Len(bytes) if (profile::SAMPLE_TYPE..=profile::STRING).contains(&field.key) => {
                    let end = cursor.offset();
                    if let Some(run) = outline.runs.get_mut((field.key >> 3) as usize) {
                        if run.count == 0 {
                            run.start = field.offset;
                        }
                        run.count += 1;
                        run.end = end;
                        let len = bytes.rest().len() as u64;
                        run.bytes += len;
                        run.longest = run.longest.max(len);
                    }
                }
                _ => outline.rare(field)?,
            }
        }
        Ok(outline)
    }

    fn rare(&mut self, field: Field<'_>) -> Scan<()> {
        match field.key {
            profile::COMMENT => self.comments.push((field.varint(), field.offset)),
            profile::COMMENTS => {
                let mut packed = field.bytes();
                while !packed.is_empty() {
                    let offset = packed.offset();
                    self.comments.push((packed.varint()?, offset));
                }
            }
            profile::PERIOD_TYPE => {
                if self.period_type.is_some() {
                    self.period_type_again.get_or_insert(field.offset);
                }
                self.period_type(field.bytes())?;
            }
            key if is_single(key) => {
                let before = self.scalar(key).0;
                // Go's reader takes a second time for a second profile.
                if key == profile::TIME_NANOS && before != 0 {
                    return Err(Fault::new(ErrorKind::Concatenated, field.offset));
                }
                if let Some(scalar) = self.scalars.get_mut((key >> 3) as usize) {
                    *scalar = (field.varint(), field.offset);
                }
            }
            _ => field.unknown(profile::LAST)?,
        }
        Ok(())
    }

    /// A second one is merged into the first, as protobuf demands.
    fn period_type(&mut self, mut message: Cursor<'_>) -> Scan<()> {
        let [kind, unit] = self.period_type.get_or_insert_default();
        while let Some(field) = next_field(&mut message, value_type::LAST)? {
            match field.key {
                value_type::TYPE => *kind = (field.varint(), field.offset),
                value_type::UNIT => *unit = (field.varint(), field.offset),
                _ => field.unknown(value_type::LAST)?,
            }
        }
        Ok(())
    }

    /// How many fields of `key` there are.
    pub(crate) fn count(&self, key: u64) -> usize {
        self.run(key).count as usize
    }

    /// Bytes of all fields of `key`, without keys and lengths.
    pub(crate) fn bytes(&self, key: u64) -> u64 {
        self.run(key).bytes
    }

    /// Bytes of the longest field of `key`.
    pub(crate) fn longest(&self, key: u64) -> u64 {
        self.run(key).longest
    }

    fn run(&self, key: u64) -> Run {
        self.runs.get((key >> 3) as usize).copied().unwrap_or_default()
    }

    /// The last value of the varint field `key` and its offset, 0 where it is missing.
    pub(crate) fn scalar(&self, key: u64) -> At {
        self.scalars.get((key >> 3) as usize).copied().unwrap_or_default()
    }

    /// Calls `read` with the offset and the bytes of every field of `key`.
    #[inline]
    pub(crate) fn each<'a>(
        &self,
        input: &'a [u8],
        key: u64,
        mut read: impl FnMut(u64, Cursor<'a>) -> Scan<()>,
    ) -> Scan<()> {
        let run = self.run(key);
        let bytes = input.get(run.start as usize..run.end as usize).unwrap_or_default();
        let mut cursor = Cursor::at(bytes, run.start);
        while let Some(field) = next_field(&mut cursor, profile::LAST)? {
            if field.key == key {
                read(field.offset, field.bytes())?;
            }
        }
        Ok(())
    }
}

/// Whether `key` is that of a single number.
pub(crate) fn is_single(key: u64) -> bool {
    key & 7 == 0
        && (profile::DROP_FRAMES..=profile::DOC_URL).contains(&key)
        && key >> 3 != profile::PERIOD_TYPE >> 3
}
