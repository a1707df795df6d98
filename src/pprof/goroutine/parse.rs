//! From lines to rows.

use std::borrow::Cow;

use super::defects::Defects;
use super::frame::{self, NoPosition, Position};
use super::header::{self, Header, creator};
use super::note::Note;
use super::row::{self, Block, Item, Kind, NoteSpan, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::format::detect;
use crate::pprof::options::ReadOptions;
use crate::pprof::text::lines::{Lines, clean, line_number};

/// The dump in `text`: the clean text, the rows that point into it, and what was not understood.
///
/// # Errors
/// As [`GoroutineDump::parse_with`](super::GoroutineDump::parse_with).
pub(super) fn rows<'a>(text: Cow<'a, [u8]>, options: &ReadOptions) -> Result<(Cow<'a, [u8]>, Rows, Defects)> {
    let max = options.limits.inflated.min(u64::from(u32::MAX));
    if text.len() as u64 > max {
        let detail = format!("more than {max} bytes (Limits::inflated)");
        return Err(Error::new(ErrorKind::Limit).at(max).detail(detail));
    }
    let text = match text {
        Cow::Borrowed(text) => clean(text, header::find)?,
        Cow::Owned(text) => Cow::Owned(match clean(&text, header::find)? {
            Cow::Owned(clean) => clean,
            Cow::Borrowed(clean) if clean.len() == text.len() => text,
            Cow::Borrowed(clean) => clean.to_vec(),
        }),
    };
    let mut parser =
        Parser { options, rows: Rows::default(), defects: Defects::default(), place: Place::Outside };
    parser.run(&text)?;
    let Parser { rows, defects, .. } = parser;
    let is_crash = |note| !matches!(note, Note::GoCommand(_) | Note::Register { .. } | Note::Runtime(_));
    let mut notes = rows.notes.iter().filter_map(|note| Note::parse(note.text(&text)));
    if rows.goroutines.is_empty() && rows.system.is_empty() && !notes.any(is_crash) {
        let what = detect(&text).describe();
        let detail = format!("this is {what} without any goroutine");
        return Err(Error::new(ErrorKind::BadMagic).at(0).detail(detail));
    }
    Ok((text, rows, defects))
}

/// Where the parser is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    /// Under a goroutine's header.
    Goroutine,
    /// Under `runtime stack:`.
    System,
    /// In the message of a panic.
    Message,
}

struct Parser<'o> {
    options: &'o ReadOptions,
    rows: Rows,
    defects: Defects,
    place: Place,
}

/// What is wrong with a line; an error unless lenient.
struct Defect {
    kind: ErrorKind,
    offset: usize,
}

type Step = std::result::Result<(), Defect>;

impl Parser<'_> {
    fn run(&mut self, text: &[u8]) -> Result<()> {
        let mut lines = Lines::new(text);
        while let Some((offset, line)) = lines.next() {
            let step = if line.len() as u64 > self.options.limits.line {
                Err(Defect { kind: ErrorKind::Limit, offset })
            } else {
                self.line(text, offset, line, &mut lines)
            };
            if let Err(defect) = step {
                self.defect(text, &defect)?;
            }
        }
        if self.open_block().is_some_and(|block| block.start == block.end) && !text.ends_with(b"\n\n") {
            self.defect(text, &Defect { kind: ErrorKind::Truncated, offset: text.len() })?;
        }
        Ok(())
    }

    #[inline]
    fn line(&mut self, text: &[u8], offset: usize, line: &[u8], lines: &mut Lines<'_>) -> Step {
        if line.is_empty() {
            self.place = Place::Outside;
            return Ok(());
        }
        if line.starts_with(b"goroutine ") && header::is_header(line) {
            return self.header(offset, line);
        }
        match self.place {
            Place::Goroutine | Place::System => self.under_header(text, offset, line, lines),
            Place::Message | Place::Outside if lines.is_cut(offset, line) && is_start_of_header(line) => {
                Err(Defect { kind: ErrorKind::Truncated, offset })
            }
            Place::Message | Place::Outside => self.outside(text, offset, line),
        }
    }

    fn header(&mut self, offset: usize, line: &[u8]) -> Step {
        self.place = Place::Outside;
        if Header::parse(line).is_none() {
            let too_big = header::has_bad_number(line);
            return Err(Defect { kind: if too_big { ErrorKind::Number } else { ErrorKind::Line }, offset });
        }
        let end = self.rows.items.len() as u32;
        self.rows.goroutines.push(Block { header: offset as u32, start: end, end });
        self.place = Place::Goroutine;
        Ok(())
    }

    /// A line under a header: a frame with the line after it, or one of the rarer entries.
    #[inline]
    fn under_header(&mut self, text: &[u8], offset: usize, line: &[u8], lines: &mut Lines<'_>) -> Step {
        if let Some(func) = line.strip_prefix(b"created by ") {
            if creator(func).1.is_err() {
                return Err(Defect { kind: ErrorKind::Number, offset });
            }
            return self.positioned(Kind::CreatedBy, offset + 11, func.len(), lines);
        }
        if let Some(args) = frame::arguments(line) {
            return self.positioned(Kind::Frame, offset, args, lines);
        }
        self.rare_entry(text, offset, line, lines)
    }

    #[cold]
    fn rare_entry(&mut self, text: &[u8], offset: usize, line: &[u8], lines: &mut Lines<'_>) -> Step {
        if row::elided(line).is_some() {
            return self.item(Kind::Elided, offset, 0, 0);
        }
        if row::ancestor(line).is_some() {
            return self.item(Kind::Ancestor, offset, 0, 0);
        }
        if line == b"\tgoroutine running on other thread; stack unavailable" {
            return self.item(Kind::Unavailable, offset, 0, 0);
        }
        if let Some(pc) = row::anonymous(line) {
            return self.item(Kind::Foreign, offset, 0, offset + pc);
        }
        let is_foreign = |(_, next): (usize, &[u8])| {
            next.strip_prefix(b"\t").is_some_and(|next| Position::parse(next).is_ok_and(|p| p.pc.is_some()))
        };
        if !line.starts_with(b"\t") && lines.peek().is_some_and(is_foreign) {
            let name = if line == b"non-Go function" { 0 } else { line.len() };
            return self.positioned(Kind::Foreign, offset, name, lines);
        }
        if lines.is_cut(offset, line) {
            return Err(Defect { kind: ErrorKind::Truncated, offset });
        }
        self.outside(text, offset, line)
    }

    /// An entry whose second line, where it follows, gives the position.
    #[inline]
    fn positioned(&mut self, kind: Kind, offset: usize, len: usize, lines: &mut Lines<'_>) -> Step {
        let Some((next, line)) = lines.peek() else {
            self.item(kind, offset, len, 0)?;
            return Err(Defect { kind: ErrorKind::Truncated, offset });
        };
        let parsed = match line.strip_prefix(b"\t") {
            Some(position) => Position::parse(position),
            None => Err(NoPosition::Other),
        };
        match parsed {
            Ok(_) => {
                lines.skip(line);
                self.item(kind, offset, len, next + 1)
            }
            Err(NoPosition::Number) => {
                lines.skip(line);
                self.item(kind, offset, len, 0)?;
                Err(Defect { kind: ErrorKind::Number, offset: next })
            }
            Err(NoPosition::Other) => {
                self.item(kind, offset, len, 0)?;
                if line.starts_with(b"\t") && lines.is_cut(next, line) {
                    lines.skip(line);
                    return Err(Defect { kind: ErrorKind::Truncated, offset: next });
                }
                Err(Defect { kind: ErrorKind::Line, offset: next })
            }
        }
    }

    #[inline]
    fn item(&mut self, kind: Kind, offset: usize, len: usize, position: usize) -> Step {
        let Some(item) = Item::new(kind, offset, len, position) else {
            return Err(Defect { kind: ErrorKind::Limit, offset });
        };
        self.rows.items.push(item);
        let end = self.rows.items.len() as u32;
        if let Some(block) = self.open_block() {
            block.end = end;
        }
        Ok(())
    }

    #[inline]
    fn open_block(&mut self) -> Option<&mut Block> {
        match self.place {
            Place::Goroutine => self.rows.goroutines.last_mut(),
            Place::System => self.rows.system.last_mut(),
            Place::Outside | Place::Message => None,
        }
    }

    /// A line that belongs to no goroutine.
    #[cold]
    fn outside(&mut self, text: &[u8], offset: usize, line: &[u8]) -> Step {
        if line == b"runtime stack:" {
            let end = self.rows.items.len() as u32;
            self.rows.system.push(Block { header: offset as u32, start: end, end });
            self.place = Place::System;
            return Ok(());
        }
        if self.place == Place::Message && !Note::parse(line).is_some_and(|note| note.ends_message()) {
            if let Some(note) = self.rows.notes.last_mut() {
                note.len = (offset + line.len() - note.offset as usize) as u32;
            }
            return Ok(());
        }
        match Note::parse(line) {
            Some(note) => {
                self.note(offset, line);
                match note {
                    Note::Panic { .. } => self.place = Place::Message,
                    _ if self.place == Place::Message => self.place = Place::Outside,
                    _ => {}
                }
            }
            None if line.split(is_tab).all(is_register) => {
                let mut start = offset;
                for register in line.split(is_tab) {
                    self.note(start, register);
                    start += register.len() + 1;
                }
            }
            None => self.unknown(text, offset),
        }
        Ok(())
    }

    fn note(&mut self, offset: usize, text: &[u8]) {
        self.rows.notes.push(NoteSpan { offset: offset as u32, len: text.len() as u32 });
    }

    fn unknown(&mut self, text: &[u8], offset: usize) {
        self.defects.unknown_lines += 1;
        if self.defects.first_unknown_line == 0 {
            self.defects.first_unknown_line = line_number(text, offset);
        }
    }

    #[cold]
    fn defect(&mut self, text: &[u8], defect: &Defect) -> Result<()> {
        // Another thread's log between the lines of a frame is common, and does not make the file a wrong
        // one.
        if !self.options.lenient && defect.kind != ErrorKind::Line {
            let error = Error::new(defect.kind).at_line(line_number(text, defect.offset), 1);
            return Err(match defect.kind {
                ErrorKind::Limit => error
                    .detail(format!("a line of more than {} bytes (Limits::line)", self.options.limits.line)),
                ErrorKind::Truncated => error.detail("the dump ends inside a goroutine"),
                _ => error,
            });
        }
        let defects = &mut self.defects;
        match defect.kind {
            ErrorKind::Truncated => defects.is_truncated = true,
            ErrorKind::Limit => defects.long_lines += 1,
            ErrorKind::Number => defects.bad_numbers += 1,
            _ => defects.incomplete_frames += 1,
        }
        Ok(())
    }
}

/// For some processors, Go prints several registers per line.
fn is_tab(byte: &u8) -> bool {
    *byte == b'\t'
}

fn is_register(text: &[u8]) -> bool {
    matches!(Note::parse(text), Some(Note::Register { .. }))
}

fn is_start_of_header(line: &[u8]) -> bool {
    line.starts_with(b"goroutine ") || b"goroutine ".starts_with(line)
}
