//! Flame graphs as SVG with search and zoom, drawn by `inferno`.
//!
//! Colours depend on names alone, so that the same profile always gives the same bytes. A differential flame graph has
//! the widths of the later profile; red frames grew, blue ones shrank.

use std::io::Write;

use inferno::flamegraph::{self, Options};

use super::folded::frame;
use crate::error::{Error, ErrorKind, Result};
use crate::intern::Map;
use crate::pprof::report::Report;
use crate::text::Printable;

/// Writes the flame graph of `report` under `title`.
///
/// # Errors
/// [`ErrorKind::Io`]; [`ErrorKind::Usage`] when no stack has a value above 0.
pub fn write(report: &Report<'_>, title: &str, out: &mut impl Write) -> Result<()> {
    let stacks = report.stacks();
    let rows = stacks.rows.iter().filter(|row| row.1 > 0);
    let lines: Vec<String> =
        rows.map(|(stack, value)| format!("{} {value}", line(&stacks.names, stack))).collect();
    draw(&lines, report, title, out)
}

/// Writes the flame graph of `after`, coloured by what changed since `before`.
///
/// # Errors
/// As [`write()`].
pub fn write_diff(before: &Report<'_>, after: &Report<'_>, title: &str, out: &mut impl Write) -> Result<()> {
    let mut rows: Map<String, [i128; 2]> = Map::default();
    for (at, report) in [before, after].into_iter().enumerate() {
        let stacks = report.stacks();
        for (stack, value) in stacks.rows.iter().filter(|row| row.1 > 0) {
            rows.entry(line(&stacks.names, stack)).or_default()[at] += value;
        }
    }
    let mut lines: Vec<String> =
        rows.into_iter().map(|(stack, [before, after])| format!("{stack} {before} {after}")).collect();
    lines.sort();
    draw(&lines, after, title, out)
}

fn line(names: &[Vec<u8>], stack: &[u32]) -> String {
    let line = stack.iter().map(|&name| frame(&names[name as usize])).collect::<Vec<_>>().join(";");
    // inferno would take a number at the end of the last name for a value.
    match line.rsplit_once(' ') {
        Some((before, number)) if number.parse::<f64>().is_ok() => format!("{before}\u{a0}{number}"),
        _ => line,
    }
}

fn draw(lines: &[String], report: &Report<'_>, title: &str, out: &mut impl Write) -> Result<()> {
    if lines.is_empty() {
        return Err(Error::new(ErrorKind::Usage).detail("no stack has a value to draw"));
    }
    let mut options = Options::default();
    options.title = Printable(title.as_bytes()).to_string();
    options.count_name = match report.value_unit() {
        "count" => report.value_type().to_owned(),
        unit => unit.to_owned(),
    };
    options.count_name = Printable(options.count_name.as_bytes()).to_string();
    options.deterministic = true;
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), out)?;
    Ok(())
}
