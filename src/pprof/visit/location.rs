//! A location and its lines, with ids as the file gives them.

use crate::error::Result;
use crate::pprof::decode::fields::{Scan, next_field};
use crate::pprof::decode::schema::{line, location};
use crate::wire::Cursor;

/// A location as the file gives it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Location<'a> {
    /// Its id.
    pub id: u64,
    /// The id of its mapping, 0 without one.
    pub mapping_id: u64,
    /// Its address.
    pub address: u64,
    /// Whether several symbols have this address.
    pub is_folded: bool,
    pub(super) message: Cursor<'a>,
}

/// A line of a location as the file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// The id of the function.
    pub function_id: u64,
    /// The line in its file.
    pub line: i64,
    /// The column.
    pub column: i64,
}

impl<'a> Location<'a> {
    pub(super) fn read(message: Cursor<'a>) -> Scan<Self> {
        let mut found = Self { id: 0, mapping_id: 0, address: 0, is_folded: false, message };
        let mut rest = message;
        while let Some(field) = next_field(&mut rest, location::LAST)? {
            match field.key {
                location::ID => found.id = field.varint(),
                location::MAPPING_ID => found.mapping_id = field.varint(),
                location::ADDRESS => found.address = field.varint(),
                location::IS_FOLDED => found.is_folded = field.varint() != 0,
                location::LINE => {}
                _ => field.unknown(location::LAST)?,
            }
        }
        Ok(found)
    }

    /// Its lines, innermost first.
    pub fn lines(&self) -> Lines<'a> {
        Lines { message: self.message }
    }
}

/// The lines of a [`Location`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    message: Cursor<'a>,
}

impl Lines<'_> {
    pub(super) fn read(&mut self) -> Scan<Option<Line>> {
        while let Some(field) = next_field(&mut self.message, location::LAST)? {
            if field.key != location::LINE {
                continue;
            }
            let mut found = Line { function_id: 0, line: 0, column: 0 };
            let mut rest = field.bytes();
            while let Some(field) = next_field(&mut rest, line::LAST)? {
                match field.key {
                    line::FUNCTION_ID => found.function_id = field.varint(),
                    line::LINE => found.line = field.varint() as i64,
                    line::COLUMN => found.column = field.varint() as i64,
                    _ => field.unknown(line::LAST)?,
                }
            }
            return Ok(Some(found));
        }
        Ok(None)
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.read();
        if line.is_err() {
            self.message = Cursor::new(&[]);
        }
        line.map_err(Into::into).transpose()
    }
}
