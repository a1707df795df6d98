//! Folded stacks: one line per stack, `root;caller;leaf 123`, as Brendan Gregg's flame graph scripts write
//! them.
//!
//! [`write()`] takes a [`Report`], with its filters and granularity, and writes each stack once, in byte
//! order; [`read`] makes a [`Profile`]. The separator `;` inside a name becomes `:`; line breaks are escaped.
//!
//! ```
//! use godiag::export::folded;
//! let profile = folded::read(b"main;work 3\nmain;idle 1\n", "samples", "count")?;
//! let mut out = Vec::new();
//! let report = godiag::pprof::report::Report::new(&profile, &Default::default())?;
//! folded::write(&report, &mut out)?;
//! assert_eq!(out, b"main;idle 1\nmain;work 3\n");
//! # Ok::<(), godiag::Error>(())
//! ```

use std::io::Write;

use crate::error::{Error, ErrorKind, Result};
use crate::pprof::report::Report;
use crate::pprof::{Builder, Line, LocationId, Profile, ValueType};
use crate::text::Printable;

/// Writes the stacks of `report`. A difference may have negative values, which are written as they are.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write(report: &Report<'_>, out: &mut impl Write) -> Result<()> {
    let stacks = report.stacks();
    let names: Vec<String> = stacks.names.iter().map(|name| frame(name)).collect();
    for (stack, value) in &stacks.rows {
        for (at, &name) in stack.iter().enumerate() {
            let gap = if at == 0 { "" } else { ";" };
            write!(out, "{gap}{}", names[name as usize])?;
        }
        writeln!(out, " {value}")?;
    }
    Ok(())
}

/// A name as one frame of a folded line.
pub(super) fn frame(name: &[u8]) -> String {
    Printable(name).to_string().replace(';', ":")
}

/// Reads folded stacks into a profile whose one column is `kind` in `unit`.
///
/// A line is names with `;` between them, a blank, and a whole number. Empty lines and lines that begin with
/// `# ` are skipped.
///
/// # Errors
/// [`ErrorKind::BadMagic`] with the first line that does not end in a whole number.
pub fn read(input: &[u8], kind: &str, unit: &str) -> Result<Profile> {
    let mut builder = Builder::new();
    let ty = ValueType::new(builder.string(kind.as_bytes()), builder.string(unit.as_bytes()));
    builder.sample_type(ty);
    builder.period(ty, 1);
    let mut stack: Vec<LocationId> = Vec::new();
    for (number, line) in input.split(|&c| c == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"# ") {
            continue;
        }
        let (names, value) = split(line).ok_or_else(|| {
            let error = Error::new(ErrorKind::BadMagic).at_line(number as u64 + 1, 1);
            error.detail("a folded stack is names with ; between them, a blank and a whole number")
        })?;
        stack.clear();
        for name in names.split(|&c| c == b';').rev() {
            let name = builder.string(name);
            let function = builder.function(name, name, crate::pprof::StringId::EMPTY, 0);
            stack.push(builder.location(None, 0, false, &[Line { function, line: 0, column: 0 }]));
        }
        builder.sample(&stack, &[value], &[]);
    }
    builder.finish()
}

/// The names and the number of a line.
fn split(line: &[u8]) -> Option<(&[u8], i64)> {
    let at = line.iter().rposition(|&c| c == b' ' || c == b'\t')?;
    let value = std::str::from_utf8(&line[at + 1..]).ok()?.parse().ok()?;
    Some((line[..at].trim_ascii_end(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_a_line_or_a_stack() {
        assert_eq!(frame(b"a;b\nc 5"), "a:b\\x0ac 5");
    }

    #[test]
    fn a_line_without_a_number_is_named() {
        let error = read(b"a;b 1\n\na;b\n", "samples", "count").unwrap_err();
        assert_eq!(error.line_column(), Some((3, 1)));
        let profile = read(b"# comment\na b;c d\t-2\r\n", "samples", "count").unwrap();
        assert_eq!(profile.sample(0).values(), [-2]);
        assert_eq!(profile.sample(0).locations().len(), 2);
    }
}
