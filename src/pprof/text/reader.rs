//! Lines, and what is wrong with them.

use super::entry::is_whole_comment;
use super::lines::{Lines, line_number};
use crate::error::{Error, ErrorKind, Result};
use crate::pprof::options::ReadOptions;
use crate::pprof::rule::{Damage, Defects, Rule};

/// The lines of a text form. Strict reading ends at the first bad one; lenient reading counts and skips it.
pub(super) struct Reader<'a, 'o> {
    pub(super) text: &'a [u8],
    lines: Lines<'a>,
    pub(super) options: &'o ReadOptions,
    pub(super) defects: Defects,
    /// The numbers of the first lines at which each rule was broken.
    pub(super) places: Vec<(u64, Rule)>,
}

/// So many places are kept of each rule.
const PLACES: u64 = 10;

impl<'a, 'o> Reader<'a, 'o> {
    pub(super) fn new(text: &'a [u8], options: &'o ReadOptions) -> Self {
        Self { text, lines: Lines::new(text), options, defects: Defects::default(), places: Vec::new() }
    }

    /// The next line, without white space around it; its offset is that of the whole line. Lines that are too
    /// long are bad; the last line, if it has no line feed in Go's text, is cut and no line at all.
    pub(super) fn next_line(&mut self) -> Result<Option<(usize, &'a [u8])>> {
        while let Some((offset, line)) = self.lines.next() {
            if line.len() as u64 <= self.options.limits.line {
                return Ok(Some((offset, line.trim_ascii())));
            }
            self.bad(Rule::TextLineLength, offset)?;
        }
        Ok(None)
    }

    /// The line that [`next_line`](Self::next_line) gives next.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        self.lines.peek().map(|(_, line)| line.trim_ascii())
    }

    /// Whether the line at `offset` is the last one and has no line feed.
    pub(super) fn is_cut(&self, offset: usize) -> bool {
        memchr::memchr(b'\n', self.text.get(offset..).unwrap_or_default()).is_none()
    }

    /// Everything after the lines that were read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.lines.rest()
    }

    /// Reports that the line at `offset` breaks `rule`.
    #[cold]
    pub(super) fn bad(&mut self, rule: Rule, offset: usize) -> Result<()> {
        if rule.is_fatal() && !self.options.lenient {
            return Err(self.error(rule.kind(), offset));
        }
        self.defects.add(rule);
        if self.defects.count(rule) <= PLACES {
            self.places.push((line_number(self.text, offset), rule));
        }
        Ok(())
    }

    /// An error of `kind` in the line at `offset`.
    #[cold]
    pub(super) fn error(&self, kind: ErrorKind, offset: usize) -> Error {
        let error = Error::new(kind).at_line(line_number(self.text, offset), 1);
        match kind {
            ErrorKind::Limit => {
                error.detail(format!("more than {} bytes (Limits::line)", self.options.limits.line))
            }
            ErrorKind::Truncated => error.detail("the text ends in the middle of a line"),
            _ => error,
        }
    }

    /// Reports text that ends in the middle of a line: Go ends each with a line feed, and a paste loses the
    /// last one.
    pub(super) fn check_end(&mut self, samples: u64) -> Result<()> {
        let offset = memchr::memrchr(b'\n', self.text).map_or(0, |offset| offset + 1);
        let last = self.text.get(offset..).unwrap_or_default();
        if last.is_empty() || is_whole_comment(last.trim_ascii_end()) {
            return Ok(());
        }
        if !self.options.lenient {
            return Err(self.error(ErrorKind::Truncated, offset));
        }
        let lost_bytes = (self.text.len() - offset) as u64;
        self.defects.damage = Some(Damage {
            kind: ErrorKind::Truncated,
            offset: offset as u64,
            whole_fields: samples,
            lost_bytes,
        });
        Ok(())
    }
}
