//! Results as text: `{}` shows twenty rows of each table, `{:.N}` shows N.

mod budget;
mod gc;
mod goroutines;
mod waits;

use std::fmt;

use super::names::Stack;
use crate::text::Nanos;

/// Rows of a table without a precision.
const ROWS: usize = 20;

/// How many rows to show.
fn rows(f: &fmt::Formatter<'_>) -> usize {
    f.precision().unwrap_or(ROWS)
}

/// Writes how many of `count` rows were not shown.
fn rest(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(rows(f)) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(f, "{:>9} … and {more} more", ""),
    }
}

/// A share in percent.
fn percent(part: i64, whole: i64) -> String {
    if whole > 0 { format!("{:.1}%", part as f64 * 100.0 / whole as f64) } else { "-".to_owned() }
}

/// The innermost frame and the program's own: `sync.(*Mutex).Lock < main.update main.go:12`.
struct Place<'a>(&'a Stack);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(own) = self.0.user_leaf() else { return f.write_str("(no stack)") };
        if self.0.leaf() != own.function.as_bytes() {
            write!(f, "{} < ", crate::text::Printable(self.0.leaf()))?;
        }
        let file = crate::text::path::base(&own.file);
        write!(f, "{} {}:{}", own.function, crate::text::Printable(file), own.line)
    }
}

/// A name, or a placeholder for an empty one.
fn named(name: &super::names::Text) -> &dyn fmt::Display {
    if name.is_empty() { &"(no stack seen)" } else { name }
}
