//! Which line of the input each place of a text comes from, where the text is not the input itself.

use crate::pprof::text::lines::line_number;

/// From places of a text that was taken out of a log to lines of that log.
#[derive(Clone, Debug, Default)]
pub(in crate::pprof::goroutine) struct Places {
    /// Where the text goes on with another line than the next; in order.
    breaks: Vec<Break>,
}

#[derive(Clone, Copy, Debug)]
struct Break {
    offset: u32,
    line: u64,
    /// All lines of the text from here to the next break come from one line: a string with line feeds in it.
    is_one_line: bool,
}

impl Places {
    /// The text from `offset` on comes from `line`, and what follows from the lines after it.
    pub(super) fn lines_from(&mut self, offset: usize, line: u64) {
        self.breaks.push(Break { offset: offset as u32, line, is_one_line: false });
    }

    /// The text from `offset` on comes from `line` alone.
    pub(super) fn all_from(&mut self, offset: usize, line: u64) {
        self.breaks.push(Break { offset: offset as u32, line, is_one_line: true });
    }

    /// Forgets the text from `len` on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.breaks.truncate(self.breaks.partition_point(|at| (at.offset as usize) < len));
    }

    /// The line of the input, from 1, that `text` has at `offset`.
    #[cold]
    pub(in crate::pprof::goroutine) fn line(&self, text: &[u8], offset: usize) -> u64 {
        let after = self.breaks.partition_point(|at| at.offset as usize <= offset);
        match after.checked_sub(1).and_then(|at| self.breaks.get(at)) {
            None => line_number(text, offset),
            Some(at) if at.is_one_line => at.line,
            Some(at) => {
                let start = at.offset as usize;
                at.line + line_number(text.get(start..).unwrap_or_default(), offset - start) - 1
            }
        }
    }
}
