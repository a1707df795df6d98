//! The viewer's rows and sections, which are named after all events.

use std::io::{self, Write};

use super::Emitter;
use crate::text::json;

/// Rows of the procs' section that are not procs (`internal/trace/traceviewer/fakep.go`).
const TIMERS: i64 = 1_000_001;
pub(crate) const NETWORK: i64 = 1_000_002;
pub(crate) const SYSCALLS: i64 = 1_000_003;
pub(crate) const GC: i64 = 1_000_004;

/// The section of tasks.
pub(super) const TASKS: u32 = 2;

/// A row: its number, its name, and its index among the others.
pub(crate) type Row = (i64, Vec<u8>, i64);

impl<W: Write> Emitter<W> {
    fn meta(&mut self, name: &str, section: u32, row: i64, args: &str) -> io::Result<()> {
        let comma = if self.is_first { "" } else { "," };
        self.is_first = false;
        write!(
            self.out,
            "{comma}\n{{\"name\":\"{name}\",\"ph\":\"M\",\"ts\":0,\"pid\":{section},\"tid\":{row},\"args\":{{{args}}}}}"
        )
    }

    fn section(&mut self, section: u32, name: &str, index: u32) -> io::Result<()> {
        self.meta("process_name", section, 0, &format!("\"name\":\"{name}\""))?;
        self.meta("process_sort_index", section, 0, &format!("\"sort_index\":{index}"))
    }

    fn row(&mut self, section: u32, row: i64, name: &[u8], index: i64) -> io::Result<()> {
        let mut args = b"\"name\":".to_vec();
        json::write_string(&mut args, name)?;
        self.meta("thread_name", section, row, &String::from_utf8_lossy(&args))?;
        self.meta("thread_sort_index", section, row, &format!("\"sort_index\":{index}"))
    }

    /// Names the rows of procs, threads or goroutines and those of tasks, each with its index; writes the
    /// frames.
    pub(crate) fn finish(mut self, section: &str, rows: &[Row], tasks: &[Row]) -> io::Result<W> {
        self.section(1, "STATS", 0)?;
        if !tasks.is_empty() {
            self.section(TASKS, "TASKS", 1)?;
        }
        for (row, name, index) in tasks {
            self.row(TASKS, *row, name, *index)?;
        }
        self.section(0, section, 2)?;
        for (row, name, index) in
            [(GC, "GC", -6), (NETWORK, "Network", -5), (TIMERS, "Timers", -4), (SYSCALLS, "Syscalls", -3)]
        {
            self.row(0, row, name.as_bytes(), index)?;
        }
        for (row, name, index) in rows {
            self.row(0, *row, name, *index)?;
        }
        self.out.write_all(b"\n],")?;
        self.frames.write(&mut self.out)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
