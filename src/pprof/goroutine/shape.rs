//! What a line looks like, where its first bytes do not say it.

use super::frame::{self, NoPosition, Position};
use super::note::Note;
use crate::pprof::text::lines::Lines;

/// For some processors, Go prints several registers per line.
pub(super) fn is_tab(byte: &u8) -> bool {
    *byte == b'\t'
}

pub(super) fn is_register(text: &[u8]) -> bool {
    matches!(Note::parse(text), Some(Note::Register { .. }))
}

pub(super) fn is_start_of_header(line: &[u8]) -> bool {
    match line.strip_prefix(b"goroutine ") {
        Some(rest) => rest.first().is_none_or(u8::is_ascii_digit),
        None => b"goroutine ".starts_with(line),
    }
}

/// The position on the next line, if there is one.
pub(super) fn next_position<'t>(lines: &Lines<'t>) -> Option<Position<'t>> {
    let (_, line) = lines.peek()?;
    Position::parse(line.strip_prefix(b"\t").unwrap_or(line.trim_ascii_start())).ok()
}

pub(super) fn next_is_position(lines: &Lines<'_>) -> bool {
    let is_position = |(_, line): (usize, &[u8])| {
        line.strip_prefix(b"\t").is_some_and(|text| Position::parse(text).is_ok())
            || pasted_position(line).is_ok()
    };
    lines.peek().is_some_and(is_position)
}

/// How far a position line is indented that does not begin with a tab. It names a source file, so that no
/// line of a log is taken for one.
pub(super) fn pasted_position(line: &[u8]) -> std::result::Result<usize, NoPosition> {
    let text = line.trim_ascii_start();
    let position = Position::parse(text)?;
    let is_source = [&b".go"[..], b".s", b".c"].iter().any(|ending| position.file.ends_with(ending));
    if is_source || position.pc.is_some() { Ok(line.len() - text.len()) } else { Err(NoPosition::Other) }
}

/// Whether `line` may be the first line of a frame.
pub(super) fn is_function(line: &[u8]) -> bool {
    match frame::arguments(line) {
        Some(args) => line.get(..args).is_some_and(|name| !name.contains(&b' ')),
        None => is_plain_function(line),
    }
}

/// Whether `line` may be a function without its arguments, as loggers print it.
pub(super) fn is_plain_function(line: &[u8]) -> bool {
    !line.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'"'))
        && line.contains(&b'.')
        && !line.ends_with(b":")
}
