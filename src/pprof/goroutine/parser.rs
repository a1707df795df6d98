//! The states of a dump, line by line: outside, under a header, in a message.

use super::defects::Defects;
use super::frame::{self, NoPosition, Position};
use super::header::{self, Header, creator};
use super::log::{self, Places};
use super::note::Note;
use super::report;
use super::row::{self, Block, Item, Kind, NoteSpan, Rows};
use super::shape::{
    is_function, is_plain_function, is_register, is_start_of_header, is_tab, next_is_position, next_position,
    pasted_position,
};
use super::state::{Pass, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::format::traceback::Candidates;
use crate::pprof::options::ReadOptions;
use crate::pprof::text::lines::Lines;

/// After so many lines that are nobody's, the next line of Go's is searched for.
const PATIENCE: usize = 16;

/// Reads lines into rows.
pub(super) struct Parser<'o> {
    options: &'o ReadOptions,
    pass: Pass,
    pub(super) places: Places,
    pub(super) rows: Rows,
    pub(super) defects: Defects,
    place: Place,
    /// How many lines in a row were nobody's.
    misses: usize,
    /// The first line that holds something of Go's but does not begin with it.
    pub(super) dressed: Option<usize>,
}

/// What is wrong with a line; an error unless lenient.
struct Defect {
    kind: ErrorKind,
    offset: usize,
}

type Step = std::result::Result<(), Defect>;

impl<'o> Parser<'o> {
    pub(super) fn new(options: &'o ReadOptions, places: Places, pass: Pass) -> Self {
        let (rows, defects) = (Rows::default(), Defects::default());
        Self { options, pass, places, rows, defects, place: Place::Outside, misses: 0, dressed: None }
    }

    /// Reads all lines of `text`.
    ///
    /// # Errors
    /// The first defect, unless the reader is lenient.
    pub(super) fn run(&mut self, text: &[u8]) -> Result<()> {
        let mut lines = Lines::new(text);
        let mut candidates = None;
        loop {
            if self.dressed.is_some() && self.pass == Pass::AsItIs {
                return Ok(());
            }
            if self.misses >= PATIENCE {
                self.skip(text, &mut lines, candidates.get_or_insert_with(|| Candidates::new(text)));
            }
            let Some((offset, line)) = lines.next() else { break };
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
            let offset = text.trim_ascii_end().len();
            self.defect(text, &Defect { kind: ErrorKind::Truncated, offset })?;
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
            _ if lines.is_cut(offset, line) && is_start_of_header(line) => {
                Err(Defect { kind: ErrorKind::Truncated, offset })
            }
            _ => self.outside(text, offset, line, lines),
        }
    }

    /// Goes to the next line that may be Go's; those before it are nobody's.
    #[cold]
    fn skip(&mut self, text: &[u8], lines: &mut Lines<'_>, candidates: &mut Candidates<'_>) {
        let from = lines.offset();
        let to = candidates.next_line(from).unwrap_or(text.len());
        let skipped = text.get(from..to).unwrap_or_default();
        let feeds = memchr::memchr_iter(b'\n', skipped).count() as u64;
        self.defects.unknown_lines += feeds + u64::from(!skipped.is_empty() && !skipped.ends_with(b"\n"));
        lines.jump(to);
    }

    fn header(&mut self, offset: usize, line: &[u8]) -> Step {
        self.place = Place::Lost;
        if Header::parse(line).is_none() {
            let too_big = header::has_bad_number(line);
            return Err(Defect { kind: if too_big { ErrorKind::Number } else { ErrorKind::Line }, offset });
        }
        let end = self.rows.items.len() as u32;
        self.rows.goroutines.push(Block { header: offset as u32, start: end, end });
        self.place = Place::Goroutine;
        self.misses = 0;
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
            if let Some((next, after)) = lines.peek() {
                if after.strip_prefix(b"\t").is_some_and(|text| Position::parse(text).is_ok()) {
                    lines.skip(after);
                    return self.item(Kind::Frame, offset, args, next + 1);
                }
            }
            // A log's line may end in a parenthesis, too.
            let is_name = |name: &[u8]| !name.contains(&b' ');
            if line.get(..args).is_some_and(is_name) || next_is_position(lines) {
                return self.positioned(Kind::Frame, offset, args, lines);
            }
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
        if !line.starts_with(b"\t") {
            if next_position(lines).is_some_and(|position| position.pc.is_some()) {
                let name = if line == b"non-Go function" { 0 } else { line.len() };
                return self.positioned(Kind::Foreign, offset, name, lines);
            }
            if is_plain_function(line) && next_is_position(lines) {
                return self.positioned(Kind::Plain, offset, line.len(), lines);
            }
        }
        // goleak ends its list with a bracket.
        if line == b"]" {
            self.place = Place::Outside;
            return Ok(());
        }
        if lines.is_cut(offset, line) && Note::parse(line).is_none() {
            return Err(Defect { kind: ErrorKind::Truncated, offset });
        }
        self.outside(text, offset, line, lines)
    }

    /// An entry whose second line, where it follows, gives the position.
    #[inline]
    fn positioned(&mut self, kind: Kind, offset: usize, len: usize, lines: &mut Lines<'_>) -> Step {
        let Some((next, line)) = lines.peek() else {
            self.item(kind, offset, len, 0)?;
            return Err(Defect { kind: ErrorKind::Truncated, offset });
        };
        let parsed = match line.strip_prefix(b"\t") {
            Some(position) => Position::parse(position).map(|_| next + 1),
            // A paste makes blanks of tabs, or takes them away.
            None => pasted_position(line).map(|indent| next + indent),
        };
        match parsed {
            Ok(position) => {
                lines.skip(line);
                self.item(kind, offset, len, position)
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
            Place::Outside | Place::Message | Place::Lost => None,
        }
    }

    /// A line that belongs to no goroutine.
    #[cold]
    fn outside(&mut self, text: &[u8], offset: usize, line: &[u8], lines: &mut Lines<'_>) -> Step {
        if line == b"runtime stack:" {
            let end = self.rows.items.len() as u32;
            self.rows.system.push(Block { header: offset as u32, start: end, end });
            self.place = Place::System;
            self.misses = 0;
            return Ok(());
        }
        if line == b"WARNING: DATA RACE" {
            self.place = Place::Outside;
            self.misses = 0;
            let unknown = report::read(&mut self.rows, offset, lines);
            self.defects.unknown_lines += unknown.ok_or(Defect { kind: ErrorKind::Limit, offset })?;
            return Ok(());
        }
        if header::goleak(line).is_some() {
            return self.header(offset, line);
        }
        if self.place != Place::Lost && is_function(line) && next_is_position(lines) {
            let end = self.rows.items.len() as u32;
            self.rows.goroutines.push(Block { header: offset as u32, start: end, end });
            self.place = Place::Goroutine;
            self.misses = 0;
            return self.under_header(text, offset, line, lines);
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
            None => self.unknown(text, offset, line, lines),
        }
        Ok(())
    }

    fn note(&mut self, offset: usize, text: &[u8]) {
        self.misses = 0;
        self.rows.notes.push(NoteSpan { offset: offset as u32, len: text.len() as u32 });
    }

    fn unknown(&mut self, text: &[u8], offset: usize, line: &[u8], lines: &Lines<'_>) {
        // The detector's rulers.
        if line.len() == 18 && line.iter().all(|&byte| byte == b'=') {
            return;
        }
        self.misses += 1;
        if self.misses >= PATIENCE {
            self.place = Place::Outside;
        }
        if self.dressed.is_none() && log::is_dressed(line, lines.peek().map_or(&b""[..], |(_, next)| next)) {
            self.dressed = Some(offset);
        }
        self.defects.unknown_lines += 1;
        if self.defects.first_unknown_line == 0 {
            self.defects.first_unknown_line = self.places.line(text, offset);
        }
    }

    #[cold]
    fn defect(&mut self, text: &[u8], defect: &Defect) -> Result<()> {
        // Another thread's log between the lines of a frame is common, and does not make the file a wrong
        // one.
        if !self.options.lenient && defect.kind != ErrorKind::Line {
            let error = Error::new(defect.kind).at_line(self.places.line(text, defect.offset), 1);
            return Err(match defect.kind {
                ErrorKind::Limit => error
                    .detail(format!("a line of more than {} bytes (Limits::line)", self.options.limits.line)),
                ErrorKind::Truncated => error.detail("the dump ends inside a goroutine"),
                _ => error,
            });
        }
        let defects = &mut self.defects;
        if defects.first_damaged_line == 0 {
            defects.first_damaged_line = self.places.line(text, defect.offset);
        }
        match defect.kind {
            ErrorKind::Truncated => defects.is_truncated = true,
            ErrorKind::Limit => defects.long_lines += 1,
            ErrorKind::Number => defects.bad_numbers += 1,
            _ => defects.incomplete_frames += 1,
        }
        Ok(())
    }
}
