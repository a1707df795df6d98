//! The line cutter: text as people hand it over becomes text as Go wrote it.
//!
//! UTF-16, byte order mark, carriage returns and terminal colours go; lines are never joined or split, so
//! that line numbers stay those of the input. Clean text is borrowed.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::text::utf16;

/// `text` with only what Go wrote, in UTF-8.
pub(crate) fn clean(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let text = match text {
        Cow::Borrowed(text) => utf16::decode(text),
        Cow::Owned(text) => match utf16::decode(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(text),
        },
    };
    let mark = b"\xef\xbb\xbf";
    let body = text.strip_prefix(mark).unwrap_or(&text);
    if memchr(0x1b, body).is_some() || memchr::memmem::find(body, b"\r\n").is_some() || body.ends_with(b"\r")
    {
        return Cow::Owned(plain(body));
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(mark).unwrap_or(text)),
        Cow::Owned(text) if text.starts_with(mark) => {
            Cow::Owned(text.get(mark.len()..).unwrap_or_default().to_vec())
        }
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Lines with the offsets at which they begin, without their line feeds.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, offset: 0 }
    }

    /// Whether `line` at `offset` is the last one and has no line feed: it may have been cut.
    pub(crate) fn is_cut(&self, offset: usize, line: &[u8]) -> bool {
        offset + line.len() >= self.text.len()
    }

    /// What follows the lines that were cut.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// The next line, without going there.
    pub(crate) fn peek(&self) -> Option<(usize, &'a [u8])> {
        let rest = self.text.get(self.offset..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        Some((self.offset, rest.get(..end)?))
    }

    /// Where the next line begins.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Goes on at `offset`, which is after the lines that were read.
    pub(crate) fn jump(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// Goes past `line`, which [`peek`](Self::peek) gave.
    pub(crate) fn skip(&mut self, line: &[u8]) {
        self.offset += line.len() + 1;
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (offset, line) = self.peek()?;
        self.skip(line);
        Some((offset, line))
    }
}

/// The number of the line that holds `offset`, from 1.
#[cold]
pub(crate) fn line_number(text: &[u8], offset: usize) -> u64 {
    memchr_iter(b'\n', text.get(..offset).unwrap_or(text)).count() as u64 + 1
}

/// `text` without terminal control sequences and carriage returns at line ends.
fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(offset) = memchr::memchr2(0x1b, b'\r', rest) {
        let (before, from) = rest.split_at(offset);
        out.extend_from_slice(before);
        let len = match from {
            [b'\r', b'\n', ..] | [b'\r'] => 1,
            [b'\r', ..] => {
                out.push(b'\r');
                1
            }
            _ => sequence_len(from),
        };
        rest = from.get(len..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// The length of the terminal control sequence that `text` begins with (ECMA-48): CSI to its final byte, OSC
/// to BEL or ST on the same line, any other two bytes.
fn sequence_len(text: &[u8]) -> usize {
    let line = text.get(..memchr(b'\n', text).unwrap_or(text.len())).unwrap_or(text);
    let body = line.get(2..).unwrap_or_default();
    match line.get(1) {
        Some(b'[') => body.iter().position(|b| (0x40..=0x7e).contains(b)).map_or(2, |end| end + 3),
        Some(b']') => {
            let bell = body.iter().position(|&b| b == 7).map(|end| end + 3);
            bell.or_else(|| memchr::memmem::find(body, b"\x1b\\").map(|end| end + 4)).unwrap_or(2)
        }
        Some(_) => 2,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_borrowed_and_the_rest_is_cleaned() {
        assert!(matches!(clean(b"goroutine 1\n\tx"[..].into()), Cow::Borrowed(_)));
        for text in [
            &b"\xef\xbb\xbfgoroutine 1\n\tx"[..],
            b"goroutine 1\r\n\tx",
            b"goroutine 1\n\tx\r",
            b"\x1b[31;1mgoroutine 1\x1b[0m\n\x1b]0;title\x07\tx",
            b"\xff\xfeg\0o\0r\0o\0u\0t\0i\0n\0e\0 \x001\0\n\0\t\0x\0",
        ] {
            assert_eq!(*clean(text.into()), b"goroutine 1\n\tx"[..], "{}", text.escape_ascii());
            assert_eq!(*clean(Cow::Owned(text.to_vec())), b"goroutine 1\n\tx"[..], "{}", text.escape_ascii());
        }
    }

    #[test]
    fn control_sequences_that_never_end_take_no_more_than_their_line() {
        for text in [&b"\x1b"[..], b"\x1b[", b"\x1b]x\ny", b"\x1b[\ny", b"a\rb"] {
            let clean = plain(text);
            assert_eq!(memchr(b'\n', text).is_some(), memchr(b'\n', &clean).is_some());
            assert!(!clean.contains(&0x1b));
        }
    }
}
