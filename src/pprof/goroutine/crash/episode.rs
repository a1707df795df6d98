//! Cuts a dump into episodes: a log may hold many crashes.

use std::ops::Range;

use super::cause::Cause;
use crate::pprof::goroutine::header::goleak;
use crate::pprof::goroutine::note::Note;
use crate::pprof::goroutine::row::{self, Rows};

/// Which rows belong to one crash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Episode {
    pub(super) offset: u32,
    pub(super) notes: Range<usize>,
    pub(super) goroutines: Range<usize>,
    /// The index of the race that it is.
    pub(super) race: Option<usize>,
    /// goleak listed the goroutines.
    pub(super) is_leak: bool,
    /// Whether it has what begins an episode.
    has_reason: bool,
    /// The last note says that another thread's dump follows.
    is_thread_next: bool,
}

/// The episodes of `rows`, in order; rows before the first reason are an episode without one.
pub(super) fn all(rows: &Rows, text: &[u8]) -> Vec<Episode> {
    let (mut episodes, mut open) = (Vec::new(), Episode::default());
    let (mut note, mut goroutine, mut race) = (0, 0, 0);
    loop {
        let next_note = rows.notes.get(note).map(|note| note.offset);
        let next_goroutine = rows.goroutines.get(goroutine).map(|block| block.header);
        match (next_note, next_goroutine) {
            (None, None) => break,
            (Some(at), other) if other.is_none_or(|other| at < other) => {
                let found = rows.notes.get(note).and_then(|note| Note::parse(note.text(text)));
                if found.is_some_and(|found| begins(&found, &open)) {
                    close(&mut episodes, &mut open, at, note, goroutine);
                    open.has_reason = true;
                }
                open.is_thread_next = found == Some(Note::NextThread);
                let is_idle = open.goroutines.is_empty() && !open.has_reason;
                if is_idle && !matches!(found, Some(Note::Runtime(_))) {
                    open.notes.start = note + 1;
                } else if is_idle && open.notes.is_empty() {
                    open.offset = at;
                }
                note += 1;
                open.notes.end = note;
            }
            (_, Some(at)) => {
                // A report may have been cut before its first access.
                while rows.races.get(race).is_some_and(|span| span.end as usize <= goroutine) {
                    race += 1;
                }
                let span = rows.races.get(race).filter(|span| span.start as usize == goroutine);
                let is_leak = goleak(row::line(text, at)).is_some();
                if let Some(span) = span {
                    close(&mut episodes, &mut open, span.offset, note, goroutine);
                    let end = span.end as usize;
                    (open.race, open.goroutines.end) = (Some(race), end);
                    (race, goroutine) = (race + 1, end);
                    // A race is over with its goroutines.
                    close(&mut episodes, &mut open, at, note, goroutine);
                    continue;
                }
                if is_leak != open.is_leak {
                    close(&mut episodes, &mut open, at, note, goroutine);
                    open.is_leak = is_leak;
                }
                goroutine += 1;
                open.goroutines.end = goroutine;
            }
            (Some(_), None) => break,
        }
    }
    close(&mut episodes, &mut open, 0, note, goroutine);
    episodes
}

/// Whether `note` begins another episode than `open`.
fn begins(note: &Note<'_>, open: &Episode) -> bool {
    let is_later = !open.goroutines.is_empty() || open.is_leak;
    match note {
        // The threads of a crash print one after the other, and the process ends by a signal of its own.
        Note::Signal(_) if open.is_thread_next => false,
        Note::Signal(name) if open.has_reason => is_later && !name.starts_with(b"SIGABRT"),
        Note::Signal(_) => true,
        Note::Panic { is_nested: true, .. } => !open.has_reason,
        Note::Panic { .. } => true,
        note => Cause::of(note).is_some() && (is_later || !open.has_reason),
    }
}

/// Ends `open` before the rows `note` and `goroutine`; what is next begins at `offset`.
fn close(episodes: &mut Vec<Episode>, open: &mut Episode, offset: u32, note: usize, goroutine: usize) {
    // What the runtime says just before its reason belongs to the reason.
    let has_rows = !open.goroutines.is_empty() || open.has_reason;
    let keeps_notes = !has_rows && open.notes.start < note;
    let next = Episode {
        offset: if keeps_notes { open.offset } else { offset },
        notes: if keeps_notes { open.notes.start..note } else { note..note },
        goroutines: goroutine..goroutine,
        ..Episode::default()
    };
    let ended = std::mem::replace(open, next);
    if has_rows {
        episodes.push(ended);
    }
}
