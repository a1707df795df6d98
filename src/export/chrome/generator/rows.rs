//! The rows that the finished picture has.

use std::io::Write;

use super::{Generator, Rows};
use crate::export::chrome::emitter::Row;
use crate::export::chrome::goroutine::Goroutine;
use crate::trace::{GoId, Tables};

/// As in Go's viewer, idle procs have rows too, unless a proc has a number as high as this.
const IDLE_ROWS_BELOW: i64 = 1 << 12;

impl<W: Write> Generator<'_, W> {
    /// The name of their section, and all rows that are shown.
    pub(super) fn rows(&self, tables: &Tables) -> (&'static str, Vec<Row>) {
        match self.rows_are {
            Rows::Procs => {
                let row = |row: i64| (row, format!("Proc {row}").into_bytes(), row);
                let rows = match self.rows.last().copied().unwrap_or(0) {
                    last @ 0..IDLE_ROWS_BELOW => (0..=last).map(row).collect(),
                    _ => self.rows.iter().copied().map(row).collect(),
                };
                ("PROCS", rows)
            }
            Rows::Threads => {
                let row = |row: &i64| (*row, format!("Thread {row}").into_bytes(), *row);
                ("OS THREADS", self.rows.iter().map(row).collect())
            }
            Rows::Goroutines => {
                let shown = self.goroutines.iter().filter(|(id, _)| self.out.shows(id.raw()));
                let focus = self.focus.map_or(GoId::NONE, |focus| focus.goroutine);
                // The goroutine in focus comes first.
                let row = |(id, goroutine): (&GoId, &Goroutine)| {
                    (id.raw(), goroutine.full_name(tables), if *id == focus { -2 } else { id.raw() })
                };
                let mut rows: Vec<_> = shown.map(row).collect();
                rows.sort_unstable();
                ("G", rows)
            }
        }
    }
}
