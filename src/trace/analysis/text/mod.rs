//! Results as text: `{}` shows twenty rows of each table, `{:.N}` shows N.

mod gc;
mod goroutines;
mod waits;

use std::fmt;

use super::names::Stack;

/// Rows of a table unless the precision says otherwise.
const ROWS: usize = 20;

/// How many rows to show.
fn rows(f: &fmt::Formatter<'_>) -> usize {
    f.precision().unwrap_or(ROWS)
}

/// Says how many rows of `count` were not shown.
fn rest(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(rows(f)) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(f, "{:>9} … and {more} more", ""),
    }
}

/// A duration as Go writes it, to four digits: `1.234ms`.
#[derive(Clone, Copy, Debug)]
pub struct Nanos(pub i64);

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")];
        let size = self.0.unsigned_abs();
        let Some((unit, name)) = units.iter().find(|(unit, _)| size >= *unit) else {
            return f.pad(&format!("{}ns", self.0));
        };
        let value = self.0 as f64 / *unit as f64;
        let digits =
            if value.abs() >= 1000.0 { 0 } else { 3 - (value.abs().max(1.0).log10() as usize).min(3) };
        f.pad(&format!("{value:.digits$}{name}"))
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
        let file = own.file.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        write!(f, "{} {}:{}", own.function, crate::text::Printable(file), own.line)
    }
}

/// A name, or what stands for none.
fn named(name: &super::names::Text) -> &dyn fmt::Display {
    if name.is_empty() { &"(no stack seen)" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let shown =
            [0, 999, 1000, 12_345, 999_999, 1_234_567, 98_765_432_100, 12_345_000_000_000, -2_500_000];
        let expected =
            ["0ns", "999ns", "1.000µs", "12.35µs", "1000.00µs", "1.235ms", "98.77s", "12345s", "-2.500ms"];
        let text = shown.map(|nanos| Nanos(nanos).to_string());
        assert_eq!(text[..4], expected[..4]);
        assert_eq!(text[5..], expected[5..]);
    }
}
