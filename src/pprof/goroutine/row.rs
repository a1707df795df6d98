//! The rows of a dump: offsets into its text, decoded when they are looked at.
//!
//! A row is made only after what it points at has been decoded once, so that looking cannot fail.

use super::entry::{CreatedBy, Entry};
use super::frame::{Frame, Position};
use super::header::creator;
use super::hex::hex;
use super::race_line::created_at;

/// All rows of a dump.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) goroutines: Vec<Block>,
    /// Stacks without a goroutine.
    pub(super) system: Vec<Block>,
    pub(super) items: Vec<Item>,
    pub(super) notes: Vec<NoteSpan>,
    pub(super) races: Vec<RaceSpan>,
}

/// A report of the race detector: where it begins, which goroutines are its accesses, and where it says what
/// was accessed; 0 where it does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct RaceSpan {
    pub(super) offset: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) location: u32,
}

/// A goroutine: where its header is, and which items are its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) header: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Block {
    pub(super) fn items<'d>(&self, items: &'d [Item]) -> &'d [Item] {
        items.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// What an [`Item`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    Frame = 0,
    Foreign = 1 << 29,
    Elided = 2 << 29,
    CreatedBy = 3 << 29,
    Ancestor = 4 << 29,
    Unavailable = 5 << 29,
    /// A frame without parentheses, as loggers print them.
    Plain = 6 << 29,
    CreatedAt = 7 << 29,
}

const LENGTH: u32 = (1 << 29) - 1;

/// One entry under a header, in 12 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Where its first line begins; for a creator, the function.
    at: u32,
    /// The kind, and the length of the function with its `(`.
    kind_len: u32,
    /// Where the position line's text begins; 0 where that line is missing.
    position: u32,
}

impl Item {
    /// `None` when an offset does not fit.
    pub(super) fn new(kind: Kind, at: usize, len: usize, position: usize) -> Option<Self> {
        let len = u32::try_from(len).ok().filter(|&len| len <= LENGTH)?;
        Some(Self {
            at: at.try_into().ok()?,
            kind_len: kind as u32 | len,
            position: position.try_into().ok()?,
        })
    }

    pub(super) fn is_ancestor(&self) -> bool {
        self.kind_len & !LENGTH == Kind::Ancestor as u32
    }

    pub(super) fn is_created_at(&self) -> bool {
        self.kind_len & !LENGTH == Kind::CreatedAt as u32
    }

    fn len(&self) -> usize {
        (self.kind_len & LENGTH) as usize
    }

    /// The entry that the item points at.
    #[inline]
    pub(super) fn entry<'a>(&self, text: &'a [u8]) -> Entry<'a> {
        let start = self.at as usize;
        let named = text.get(start..start + self.len()).unwrap_or_default();
        match self.kind_len & !LENGTH {
            kind if kind == Kind::Foreign as u32 => {
                Entry::Frame(Frame { is_foreign: true, ..self.frame(text, named, b"") })
            }
            kind if kind == Kind::Elided as u32 => Entry::Elided(elided(line(text, self.at)).flatten()),
            kind if kind == Kind::Ancestor as u32 => {
                Entry::Ancestor(ancestor(line(text, self.at)).unwrap_or(0))
            }
            kind if kind == Kind::Unavailable as u32 => Entry::Unavailable,
            kind if kind == Kind::Plain as u32 => Entry::Frame(self.frame(text, named, b"")),
            kind if kind == Kind::CreatedAt as u32 => {
                Entry::CreatedAt(created_at(line(text, self.at)).map_or(&b""[..], |(_, state)| state))
            }
            kind if kind == Kind::CreatedBy as u32 => {
                let (func, goroutine) = creator(named);
                let Position { file, line, offset, .. } = self.position(text);
                Entry::CreatedBy(CreatedBy { func, goroutine: goroutine.unwrap_or(None), file, line, offset })
            }
            _ => {
                // The position line follows: `)`, line feed and blanks lie between.
                let first = match self.position {
                    0 => line(text, self.at),
                    at => text.get(start..at as usize).unwrap_or_default().trim_ascii_end(),
                };
                let args = first.get(self.len()..first.len().saturating_sub(1)).unwrap_or_default();
                let func = named.strip_suffix(b"(").unwrap_or(named);
                Entry::Frame(self.frame(text, func, args))
            }
        }
    }

    fn frame<'a>(&self, text: &'a [u8], func: &'a [u8], arguments: &'a [u8]) -> Frame<'a> {
        let Position { file, line, offset, fp, sp, pc } = self.position(text);
        Frame { func, arguments, file, line, offset, fp, sp, pc, is_foreign: false }
    }

    #[inline]
    fn position<'a>(&self, text: &'a [u8]) -> Position<'a> {
        match self.position {
            0 => Position::default(),
            at => Position::parse(line(text, at)).unwrap_or_default(),
        }
    }
}

/// `...12 frames elided...`: the number if it is there.
pub(super) fn elided(line: &[u8]) -> Option<Option<u64>> {
    if line == b"...additional frames elided..." {
        return Some(None);
    }
    let digits = line.strip_prefix(b"...")?.strip_suffix(b" frames elided...")?;
    Some(Some(std::str::from_utf8(digits).ok()?.parse().ok()?))
}

/// `[originating from goroutine 5]:`.
pub(super) fn ancestor(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"[originating from goroutine ")?.strip_suffix(b"]:")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// `non-Go function at pc=0x45`: the length of what precedes `pc=`.
pub(super) fn anonymous(line: &[u8]) -> Option<usize> {
    let pc = line.strip_prefix(b"non-Go function at pc=")?;
    matches!(hex(pc), Ok((b"", _))).then_some(line.len() - pc.len() - 3)
}

/// The line that begins at `at`.
#[inline]
pub(super) fn line(text: &[u8], at: u32) -> &[u8] {
    let rest = text.get(at as usize..).unwrap_or_default();
    rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default()
}

/// Where the text of a note is.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteSpan {
    pub(super) offset: u32,
    pub(super) len: u32,
}

impl NoteSpan {
    pub(super) fn text<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.offset as usize..self.offset as usize + self.len as usize).unwrap_or_default()
    }
}
