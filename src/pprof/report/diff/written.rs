//! A difference as aligned text and as Markdown.

use std::io::Write;

use super::{Change, Diff, DiffRow, Verdict};
use crate::error::Result;
use crate::pprof::units;
use crate::text::Printable;

impl Diff {
    /// Writes rows whose own value changed by more than noise as aligned text, at most `most` of them.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_text(&self, most: usize, out: &mut impl Write) -> Result<()> {
        let line = |change: &Change| {
            let [before, after, delta, percent] = self.cells(change);
            format!("{before:>10} {after:>10} {delta:>10} {percent:>8}")
        };
        writeln!(out, "Type: {}", Printable(self.value_type.as_bytes()))?;
        self.scaling.notes.iter().try_for_each(|note| writeln!(out, "{}", Printable(note.as_bytes())))?;
        writeln!(out, "{:>10} {:>10} {:>10} {:>8}", "before", "after", "delta", "delta%")?;
        writeln!(out, "{}  total{}", line(&self.total), mark(self.total.verdict))?;
        for row in self.telling().take(most) {
            writeln!(out, "{}  {}{}", line(&row.flat), Printable(&row.name), mark(row.flat.verdict))?;
        }
        Ok(())
    }

    /// Writes the same as a Markdown table, for a comment on a pull request.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn write_markdown(&self, most: usize, out: &mut impl Write) -> Result<()> {
        for note in &self.scaling.notes {
            writeln!(out, "{}\n", cell(note.as_bytes()))?;
        }
        writeln!(out, "| {} | before | after | delta | delta% | |", cell(self.value_type.as_bytes()))?;
        writeln!(out, "|:--|--:|--:|--:|--:|:--|")?;
        let mut line = |name: &str, change: &Change| -> Result<()> {
            let [before, after, delta, percent] = self.cells(change);
            let mark = mark(change.verdict).trim();
            Ok(writeln!(out, "| {name} | {before} | {after} | {delta} | {percent} | {mark} |")?)
        };
        line("**total**", &self.total)?;
        for row in self.telling().take(most) {
            line(&format!("`{}`", cell(&row.name)), &row.flat)?;
        }
        Ok(())
    }

    /// Rows of which the own value changed by more than noise.
    fn telling(&self) -> impl Iterator<Item = &DiffRow> {
        self.rows.iter().filter(|row| row.flat.verdict != Verdict::Same)
    }

    fn cells(&self, change: &Change) -> [String; 4] {
        let label =
            |value| Printable(units::label(value, &self.value_unit, units::AUTO).as_bytes()).to_string();
        let percent = change.percent().map_or("new".to_owned(), |percent| format!("{percent:+.1}%"));
        let percent = if change.delta() == 0 { "0.0%".to_owned() } else { percent };
        let sign = if change.delta() > 0 { "+" } else { "" };
        [label(change.before), label(change.after), format!("{sign}{}", label(change.delta())), percent]
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "",
        Verdict::Regression => "  worse",
        Verdict::Improvement => "  better",
    }
}

/// A name inside a code span of a Markdown table's cell.
fn cell(name: &[u8]) -> String {
    Printable(name).to_string().replace('`', "'").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_cell() {
        assert_eq!(cell(b"a|b`c\n"), "a\\|b'c\\x0a");
    }
}
