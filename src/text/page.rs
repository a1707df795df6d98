//! A page of help about one rule.

use std::io::{self, Write};

/// Columns that a line of a page may have.
const WIDTH: usize = 100;

/// Writes a heading, and a text wrapped at words.
pub(crate) fn write_paragraph(out: &mut impl Write, heading: &str, text: &str) -> io::Result<()> {
    write!(out, "\n{heading}\n\n ")?;
    let mut column = 1;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 1 && column + 1 + width > WIDTH {
            write!(out, "\n ")?;
            column = 1;
        }
        write!(out, " {word}")?;
        column += 1 + width;
    }
    writeln!(out)
}

/// Writes a heading, and lines of code below it.
pub(crate) fn write_code<'c>(
    out: &mut impl Write,
    heading: &str,
    lines: impl IntoIterator<Item = &'c str>,
) -> io::Result<()> {
    writeln!(out, "\n{heading}\n")?;
    lines.into_iter().try_for_each(|line| writeln!(out, "{}", format!("    {line}").trim_end()))
}
