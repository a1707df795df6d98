//! A trace in Chrome's JSON trace format, as the web viewer of `go tool trace` gives it.
//!
//! What goes in: the events of a trace, in one pass. What comes out: the answer of `/jsontrace` of Go 1.27.3
//! (`cmd/trace/procgen.go`, `threadgen.go`, `internal/trace/traceviewer`): slices of goroutines on their procs or
//! threads, arrows from who made a goroutine runnable, counters, the collector's row. `chrome://tracing`,
//! ui.perfetto.dev and catapult open it.
//!
//! It differs from Go's answer in the order in which the slices of several open ranges of one goroutine are written
//! (Go's follows its maps and differs from run to run), in the numbers of stack frames where such an order decides
//! them, and in that `<`, `>` and `&` in names are not escaped. An event that no state allows, in a salvaged trace, is
//! left out where Go's viewer gives up. Beside a proc with a number of 4096 or more, only procs that were seen have rows;
//! Go writes one for each number up to it.
//!
//! ```no_run
//! use godiag::export::chrome::{self, View};
//! # let bytes: Vec<u8> = Vec::new();
//! let mut reader = godiag::trace::Reader::new(&bytes)?;
//! chrome::write(&mut reader, View::Procs, std::fs::File::create("trace.json")?)?;
//! # Ok::<(), godiag::Error>(())
//! ```

mod emitter;
mod focus;
mod generator;
mod goroutine;
mod tasks;

use std::io::Write;

use crate::error::Result;
use crate::trace::Reader;

pub use focus::Focus;

use generator::Generator;

/// What the rows of the picture are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// A row for each proc, as the viewer shows by default.
    #[default]
    Procs,
    /// A row for each thread.
    Threads,
}

/// Writes the rest of a trace to `out`, as far as the focus shows it: what Go's viewer answers about a goroutine
/// (`goid`) or a task (`taskid`, `focustask`). The reader is another than that of the focus, over the same trace.
///
/// # Errors
/// Those of [`Reader::next_event`], and `Io`.
pub fn write_focused(reader: &mut Reader<'_>, focus: &Focus, out: impl Write) -> Result<()> {
    let mut generator = Generator::focused(focus, std::io::BufWriter::with_capacity(1 << 16, out))?;
    while let Some(&event) = reader.next_event()? {
        generator.event(&event, reader.tables())?;
    }
    generator.finish(reader.tables())?;
    Ok(())
}

/// Writes the rest of a trace to `out`.
///
/// # Errors
/// Those of [`Reader::next_event`], and `Io`.
///
/// # Cost
/// One pass; memory for one state a goroutine and each distinct stack.
pub fn write(reader: &mut Reader<'_>, view: View, out: impl Write) -> Result<()> {
    let mut generator = Generator::new(view, std::io::BufWriter::with_capacity(1 << 16, out))?;
    while let Some(&event) = reader.next_event()? {
        generator.event(&event, reader.tables())?;
    }
    generator.finish(reader.tables())?;
    Ok(())
}
