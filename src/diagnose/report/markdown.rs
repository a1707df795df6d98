//! A report as Markdown, for a comment on a pull request.

use super::Report;
use super::budget::{Level, TraceBudget, percent};
use crate::diagnose::finding::Finding;
use std::io::{self, Write};

use super::text::capital;
use crate::text::Printable;

impl Report {
    /// Writes the report as Markdown: a table of all findings, each with its evidence, and what could not be
    /// looked at.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "## {}\n", self.headline())?;
        if !self.verdict.is_empty() {
            writeln!(out, "**{}**\n", plain(&self.verdict))?;
        }
        self.budgets.iter().try_for_each(|budget| write_budget(budget, out))?;
        for mismatch in &self.mismatches {
            let (a, b) = (plain(&mismatch.input), plain(&mismatch.other));
            writeln!(out, "> **{a} and {b} do not belong together:** {}\n", plain(&mismatch.reason))?;
        }
        for input in self.inputs.iter().filter(|input| !input.doubts.is_empty()) {
            let doubts: Vec<_> = input.doubts.iter().map(|doubt| plain(doubt)).collect();
            writeln!(out, "> **{}:** {}\n", plain(&input.name), doubts.join("; "))?;
        }
        if self.shown().next().is_some() {
            writeln!(out, "| | finding | where | what |\n|---|---|---|---|")?;
        }
        for (number, finding) in (1..).zip(self.shown()) {
            let (id, at) = (finding.id(), plain(&finding.subject.to_string()));
            let (severity, what) = (finding.severity.name(), plain(&finding.summary));
            writeln!(out, "| {number} | **{id}** ({severity}) | {at} | {what} |")?;
        }
        for (number, finding) in (1..).zip(self.shown()) {
            write_finding(number, finding, out)?;
        }
        if !self.coverage.is_empty() {
            writeln!(out, "\n<details><summary>Not looked at</summary>\n")?;
            for gap in &self.coverage {
                writeln!(out, "- {} ({})", plain(&gap.missing), gap.rules.join(", "))?;
            }
            writeln!(out, "\n</details>")?;
        }
        if !self.left_aside.is_empty() {
            writeln!(out, "\n<details><summary>Left aside</summary>\n")?;
            for file in &self.left_aside {
                writeln!(out, "- {}: {}", plain(&file.name), plain(&file.reason))?;
            }
            writeln!(out, "\n</details>")?;
        }
        Ok(())
    }
}

fn write_budget(budget: &TraceBudget, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{}\n\n| share | goroutines | what they do | where |\n|--:|---|---|---|",
        plain(&budget.heading())
    )?;
    for row in budget.rows() {
        let (share, text) = (percent(row.share), plain(&row.text));
        let sites: Vec<_> = row.sites.iter().map(|site| plain(site)).collect();
        match row.level {
            Level::Group => writeln!(out, "| **{share}** | {text} | | |")?,
            Level::Activity => writeln!(out, "| {share} | | {text} | {} |", sites.join("<br>"))?,
        }
    }
    writeln!(out, "\n{}\n", plain(&budget.process()))
}

pub(crate) fn write_finding(number: usize, finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n### {number}. {}: {}\n", finding.id(), plain(&capital(&finding.summary)))?;
    if let Some(code) = &finding.code {
        // Indented code: nothing in it is markup.
        writeln!(out, "    {code}\n")?;
    }
    for evidence in &finding.evidence {
        writeln!(
            out,
            "- {} ({}): {}",
            plain(&evidence.input),
            evidence.source.name(),
            plain(&evidence.text)
        )?;
        for line in &evidence.lines {
            writeln!(out, "  - {}", plain(line))?;
        }
    }
    writeln!(out, "\n{}", plain(&finding.advice))
}

/// `text` as Markdown shows it unchanged: its signs escaped, control characters made visible.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in Printable(text.as_bytes()).to_string().chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '@'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(plain("main.(*T).f|<b>\n"), "main.(\\*T).f\\|\\<b\\>\\\\x0a");
    }
}
