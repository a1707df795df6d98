//! What terminals and CI systems put around a line: colours, time stamps, build steps.

use super::span::offset_in;

/// How many bytes of a line are looked at; the rest of a longer one is ignored.
const LOOKED_AT: usize = 64 << 10;

/// The longest name that a line may have in front.
const NAME: usize = 64;

/// The line without CR, colours at its edges and CI prefix, at most [`LOOKED_AT`] bytes; and how many bytes
/// came off its front.
#[inline]
pub(super) fn strip(line: &[u8]) -> (&[u8], usize) {
    let mut text = line;
    if let [rest @ .., b'\r'] = text {
        text = rest;
    }
    if text.len() > LOOKED_AT {
        text = text.get(..LOOKED_AT).unwrap_or(text);
    }
    match text.first() {
        Some(b'\t') => {}
        Some(b'A'..=b'Z' | b'a'..=b'z') => {
            if let Some(rest) = name_before_bar(text) {
                text = strip_prefix(rest);
            }
        }
        Some(0x1b | b'#' | b'[' | b'0'..=b'9') => text = strip_prefix(text),
        _ => {}
    }
    let skipped = offset_in(line, text);
    if let Some(b'm' | b'K') = text.last() {
        text = strip_last_colour(text);
    }
    (text, skipped)
}

/// Strips colours, a time stamp (GitHub, GitLab, `kubectl logs`), a BuildKit step (`#12 3.456 `) and a name in
/// brackets (`[build] `) from the front.
#[cold]
fn strip_prefix(mut text: &[u8]) -> &[u8] {
    for _ in 0..8 {
        let rest = escape_sequence(text)
            .or_else(|| time_stamp(text))
            .or_else(|| build_step(text))
            .or_else(|| name_in_brackets(text));
        match rest {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text
}

/// What follows one `ESC [ … letter`.
pub(super) fn escape_sequence(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"\x1b[")?;
    let end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':' | b'?'))?;
    rest.get(end).filter(|byte| byte.is_ascii_alphabetic())?;
    rest.get(end + 1..)
}

/// What follows `2026-11-23T05:29:06.123Z `, or the form with a space and without a zone.
fn time_stamp(text: &[u8]) -> Option<&[u8]> {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let head = text.get(..shape.len())?;
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b' '),
        other => byte == other,
    };
    if !head.iter().zip(shape).all(fits) {
        return None;
    }
    let rest = text.get(shape.len()..)?;
    let end = rest
        .iter()
        .position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b',' | b'Z' | b'+' | b'-' | b':'))
        .unwrap_or(rest.len());
    let rest = rest.get(end..)?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// What follows `#12 3.456 `.
fn build_step(text: &[u8]) -> Option<&[u8]> {
    let rest = skip_digits(text.strip_prefix(b"#")?)?.strip_prefix(b" ")?;
    skip_digits(skip_digits(rest)?.strip_prefix(b".")?)?.strip_prefix(b" ")
}

/// What follows `[build] `, as task runners and loggers write.
fn name_in_brackets(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"[")?;
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.' | b'/' | b':');
    let name = rest.iter().take(NAME).take_while(|byte| is_name(byte)).count();
    if name == 0 { None } else { rest.get(name..)?.strip_prefix(b"] ") }
}

/// What follows `build-1  | `, as docker compose writes before each line of a service.
#[inline]
fn name_before_bar(text: &[u8]) -> Option<&[u8]> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let name = text.iter().take(NAME).take_while(|byte| is_name(byte)).count();
    let rest = text.get(name..).filter(|_| name > 0)?;
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let rest = rest.get(blanks..).filter(|_| blanks > 0)?.strip_prefix(b"|")?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

fn skip_digits(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { text.get(digits..) }
}

/// The line without the colour sequences it ends with.
fn strip_last_colour(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memrchr(0x1b, text) {
        match text.get(at..).and_then(escape_sequence) {
            Some([]) => text = text.get(..at).unwrap_or_default(),
            _ => break,
        }
    }
    text
}
