//! A comparison as Markdown, for a comment on a pull request.

use std::io::{self, Write};

use super::Comparison;
use super::cells::{at, shares};
use crate::diagnose::report::{plain, write_markdown_finding};

impl Comparison {
    /// Writes the comparison as Markdown.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "## {}\n", plain(&self.headline()))?;
        for (when, side) in [("Before", &self.before), ("After", &self.after)] {
            let text = if side.verdict.is_empty() { &side.headline } else { &side.verdict };
            writeln!(out, "**{when}:** {}\n", plain(text))?;
        }
        for caveat in &self.caveats {
            writeln!(out, "> {}.\n", plain(caveat))?;
        }
        if !self.findings.is_empty() {
            writeln!(out, "| | finding | where | part of the run |\n|---|---|---|---|")?;
        }
        for row in &self.findings {
            let Some(finding) = row.finding() else { continue };
            let (change, id, severity) = (row.change.name(), finding.id(), finding.severity.name());
            let note = row.note.as_ref().map(|note| format!(" ({})", plain(note))).unwrap_or_default();
            writeln!(
                out,
                "| {change}{note} | **{id}** ({severity}): {} | {} | {} |",
                finding.rule.title,
                plain(&at(finding)),
                shares(row)
            )?;
        }
        for section in self.sections() {
            writeln!(out, "\n| {} | before | after | | |\n|---|--:|--:|--:|---|", section.heading)?;
            for [what, before, after, relative, change] in &section.rows {
                writeln!(out, "| {} | {before} | {after} | {relative} | {change} |", plain(what))?;
            }
        }
        let news =
            self.findings.iter().filter(|row| row.change.is_worse()).filter_map(|row| row.after.as_ref());
        (1..).zip(news).try_for_each(|(number, finding)| write_markdown_finding(number, finding, out))
    }
}
