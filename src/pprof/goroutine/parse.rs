//! From a text to rows.

use std::borrow::Cow;

use super::defects::Defects;
use super::log::{self, Places};
use super::note::Note;
use super::parser::Parser;
use super::row::Rows;
use super::state::Pass;
use crate::error::{Error, ErrorKind, Result};
use crate::format::detect;
use crate::pprof::options::ReadOptions;
use crate::pprof::text::lines::clean;

/// A dump that was read.
pub(super) struct Parsed<'a> {
    /// The text that the rows point into.
    pub(super) text: Cow<'a, [u8]>,
    /// Which lines of the input it has.
    pub(super) places: Places,
    pub(super) rows: Rows,
    pub(super) defects: Defects,
}

/// Reads the dumps in `text`.
///
/// # Errors
/// As [`GoroutineDump::parse_with`](super::GoroutineDump::parse_with).
pub(super) fn parse<'a>(text: Cow<'a, [u8]>, options: &ReadOptions) -> Result<Parsed<'a>> {
    let max = options.limits.inflated.min(u64::from(u32::MAX));
    if text.len() as u64 > max {
        let detail = format!("more than {max} bytes (Limits::inflated)");
        return Err(Error::new(ErrorKind::Limit).at(max).detail(detail));
    }
    let text = clean(text);
    let mut parser = Parser::new(options, Places::default(), Pass::AsItIs);
    parser.run(&text)?;
    let parsed = if let Some(first) = parser.dressed {
        // What was searched without a row needs no second search.
        let Rows { goroutines, system, notes, .. } = &parser.rows;
        let is_first = goroutines.is_empty() && system.is_empty() && notes.is_empty();
        let taken = log::take(&text, if is_first { first } else { 0 });
        let mut parser = Parser::new(options, taken.places, Pass::Undressed);
        parser.run(&taken.text)?;
        let Parser { places, rows, mut defects, .. } = parser;
        // A line of the log may hold several of the text.
        defects.unknown_lines = defects.unknown_lines.min(taken.kept_lines) + taken.unknown_lines;
        let first = [defects.first_unknown_line, taken.first_unknown_line];
        defects.first_unknown_line = first.into_iter().filter(|&line| line > 0).min().unwrap_or(0);
        Parsed { text: Cow::Owned(taken.text), places, rows, defects }
    } else {
        let Parser { places, rows, defects, .. } = parser;
        Parsed { text, places, rows, defects }
    };
    let Parsed { text, rows, .. } = &parsed;
    let is_crash = |note| !matches!(note, Note::GoCommand(_) | Note::Register { .. } | Note::Runtime(_));
    let mut notes = rows.notes.iter().filter_map(|note| Note::parse(note.text(text)));
    if rows.goroutines.is_empty() && rows.system.is_empty() && !notes.any(is_crash) {
        let what = detect(text).describe();
        let detail = format!("this is {what} without any goroutine");
        return Err(Error::new(ErrorKind::BadMagic).at(0).detail(detail));
    }
    Ok(parsed)
}
