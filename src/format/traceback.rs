//! Where a text of any length holds what Go's runtime, its race detector or goleak print.
//!
//! A log is searched for words at memory speed; only the lines that hold one are looked at.

use memchr::memmem::Finder;

/// How much of the text all words are searched in before the next piece: it stays in the cache.
const WINDOW: usize = 128 << 10;

/// One of these is in every line that begins a traceback, a crash, a report or a stack.
const WORDS: [&[u8]; 13] = [
    b"oroutine ",
    b"panic: ",
    b"fatal error: ",
    b"SIG",
    b"DATA RACE",
    b"runtime: ",
    b"runtime stack:",
    b"exit status ",
    b"FAIL",
    b"[signal ",
    b"unexpected fault address ",
    b"\n\t",
    b"\\n\\t",
];

/// What Go's runtime prints at the start of a line when a program dies, before any goroutine.
const DYING: [&[u8]; 9] = [
    b"panic: ",
    b"\tpanic: ",
    b"fatal error: ",
    b"SIGQUIT: ",
    b"SIGABRT: ",
    b"runtime: ",
    b"unexpected fault address ",
    b"[signal ",
    b"runtime stack:",
];

/// Whether `line` begins with what a dying program prints before its goroutines.
pub(crate) fn is_dying(line: &[u8]) -> bool {
    DYING.iter().any(|word| line.starts_with(word))
}

/// Whether anything of `text` is a goroutine dump, a crash, a race report or goleak's: its first line of that
/// kind ends the search.
pub(super) fn is_in(text: &[u8]) -> bool {
    let mut lines = Candidates::new(text);
    let mut from = 0;
    while let Some(start) = lines.next_line(from) {
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        if is_dying(line) || header(line).is_some() || report(line).is_some() || is_quoted_stack(line) {
            return true;
        }
        from = start + line.len() + 1;
    }
    false
}

/// The lines that may hold something Go prints, each word searched once whatever is asked.
pub(crate) struct Candidates<'a> {
    text: &'a [u8],
    finders: [Finder<'static>; WORDS.len()],
    /// Where each word is next, `usize::MAX` if that is not before `end`; `None` before it is searched.
    next: [Option<usize>; WORDS.len()],
    /// As far as all words were searched.
    end: usize,
}

impl<'a> Candidates<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, finders: WORDS.map(Finder::new), next: [None; WORDS.len()], end: 0 }
    }

    /// The start of the first line at or after `from` that holds one of the words; `from` is a line's start.
    pub(crate) fn next_line(&mut self, from: usize) -> Option<usize> {
        let mut from = from;
        loop {
            if from >= self.end {
                if from >= self.text.len() {
                    return None;
                }
                self.end = (from + WINDOW).min(self.text.len());
                self.next = [None; WORDS.len()];
            }
            let mut first = self.end;
            for ((finder, next), word) in self.finders.iter().zip(&mut self.next).zip(WORDS) {
                let at = match *next {
                    Some(at) if at >= from => at,
                    _ => {
                        // A word may begin in this window and end in the next one.
                        let end = (self.end + word.len() - 1).min(self.text.len());
                        let found = self.text.get(from..end).and_then(|text| finder.find(text));
                        found.map_or(usize::MAX, |at| from + at)
                    }
                };
                *next = Some(at);
                first = first.min(at);
            }
            if first < self.end {
                let before = self.text.get(..first).unwrap_or_default();
                return Some(memchr::memrchr(b'\n', before).map_or(0, |at| at + 1));
            }
            from = self.end;
        }
    }
}

/// The column at which `line` holds the header of a goroutine: `goroutine 7 [select]:`, `goroutine 7 gp=…
/// […]:`. What follows it on the line, such as the rest of a JSON string, is not looked at.
pub(crate) fn header(line: &[u8]) -> Option<usize> {
    /// A state and labels are no longer than this.
    const LONGEST: usize = 16 << 10;
    memchr::memmem::find_iter(line, b"goroutine ").find(|&at| {
        let rest = line.get(at + 10..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = rest.get(digits..).unwrap_or_default();
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        digits > 0
            && (rest.starts_with(b" [") || rest.starts_with(b" gp="))
            && [&b"]:"[..], b"}:"].iter().any(|end| memchr::memmem::find(rest, end).is_some())
    })
}

/// The column at which `line` begins a report of the race detector, or a goroutine of goleak.
pub(crate) fn report(line: &[u8]) -> Option<usize> {
    if let Some(at) = memchr::memmem::find(line, b"WARNING: DATA RACE") {
        return Some(at);
    }
    let at = memchr::memmem::find(line, b"Goroutine ")?;
    let rest = line.get(at + 10..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_leak = digits > 0
        && rest.get(digits..)?.starts_with(b" in state ")
        && memchr::memmem::find(rest, b" on top of the stack:").is_some();
    // The first one is in brackets, the others follow a blank.
    is_leak.then(|| {
        at.saturating_sub(usize::from(at.checked_sub(1).is_some_and(|at| line.get(at) == Some(&b'['))))
    })
}

/// Whether a string in `line` holds a stack without a goroutine, as zap's `stacktrace`: `f\n\t/a.go:1\n`.
pub(crate) fn is_quoted_stack(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"\\n\\t").any(|at| {
        let path = line.get(at + 4..).unwrap_or_default();
        let path = path.get(..memchr::memchr2(b'"', b' ', path).unwrap_or(path.len())).unwrap_or_default();
        let path = path.get(..1024).unwrap_or(path);
        memchr::memmem::find(path, b".go:").is_some_and(|at| path.get(at + 4).is_some_and(u8::is_ascii_digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_across_windows() {
        let line = b"2026/11/28 10:00:00 served in 12ms\n";
        for extra in 0..40 {
            let mut text = line.repeat(WINDOW / line.len());
            text.extend(std::iter::repeat_n(b'x', extra));
            text.push(b'\n');
            let at = text.len();
            text.extend_from_slice(b"panic: boom\n");
            text.extend_from_slice(&line.repeat(WINDOW / line.len()));
            let second = text.len();
            text.extend_from_slice(b"  goroutine 7 [select]:\n");
            let mut lines = Candidates::new(&text);
            assert_eq!(lines.next_line(0), Some(at));
            assert_eq!(lines.next_line(at + 12), Some(second));
            assert_eq!(lines.next_line(second + 24), None);
            assert!(is_in(&text));
        }
        assert!(!is_in(&line.repeat(100_000)));
    }

    #[test]
    fn what_a_line_begins() {
        for (line, column) in [
            ("goroutine 7 [select]:", Some(0)),
            ("app | goroutine 7 gp=0x1 m=nil [select]:", Some(6)),
            (r#"{"log":"goroutine 7 [select]:\n"}"#, Some(8)),
            ("created by main.f in goroutine 7", None),
            ("goroutine 7 [select]", None),
        ] {
            assert_eq!(header(line.as_bytes()), column, "{line}");
        }
        for (line, column) in [
            ("  [Goroutine 7 in state select, with main.f on top of the stack:", Some(2)),
            ("   Goroutine 8 in state select, with main.f on top of the stack:", Some(3)),
            ("Goroutine 8 (running) created at:", None),
            ("x: WARNING: DATA RACE", Some(3)),
        ] {
            assert_eq!(report(line.as_bytes()), column, "{line}");
        }
        assert!(is_quoted_stack(br#"{"stacktrace":"main.f\n\t/a.go:12\nmain.main"}"#));
        assert!(!is_quoted_stack(br#"{"msg":"a\n\tb"}"#));
    }
}
