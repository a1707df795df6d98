//! A trace in Chrome's JSON trace format, as `go tool trace` serves it to its web viewer.
//!
//! In go the events of a trace, in one pass; out comes the answer of `/jsontrace` of Go 1.27.3
//! (`cmd/trace/procgen.go`, `threadgen.go`, `internal/trace/traceviewer`): slices of goroutines on their
//! procs or threads, arrows from the event that made a goroutine runnable to its start, counters, and a row
//! for the garbage collector. `chrome://tracing`, ui.perfetto.dev and catapult open it.
//!
//! It differs from Go's answer in the order in which the slices of several open ranges of one goroutine are
//! written (Go's follows its maps and differs from run to run), in the numbers of stack frames where such an
//! order decides them, and in that DEL and C1 control characters in names are escaped. In a salvaged trace,
//! an event that contradicts the state before it is left out; Go's viewer gives up. If any proc has a number
//! of 4096 or more, only procs that appear in the trace have rows; Go writes a row for every number up to the
//! highest.
//!
//! ```no_run
//! use godiag::export::chrome::{self, View};
//! # let bytes: Vec<u8> = Vec::new();
//! let mut reader = godiag::trace::Reader::parse(&bytes)?;
//! chrome::write(&mut reader, View::Procs, std::fs::File::create("trace.json")?)?;
//! # Ok::<(), godiag::Error>(())
//! ```

mod emitter;
mod focus;
mod generator;
mod goroutine;
mod tasks;
mod view;

use std::io::Write;

use crate::error::Result;
use crate::trace::Reader;

pub use focus::Focus;
pub use view::View;

use generator::Generator;

/// Writes the part of a trace that the focus shows: the answer of Go's viewer about a goroutine (`goid`) or a
/// task (`taskid`, `focustask`). `reader` must be a new one over the trace in which the focus was found.
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
/// One pass; memory for one state per goroutine and for each distinct stack.
pub fn write(reader: &mut Reader<'_>, view: View, out: impl Write) -> Result<()> {
    let mut generator = Generator::new(view, std::io::BufWriter::with_capacity(1 << 16, out))?;
    while let Some(&event) = reader.next_event()? {
        generator.event(&event, reader.tables())?;
    }
    generator.finish(reader.tables())?;
    Ok(())
}
