//! A comparison for a terminal.

use std::io::{self, Write};

use super::cells::{at, shares};
use super::change::Change;
use super::{Comparison, FindingChange};
use crate::diagnose::finding::Severity;
use crate::diagnose::report::{Ink, Page, TextOptions, write_finding};
use crate::text::Printable;

impl Comparison {
    /// Writes the comparison as text: both verdicts, what makes the runs hard to compare, how the findings
    /// changed, the figures side by side, and the findings that are new or worse with their proof.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl Write, options: &TextOptions) -> io::Result<()> {
        let page = &mut Page::new(out, options);
        for (first, side) in [("Before: ", &self.before), ("After:  ", &self.after)] {
            let text = if side.verdict.is_empty() { &side.headline } else { &side.verdict };
            page.wrapped((Ink::Strong, first), "        ", Ink::Plain, text)?;
        }
        page.blank()?;
        page.wrapped((Ink::Plain, ""), "", Ink::Strong, &format!("{}.", self.headline()))?;
        if !self.caveats.is_empty() {
            page.blank()?;
        }
        for caveat in &self.caveats {
            let caveat = Printable(caveat.as_bytes()).to_string();
            page.wrapped((Ink::Of(Severity::Warning), "! "), "  ", Ink::Plain, &format!("{caveat}."))?;
        }
        if !self.findings.is_empty() {
            page.blank()?;
        }
        self.findings.iter().try_for_each(|row| write_row(row, page))?;
        self.write_figures(page)?;
        let news =
            self.findings.iter().filter(|row| row.change.is_worse()).filter_map(|row| row.after.as_ref());
        let mut any = false;
        for (number, finding) in (1..).zip(news) {
            page.blank()?;
            write_finding(number, finding, page)?;
            any = true;
        }
        if any {
            page.blank()?;
            page.wrapped((Ink::Plain, ""), "", Ink::Strong, &format!("{}.", self.headline()))?;
        }
        Ok(())
    }

    fn write_figures<W: Write>(&self, page: &mut Page<'_, W>) -> io::Result<()> {
        let sections = self.sections();
        let rows = || sections.iter().flat_map(|section| &section.rows);
        let widest = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [before, after, relative] = [widest(1).max(6), widest(2).max(6), widest(3)];
        // The names have what is left of the line.
        let room = page.width().saturating_sub(before + after + relative + 2 + 3 * 2 + 11).max(20);
        let name = widest(0).clamp(20, room);
        for section in &sections {
            page.blank()?;
            let head =
                format!("{:<1$}  {2:>before$}  {3:>after$}", section.heading, name + 2, "before", "after");
            page.parts(&[(Ink::Strong, &head)])?;
            for [what, early, late, difference, change] in &section.rows {
                let what = Printable(what.as_bytes()).to_string();
                let line = format!(
                    "  {:<name$}  {early:>before$}  {late:>after$}  {difference:>relative$}  ",
                    shortened(&what, name)
                );
                page.parts(&[
                    (Ink::Plain, if change.is_empty() { line.trim_end() } else { &line }),
                    (ink(change), change),
                ])?;
            }
        }
        Ok(())
    }
}

/// The colour of a change, by its word.
fn ink(change: &str) -> Ink {
    match change {
        "worse" | "new" => Ink::Of(Severity::Error),
        "better" | "gone" => Ink::Of(Severity::Info),
        _ => Ink::Plain,
    }
}

/// A name that fits: without its beginning, which is the path of a package.
fn shortened(name: &str, width: usize) -> String {
    let length = name.chars().count();
    if length <= width {
        return name.to_owned();
    }
    let end: String = name.chars().skip(length - width + 1).collect();
    format!("…{end}")
}

fn write_row<W: Write>(row: &FindingChange, page: &mut Page<'_, W>) -> io::Result<()> {
    let Some(finding) = row.finding() else { return Ok(()) };
    let was =
        row.before.as_ref().zip(row.after.as_ref()).map(|(before, after)| (before.severity, after.severity));
    let severity = match was {
        Some((before, after)) if before != after => format!("{} → {}", before.name(), after.name()),
        _ => finding.severity.name().to_owned(),
    };
    let first = format!("  {:<9}  ", row.change.name());
    let mut text = format!("{}: {}", finding.id(), finding.rule.title);
    let (place, shares) = (at(finding), shares(row));
    if !place.is_empty() {
        text.push_str(&format!(", {place}"));
    }
    text.push_str(&format!(" [{severity}"));
    if !shares.is_empty() {
        text.push_str(&format!(", {shares}"));
    }
    text.push(']');
    if let Some(note) = &row.note {
        text.push_str(&format!("; {note}"));
    }
    let ink = match row.change {
        Change::New | Change::Worse => Ink::Of(finding.severity),
        Change::Gone | Change::Better => Ink::Of(Severity::Info),
        _ => Ink::Faint,
    };
    page.wrapped((ink, &first), "             ", Ink::Plain, &text)
}
