//! How a log dresses what Go printed: a prefix before every line, a JSON object around it, a string with all
//! of it.

use std::borrow::Cow;

use super::quoted::{Quoted, strings};
use super::tokens;
use crate::format::traceback::{header, is_dying, is_quoted_stack, report};
use crate::pprof::goroutine::note::is_go_command;
use crate::text::json::unescape;

/// How the lines of a region of a log are dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dress<'a> {
    /// As Go printed them.
    Bare,
    /// A prefix of this shape before each.
    Prefix(&'a [u8]),
    /// Each is a string after this key. `adds_feed`: its line feed is not in the string.
    Stream { key: &'a [u8], adds_feed: bool },
    /// All of them are in strings of one line.
    Strings,
    /// A token a line, each after a prefix of this shape.
    Tokens(&'a [u8]),
}

impl<'a> Dress<'a> {
    /// How `line` is dressed if it begins something of Go's; `next` is the line after it.
    pub(super) fn of(line: &'a [u8], next: &'a [u8]) -> Option<Self> {
        let column = header(line).or_else(|| report(line));
        if is_dying(line) || is_go_command(line) || column == Some(0) {
            return Some(Self::Bare);
        }
        let Some(column) = column else { return Self::without_header(line, next) };
        let holds = |found: &Quoted<'_>| (found.column..=found.column + found.inner.len()).contains(&column);
        let Some(found) = strings(line).find(holds) else { return line.get(..column).map(Self::Prefix) };
        let (text, has_feed) = match found.inner.strip_suffix(b"\\n") {
            Some(text) => (text, true),
            None => (found.inner, false),
        };
        if memchr::memmem::find(text, b"\\n").is_some() {
            return Some(Self::Strings);
        }
        Some(Self::Stream { key: found.key, adds_feed: !has_feed })
    }

    fn without_header(line: &'a [u8], next: &'a [u8]) -> Option<Self> {
        if is_quoted_stack(line) {
            return Some(Self::Strings);
        }
        let column = line.trim_ascii_end().strip_suffix(b"goroutine")?.len();
        let prefix = line.get(..column)?;
        let token = next.get(prefix_len(prefix, next)..)?;
        tokens::is_start(line.get(column..)?, token).then_some(Self::Tokens(prefix))
    }

    /// What Go printed of `line`; `None` if the line is not dressed like this.
    pub(super) fn strip<'l>(&self, line: &'l [u8]) -> Option<Cow<'l, [u8]>> {
        match self {
            Self::Bare => Some(Cow::Borrowed(line)),
            Self::Prefix(prefix) | Self::Tokens(prefix) => match prefix_len(prefix, line) {
                0 if !prefix.is_empty() => line.is_empty().then_some(Cow::Borrowed(line)),
                len => Some(Cow::Borrowed(line.get(len..)?)),
            },
            Self::Stream { key, .. } => unescape(strings(line).find(|found| found.key == *key)?.inner),
            Self::Strings => None,
        }
    }
}

/// The strings of `line` that hold stacks, without escapes, and what precedes the first of them as a message.
pub(super) fn stacks(line: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    strings(line).filter_map(|found| {
        let is_stack = memchr::memmem::find(found.inner, b"\\n").is_some()
            && (header(found.inner).is_some()
                || report(found.inner).is_some()
                || is_quoted_stack(found.inner));
        (is_stack || is_dying(found.inner)).then(|| unescape(found.inner)).flatten()
    })
}

/// How much of `line` is a prefix of the same shape as `prefix`: words may be other words and as long as they
/// like (time stamps, process numbers), spaces as many as they like, everything else is equal. 0 where there
/// is no such prefix.
pub(super) fn prefix_len(prefix: &[u8], line: &[u8]) -> usize {
    if is_alike(prefix, line) { prefix.len() } else { shaped_prefix_len(prefix, line) }
}

/// Whether `line` begins with words as long as those of `prefix`, and with the same signs and spaces between
/// them: most prefixes differ in the digits of a time only.
fn is_alike(prefix: &[u8], line: &[u8]) -> bool {
    let Some((head, rest)) = line.split_at_checked(prefix.len()) else { return false };
    let is_word = u8::is_ascii_alphanumeric;
    let goes_on = prefix.last().is_some_and(is_word) && rest.first().is_some_and(is_word);
    // No early end: this compiles to vector instructions.
    let alike = |same: bool, (p, l): (&u8, &u8)| same & ((p == l) | (is_word(p) & is_word(l)));
    !goes_on && prefix.iter().zip(head).fold(true, alike)
}

fn shaped_prefix_len(prefix: &[u8], line: &[u8]) -> usize {
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

    #[test]
    fn dresses() {
        for (line, dress) in [
            ("goroutine 1 [running]:", Dress::Bare),
            ("panic: boom", Dress::Bare),
            ("web-1  | goroutine 1 [running]:", Dress::Prefix(b"web-1  | ")),
            (r#"{"log":"goroutine 1 [running]:\n"}"#, Dress::Stream { key: b"log", adds_feed: false }),
            (r#"{"m":"x","msg":"goroutine 1 [running]:"}"#, Dress::Stream { key: b"msg", adds_feed: true }),
            (r#"{"stack":"goroutine 1 [running]:\nmain.f()\n"}"#, Dress::Strings),
            (r#"t=1 stack="goroutine 1 [running]:\nmain.f()\n""#, Dress::Strings),
            (r#"{"stacktrace":"main.f\n\t/a.go:12"}"#, Dress::Strings),
            ("12:00 goroutine ", Dress::Tokens(b"12:00 ")),
        ] {
            assert_eq!(Dress::of(line.as_bytes(), b"12:01 7"), Some(dress), "{line}");
        }
        assert_eq!(Dress::of(b"2026 INFO goroutine", b"next"), None);
    }

    #[test]
    fn prefixes_have_a_shape() {
        let strip = |prefix: &'static str, line: &'static str| {
            Dress::Prefix(prefix.as_bytes())
                .strip(line.as_bytes())
                .map(|text| String::from_utf8(text.into()).unwrap())
        };
        let text = |text: &str| Some(text.to_owned());
        let docker = "2026-11-23T05:29:06.12Z pod-1 | ";
        assert_eq!(strip(docker, "2026-11-23T05:29:06.120001Z pod-1 | \tx"), text("\tx"));
        assert_eq!(strip(docker, "2026-11-23T05:29:06.120001Z pod-1 |"), text(""));
        assert_eq!(strip("Nov 3 host[12]: ", "Nov 13 host[9]: \tx"), text("\tx"));
        assert_eq!(strip("a: ", "a:   x"), text("  x"));
        assert_eq!(strip("a: ", "other"), None);
        assert_eq!(strip("    ", "        /a.go:1"), text("    /a.go:1"));
    }

    /// Alike prefixes are a shortcut, and change nothing.
    #[test]
    fn the_shortcut_agrees_with_the_shape() {
        let pieces = ["a1", "b", "2026", " ", "  ", "-", ": ", "|", "\t", ""];
        let mut prefixes = vec![String::new()];
        for _ in 0..3 {
            prefixes = prefixes.iter().flat_map(|p| pieces.map(|piece| format!("{p}{piece}"))).collect();
        }
        prefixes.dedup();
        for prefix in &prefixes {
            for line in prefixes.iter().step_by(3) {
                let (prefix, line) = (prefix.as_bytes(), line.as_bytes());
                if is_alike(prefix, line) {
                    let shown = (prefix.escape_ascii(), line.escape_ascii());
                    assert_eq!(shaped_prefix_len(prefix, line), prefix.len(), "{} {}", shown.0, shown.1);
                }
            }
        }
    }
}
