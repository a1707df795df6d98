//! The line cutter: text as people hand it over becomes text as Go wrote it.
//!
//! Byte order mark, carriage returns, terminal colours, and the prefix that a container runtime or syslog
//! puts before every line go; lines are never joined or split, so that line numbers stay those of the input.
//! Clean text is borrowed.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::error::{Error, ErrorKind, Result};

/// `text` with only what Go wrote. `anchor` gives the column at which a line holds something that Go writes
/// at column 0, such as a goroutine's header: the first such line decides whether lines have a prefix.
///
/// # Errors
/// `Encoding` for UTF-16.
pub(crate) fn clean(text: &[u8], anchor: impl Fn(&[u8]) -> Option<usize>) -> Result<Cow<'_, [u8]>> {
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        let hint = "this is UTF-16, as PowerShell's > writes it; convert it to UTF-8";
        return Err(Error::new(ErrorKind::Encoding).at(0).detail(hint));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut clean = Cow::Borrowed(text);
    if memchr(0x1b, text).is_some() || memchr::memmem::find(text, b"\r\n").is_some() {
        clean = Cow::Owned(plain(text));
    }
    let found = Lines::new(&clean).find_map(|(offset, line)| anchor(line).map(|column| (offset, column)));
    let Some((offset, column)) = found.filter(|&(_, column)| column > 0) else { return Ok(clean) };
    let prefix = clean.get(offset..offset + column).unwrap_or_default().to_vec();
    Ok(Cow::Owned(without_prefix(&clean, &prefix)))
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

fn without_prefix(text: &[u8], prefix: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (offset, line) in Lines::new(text) {
        out.extend_from_slice(line.get(prefix_len(prefix, line)..).unwrap_or_default());
        if offset + line.len() < text.len() {
            out.push(b'\n');
        }
    }
    out
}

/// How much of `line` is a prefix of the same shape as `prefix`: words may be other words and as long as they
/// like (time stamps, process numbers), spaces as many as they like, everything else is equal. 0 where there
/// is no such prefix.
fn prefix_len(prefix: &[u8], line: &[u8]) -> usize {
    let run = |text: &[u8], of: fn(&u8) -> bool| text.iter().take_while(|byte| of(byte)).count();
    let blank: fn(&u8) -> bool = |byte| *byte == b' ';
    let (mut p, mut l) = (prefix, line);
    while let Some(&byte) = p.first() {
        let class: fn(&u8) -> bool = match byte {
            b' ' => blank,
            _ if byte.is_ascii_alphanumeric() => u8::is_ascii_alphanumeric,
            _ => |_| false,
        };
        let (in_prefix, in_line) = (run(p, class).max(1), run(l, class));
        if class(&byte) && in_line == 0 {
            // The spaces before an empty line may have been trimmed away.
            return if byte == b' ' && l.is_empty() { line.len() } else { 0 };
        }
        if !class(&byte) && l.first() != Some(&byte) {
            return 0;
        }
        p = p.get(in_prefix..).unwrap_or_default();
        // The prefix's last run of spaces is exactly as long as it is: what follows may begin with spaces.
        let taken = if p.is_empty() && byte == b' ' { in_line.min(in_prefix) } else { in_line.max(1) };
        l = l.get(taken..).unwrap_or_default();
    }
    line.len() - l.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goroutine(line: &[u8]) -> Option<usize> {
        memchr::memmem::find(line, b"goroutine ")
    }

    #[test]
    fn clean_text_is_borrowed_and_the_rest_is_cleaned() {
        assert!(matches!(clean(b"goroutine 1\n\tx", goroutine), Ok(Cow::Borrowed(_))));
        for text in [
            &b"\xef\xbb\xbfgoroutine 1\n\tx"[..],
            b"goroutine 1\r\n\tx",
            b"\x1b[31;1mgoroutine 1\x1b[0m\n\x1b]0;title\x07\tx",
            b"2026-11-23T05:29:06.12Z pod-1 | goroutine 1\n2026-11-23T05:29:06.120001Z pod-1 | \tx",
            b"Nov 3 host[12]: goroutine 1\nNov 13 host[9]: \tx",
        ] {
            assert_eq!(*clean(text, goroutine).unwrap(), b"goroutine 1\n\tx"[..], "{}", text.escape_ascii());
        }
        let kept = clean(b"a: goroutine 1\na:\na:  x\nother\n", goroutine).unwrap();
        assert_eq!(*kept, b"goroutine 1\n\n x\nother\n"[..]);
        assert_eq!(clean(b"\xff\xfeg\0", goroutine).unwrap_err().kind(), ErrorKind::Encoding);
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
