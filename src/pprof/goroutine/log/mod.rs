//! Logs: what Go printed, taken out of the lines that a container runtime, a logger or a paste put around it.
//!
//! ```text
//! candidates (lines with a word of Go's) → dress of the line → region, stripped line by line → text and places
//! ```
//!
//! Only regions are copied: a log of any length costs a search, and a copy of the crashes in it.

mod dress;
mod places;
mod quoted;
mod tokens;

use dress::{Dress, stacks};
pub(super) use places::Places;
use tokens::Joiner;

use super::frame::arguments;
use super::note::Note;
use crate::format::traceback::{Candidates, header, is_dying, report};

/// How many lines that Go does not print may lie between two that it does, such as those of other threads.
const TOLERANCE: usize = 64;

/// How far before a goroutine's header the reason of the crash is looked for.
const LOOK_BACK: usize = 64;

/// What a log holds of Go's.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) text: Vec<u8>,
    pub(super) places: Places,
    /// How many lines of the log are in the text.
    pub(super) kept_lines: u64,
    /// How many are not, and the first of them.
    pub(super) unknown_lines: u64,
    pub(super) first_unknown_line: u64,
}

/// Whether `line` holds something of Go's that does not begin the line; `next` is the line after it.
pub(super) fn is_dressed(line: &[u8], next: &[u8]) -> bool {
    !matches!(Dress::of(line, next), None | Some(Dress::Bare))
}

/// Takes out of `log` what Go printed. Nothing of it begins before the line at `from`, but what a prefix
/// hides.
pub(super) fn take(log: &[u8], from: usize) -> Taken {
    let mut taker = Taker { log, out: Taken::default(), done: 0, line: 1, kept: 0 };
    let mut candidates = Candidates::new(log);
    let mut from = from;
    while let Some(start) = candidates.next_line(from) {
        let (line, next) = taker.two_lines(start);
        from = match Dress::of(line, next) {
            None => start + line.len() + 1,
            Some(dress) => {
                taker.region(taker.look_back(start, &dress), start, &dress);
                taker.done
            }
        };
    }
    let lines = taker.line + count_lines(log.get(taker.done..).unwrap_or_default());
    taker.skip_to(log.len());
    taker.out.kept_lines = taker.kept;
    taker.out.unknown_lines = (lines - 1).saturating_sub(taker.kept);
    taker.out
}

struct Taker<'a> {
    log: &'a [u8],
    out: Taken,
    /// The end of the last region, a line's start, and its number.
    done: usize,
    line: u64,
    /// How many lines of the log are in regions.
    kept: u64,
}

impl<'a> Taker<'a> {
    fn line_at(&self, start: usize) -> &'a [u8] {
        let rest = self.log.get(start..).unwrap_or_default();
        rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default()
    }

    fn two_lines(&self, start: usize) -> (&'a [u8], &'a [u8]) {
        let line = self.line_at(start);
        (line, self.line_at(start + line.len() + 1))
    }

    /// Goes to the line that begins at `start`; the lines before it are nobody's.
    fn skip_to(&mut self, start: usize) {
        let skipped = self.log.get(self.done..start).unwrap_or_default();
        if !skipped.is_empty() && self.out.first_unknown_line == 0 {
            self.out.first_unknown_line = self.line;
        }
        self.line += count_lines(skipped);
        self.done = start;
    }

    /// Where the region of the header at `start` begins: where the program began to die, if that is near.
    fn look_back(&self, start: usize, dress: &Dress<'_>) -> usize {
        let (mut begin, mut at) = (start, start);
        if matches!(dress, Dress::Bare | Dress::Strings) {
            return begin;
        }
        for _ in 0..LOOK_BACK {
            let before = self.log.get(self.done..at.saturating_sub(1)).unwrap_or_default();
            if at <= self.done {
                break;
            }
            at = self.done + memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
            let is_reason = |text: &[u8]| {
                is_dying(text) || matches!(dress, Dress::Tokens(_)) && matches!(text, b"panic: " | b"panic:")
            };
            if dress.strip(self.line_at(at)).is_some_and(|text| is_reason(&text)) {
                begin = at;
            }
        }
        begin
    }

    /// Takes the region that begins at `begin` and holds the line at `start`, which shows how it is dressed.
    fn region(&mut self, begin: usize, start: usize, dress: &Dress<'a>) {
        self.skip_to(begin);
        match dress {
            Dress::Strings => self.strings(),
            Dress::Tokens(_) => self.tokens(dress),
            _ => self.lines(start, dress),
        }
    }

    /// Takes what is in the strings of one line.
    fn strings(&mut self) {
        let line = self.line_at(self.done);
        self.out.places.all_from(self.out.text.len(), self.line);
        for stack in stacks(line) {
            self.out.text.extend_from_slice(&stack);
            let feeds: &[u8] = if stack.ends_with(b"\n") { b"\n" } else { b"\n\n" };
            self.out.text.extend_from_slice(feeds);
        }
        self.finish_line(line);
    }

    fn finish_line(&mut self, line: &[u8]) {
        self.done = (self.done + line.len() + 1).min(self.log.len());
        self.line += 1;
        self.kept += 1;
    }

    /// Takes lines as long as Go's are among them, at least the one at `start`.
    fn lines(&mut self, start: usize, dress: &Dress<'a>) {
        let mut good = (self.out.text.len(), self.done, self.line, self.kept);
        let (mut misses, mut in_step) = (0, false);
        while self.done < self.log.len() {
            let at = self.done;
            let (line, next) = self.two_lines(at);
            let stripped = dress.strip(line);
            let is_other = |found: &Dress<'_>| std::mem::discriminant(found) != std::mem::discriminant(dress);
            let is_gos = stripped.as_deref().is_some_and(is_go_line);
            if at > start
                && (!is_gos || *dress == Dress::Bare)
                && Dress::of(line, next).is_some_and(|found| is_other(&found))
            {
                break;
            }
            match stripped {
                Some(text) => {
                    let begin = self.out.text.len();
                    self.out.text.extend_from_slice(&text);
                    let feed = !matches!(dress, Dress::Stream { adds_feed: false, .. });
                    if feed && self.done + line.len() < self.log.len() {
                        self.out.text.push(b'\n');
                    }
                    // A string may hold several lines, and then the text's are not the log's.
                    match self.out.text.get(begin..).unwrap_or_default().split_last() {
                        Some((_, body)) if memchr::memchr(b'\n', body).is_some() => {
                            self.out.places.all_from(begin, self.line);
                            in_step = false;
                        }
                        last => {
                            if !in_step {
                                self.out.places.lines_from(begin, self.line);
                            }
                            in_step = last.is_some_and(|(last, _)| *last == b'\n');
                        }
                    }
                    self.finish_line(line);
                }
                None => {
                    in_step = false;
                    self.finish_line(line);
                    self.kept -= 1;
                    if self.out.first_unknown_line == 0 {
                        self.out.first_unknown_line = self.line - 1;
                    }
                }
            }
            misses = if is_gos { 0 } else { misses + 1 };
            if is_gos || at <= start {
                good = (self.out.text.len(), self.done, self.line, self.kept);
            }
            if misses > TOLERANCE && at > start {
                break;
            }
        }
        let len;
        (len, self.done, self.line, self.kept) = good;
        self.out.text.truncate(len);
        self.out.places.truncate(len);
        self.end_region();
    }

    /// Takes tokens as long as the lines that they make are Go's.
    fn tokens(&mut self, dress: &Dress<'a>) {
        let (mut joiner, mut misses) = (Joiner::default(), 0);
        while self.done < self.log.len() && misses < TOLERANCE {
            let line = self.line_at(self.done);
            let number = self.line;
            let out = &mut self.out;
            let mut ended = |began, joined: &[u8]| {
                out.places.lines_from(out.text.len(), began);
                out.text.extend_from_slice(joined);
                out.text.push(b'\n');
                misses = if joined.is_empty() || is_go_line(joined) { 0 } else { misses + 1 };
            };
            match dress.strip(line) {
                Some(token) => joiner.push(&token, number, &mut ended),
                None => misses += 1,
            }
            self.finish_line(line);
        }
        let out = &mut self.out;
        joiner.end_if_begun(&mut |began, joined| {
            out.places.lines_from(out.text.len(), began);
            out.text.extend_from_slice(joined);
            out.text.push(b'\n');
        });
        self.end_region();
    }

    /// A region ends like a paragraph, so that the next one is not part of it.
    fn end_region(&mut self) {
        if self.done < self.log.len() {
            self.out.text.extend_from_slice(b"\n");
        }
    }
}

fn count_lines(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count() as u64;
    feeds + u64::from(!text.is_empty() && !text.ends_with(b"\n"))
}

/// Whether Go may have printed `line` after a crash began; a guess that costs little.
fn is_go_line(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    match line {
        [] => false,
        // goleak ends its list with a bracket.
        b"]" => true,
        [b'\t' | b' ', ..] => line.iter().any(|byte| matches!(byte, b':' | b'(')),
        _ => {
            arguments(line).and_then(|open| line.get(..open)).is_some_and(|name| !name.contains(&b' '))
                || header(line) == Some(0)
                || report(line) == Some(0)
                || is_dying(line)
                || line.starts_with(b"created by ")
                || line.starts_with(b"...")
                || line.starts_with(b"Goroutine ")
                || Note::parse(line).is_some()
        }
    }
}
