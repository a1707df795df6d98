//! From the lines of a race report to rows.

use super::frame::{Position, arguments};
use super::race_line::{AccessLine, access, created_at};
use super::row::{Block, Item, Kind, RaceSpan, Rows};
use crate::pprof::text::lines::Lines;

/// A part of a report: its first line, and which of the report's frames are its own.
struct Part {
    at: usize,
    kind: PartKind,
    start: usize,
    end: usize,
}

enum PartKind {
    Access(AccessLine),
    CreatedAt(u64),
    /// Where the memory was allocated.
    Location,
}

/// A frame of a report: where its function is, how long it is with and without `(`, and where its position
/// is.
#[derive(Clone, Copy)]
struct Line {
    at: usize,
    len: usize,
    position: usize,
}

impl Line {
    fn item(self, kind: Kind, len: usize) -> Option<Item> {
        Item::new(kind, self.at, len, self.position)
    }
}

/// Reads the report whose first line is at `offset`, up to its closing line; gives how many lines are
/// nobody's. `None` where an offset does not fit.
pub(super) fn read(rows: &mut Rows, offset: usize, lines: &mut Lines<'_>) -> Option<u64> {
    let (mut parts, mut frames): (Vec<Part>, Vec<Line>) = (Vec::new(), Vec::new());
    let mut unknown = 0;
    while let Some((at, line)) = lines.peek() {
        if line.starts_with(b"=====") {
            lines.skip(line);
            break;
        }
        if line == b"WARNING: DATA RACE" || line.starts_with(b"goroutine ") || line.starts_with(b"panic: ") {
            break;
        }
        lines.skip(line);
        let kind =
            access(line).map(PartKind::Access).or_else(|| Some(PartKind::CreatedAt(created_at(line)?.0)));
        let is_location = || line.starts_with(b"Heap block of ") || line.starts_with(b"Global var ");
        let kind = kind.or_else(|| is_location().then_some(PartKind::Location));
        if let Some(kind) = kind {
            parts.push(Part { at, kind, start: frames.len(), end: frames.len() });
            continue;
        }
        let func = line.trim_ascii_start();
        match (parts.last_mut(), arguments(func)) {
            (Some(part), Some(len)) if func.len() < line.len() => {
                let at = at + line.len() - func.len();
                frames.push(Line { at, len, position: position(lines).unwrap_or(0) });
                part.end = frames.len();
            }
            _ if func.is_empty() || func == b"[failed to restore the stack]" => {}
            _ => unknown += 1,
        }
    }
    let start = rows.goroutines.len() as u32;
    for part in &parts {
        let PartKind::Access(line) = &part.kind else { continue };
        let first = rows.items.len() as u32;
        for frame in frames.get(part.start..part.end).unwrap_or_default() {
            rows.items.push(frame.item(Kind::Frame, frame.len)?);
        }
        let is_creation = |part: &&Part| matches!(part.kind, PartKind::CreatedAt(id) if id == line.goroutine);
        if let Some(created) = parts.iter().find(is_creation) {
            rows.items.push(Item::new(Kind::CreatedAt, created.at, 0, 0)?);
            let stack = frames.get(created.start..created.end).unwrap_or_default();
            if let Some((creator, callers)) = stack.split_first() {
                rows.items.push(creator.item(Kind::CreatedBy, creator.len.saturating_sub(1))?);
                for frame in callers {
                    rows.items.push(frame.item(Kind::Frame, frame.len)?);
                }
            }
        }
        let end = rows.items.len() as u32;
        rows.goroutines.push(Block { header: u32::try_from(part.at).ok()?, start: first, end });
    }
    let location = parts.iter().find(|part| matches!(part.kind, PartKind::Location));
    rows.races.push(RaceSpan {
        offset: u32::try_from(offset).ok()?,
        start,
        end: rows.goroutines.len() as u32,
        location: location.map_or(Some(0), |part| u32::try_from(part.at).ok())?,
    });
    Some(unknown)
}

/// Where the position on the next line begins, if that line is one.
fn position(lines: &mut Lines<'_>) -> Option<usize> {
    let (at, line) = lines.peek()?;
    let text = line.trim_ascii_start();
    Position::parse(text).ok()?;
    lines.skip(line);
    Some(at + line.len() - text.len())
}
