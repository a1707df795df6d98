//! A report for a terminal.

mod finding;
mod next;
mod page;

use std::io::{self, Write};

use super::Report;
use super::budget::{Level, percent};
use crate::diagnose::finding::{Finding, Severity, things};
use crate::text::Printable;

pub(super) use finding::capital;
pub(crate) use finding::write_finding;
pub(crate) use page::{Ink, Page};
pub use page::{TextOptions, TextStyle};

impl Report {
    /// Writes the report as text, 110 columns wide and without colours; see
    /// [`write_text_with`](Self::write_text_with).
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_text_with(out, &TextOptions::default())
    }

    /// Writes the report as text: the verdict and what does not fit together, all findings at a glance, where
    /// the time goes, each finding with its proof, the worst first, then what was read, what could not be
    /// looked at and which files were left aside, and at the end a summary with commands to go on with.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text_with(&self, out: &mut impl Write, options: &TextOptions) -> io::Result<()> {
        let page = &mut Page::new(out, options);
        if !self.verdict.is_empty() {
            page.wrapped((Ink::Plain, ""), "", Ink::Strong, &self.verdict)?;
            page.blank()?;
        }
        page.parts(&[(Ink::Strong, &self.headline())])?;
        for mismatch in &self.mismatches {
            let (a, b) = (Printable(mismatch.input.as_bytes()), Printable(mismatch.other.as_bytes()));
            let text = format!("{a} and {b} do not belong together: {}", mismatch.reason);
            page.blank()?;
            page.wrapped((Ink::Of(Severity::Warning), "! "), "  ", Ink::Plain, &text)?;
        }
        let shown: Vec<_> = self.shown().collect();
        if !shown.is_empty() {
            page.blank()?;
            finding::write_glance(&shown, page)?;
        }
        self.write_budgets(page)?;
        for (number, finding) in (1..).zip(shown) {
            page.blank()?;
            finding::write_finding(number, finding, page)?;
        }
        self.write_inputs(page)?;
        self.write_summary(page)
    }

    /// The report in one line.
    pub fn headline(&self) -> String {
        let findings = match self.shown().count() {
            0 => "Nothing found".to_owned(),
            n => things(n, "finding"),
        };
        format!("{findings} in {}", things(self.inputs.len(), "file"))
    }

    fn write_budgets<W: Write>(&self, page: &mut Page<'_, W>) -> io::Result<()> {
        for budget in &self.budgets {
            page.blank()?;
            let heading = Printable(budget.heading().as_bytes()).to_string();
            page.wrapped((Ink::Plain, ""), "", Ink::Strong, &heading)?;
            for row in budget.rows() {
                let (first, indent, ink) = match row.level {
                    Level::Group => (format!("{:>6}  ", percent(row.share)), " ".repeat(8), Ink::Strong),
                    Level::Activity => (format!("{:>14}  ", percent(row.share)), " ".repeat(16), Ink::Plain),
                };
                page.wrapped((ink, &first), &indent, Ink::Plain, &row.text)?;
                for site in &row.sites {
                    page.wrapped(
                        (Ink::Plain, &indent),
                        &format!("{indent}  "),
                        Ink::Faint,
                        &format!("at {site}"),
                    )?;
                }
            }
            page.wrapped((Ink::Plain, ""), "  ", Ink::Plain, &budget.process())?;
        }
        Ok(())
    }

    fn write_inputs<W: Write>(&self, page: &mut Page<'_, W>) -> io::Result<()> {
        page.blank()?;
        page.parts(&[(Ink::Strong, "Read:")])?;
        for input in &self.inputs {
            let name = Printable(input.name.as_bytes());
            let text = format!("{name}: {}, {}", input.source.name(), input.contents);
            page.wrapped((Ink::Plain, "  "), "    ", Ink::Plain, &text)?;
            for doubt in &input.doubts {
                page.wrapped((Ink::Of(Severity::Warning), "    ! "), "      ", Ink::Plain, doubt)?;
            }
        }
        if !self.coverage.is_empty() {
            page.blank()?;
            page.parts(&[(Ink::Strong, "Not looked at:")])?;
            for gap in &self.coverage {
                let missing = Printable(gap.missing.as_bytes());
                let text = format!("{missing} ({})", gap.rules.join(", "));
                page.wrapped((Ink::Plain, "  - "), "    ", Ink::Plain, &text)?;
            }
        }
        if !self.left_aside.is_empty() {
            page.blank()?;
            page.parts(&[(Ink::Strong, "Left aside:")])?;
            for file in &self.left_aside {
                let (name, reason) = (Printable(file.name.as_bytes()), Printable(file.reason.as_bytes()));
                page.wrapped((Ink::Plain, "  - "), "    ", Ink::Plain, &format!("{name}: {reason}"))?;
            }
        }
        Ok(())
    }

    /// The end, which is what a terminal still shows: how many findings, the first, and what to do next.
    fn write_summary<W: Write>(&self, page: &mut Page<'_, W>) -> io::Result<()> {
        let mut text = self.headline();
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let is = |finding: &&Finding| finding.severity == severity;
            match self.shown().filter(is).count() {
                0 => {}
                count if severity == Severity::Info => text.push_str(&format!(", {count} info")),
                count => text.push_str(&format!(", {}", things(count, severity.name()))),
            }
        }
        for (why, count) in self.suppressed() {
            text.push_str(&format!("; {count} {}", why.phrase()));
        }
        if let Some(first) = self.shown().next() {
            text.push_str(&format!(". First: {}", first.rule.title));
            if first.subject.function.is_some() || first.subject.place.is_some() {
                text.push_str(&format!(" ({})", first.subject));
            }
        }
        text.push('.');
        let ink = self.worst().map_or(Ink::Strong, Ink::Of);
        page.blank()?;
        page.wrapped((Ink::Plain, ""), "", ink, &text)?;
        for (number, command) in self.next_commands(&page.options.folder).iter().enumerate() {
            let first = if number == 0 { "Next: " } else { "      " };
            // A command is copied, and so not wrapped.
            page.parts(&[(Ink::Strong, first), (Ink::Plain, command)])?;
        }
        Ok(())
    }
}
