//! Reports of the race detector: two accesses to the same memory, and where their goroutines were started.
//!
//! ```text
//! WARNING: DATA RACE
//! Read at 0x00c000014100 by goroutine 8:          → a goroutine with its frames
//! Previous write at 0x00c000014100 by goroutine 7: → another
//! Goroutine 8 (running) created at:               → its creator, and the frames that called it
//! ```
//!
//! Source: LLVM's `compiler-rt/lib/tsan/rtl/tsan_report.cpp`, the parts for Go.

use super::dump::{Goroutine, GoroutineDump};
use super::race_line::{AccessKind, AccessLine, access};
use super::row::{self, RaceSpan};

impl GoroutineDump<'_> {
    /// The reports of the race detector, in order.
    pub fn races(&self) -> impl ExactSizeIterator<Item = Race<'_>> + Clone {
        self.rows().races.iter().map(|&span| Race { dump: self, span })
    }
}

/// A report of the race detector.
#[derive(Clone, Copy, Debug)]
pub struct Race<'d> {
    dump: &'d GoroutineDump<'d>,
    span: RaceSpan,
}

/// One access of a [`Race`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Access<'d> {
    /// How the memory was accessed.
    pub kind: AccessKind,
    /// It is the earlier access.
    pub is_previous: bool,
    /// The address.
    pub address: u64,
    /// The goroutine, with the stack of the access; its state is `running` or `finished`.
    pub goroutine: Goroutine<'d>,
}

impl<'d> Race<'d> {
    /// The accesses in the order of the report: the later one, then the earlier one.
    pub fn accesses(&self) -> impl Iterator<Item = Access<'d>> + use<'d> {
        let (dump, span) = (self.dump, self.span);
        let goroutines = dump.goroutines().skip(span.start as usize).take((span.end - span.start) as usize);
        goroutines.map(|goroutine| {
            let line = access(row::line(dump.text(), goroutine.offset() as u32)).unwrap_or_default();
            let AccessLine { kind, is_previous, address, .. } = line;
            Access { kind, is_previous, address, goroutine }
        })
    }

    /// What the memory is, in the detector's words: a heap block with its size, or a global variable.
    pub fn location(&self) -> Option<&'d [u8]> {
        (self.span.location > 0).then(|| row::line(self.dump.text(), self.span.location))
    }

    /// The line of the input at which the report begins, from 1.
    pub fn line(&self) -> u64 {
        self.dump.line_at(self.span.offset)
    }
}
