//! A report for a terminal.

use super::Report;
use crate::diagnose::finding::{Confidence, Evidence, Finding, Place, things};
use std::io::{self, Write};

use crate::text::Printable;

/// Columns that a line may have.
const WIDTH: usize = 110;

impl Report {
    /// Writes the report as text: what does not fit together, all findings at a glance, each with its proof,
    /// the worst first, and then what was read, what could not be looked at, and which files were left aside.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.verdict.is_empty() {
            wrapped(out, "", "", &self.verdict)?;
        }
        for budget in &self.budgets {
            writeln!(out, "\n{}", budget.table())?;
        }
        writeln!(out, "{}", self.headline())?;
        for mismatch in &self.mismatches {
            let (a, b) = (Printable(mismatch.input.as_bytes()), Printable(mismatch.other.as_bytes()));
            let text = format!("{a} and {b} do not belong together: {}", mismatch.reason);
            wrapped(out, "\n! ", "  ", &text)?;
        }
        self.write_glance(out)?;
        for (number, finding) in (1..).zip(self.shown()) {
            writeln!(out)?;
            write_finding(number, finding, out)?;
        }
        writeln!(out, "\nRead:")?;
        for input in &self.inputs {
            let name = Printable(input.name.as_bytes());
            writeln!(out, "  {name}: {}, {}", input.source.name(), input.contents)?;
        }
        if !self.coverage.is_empty() {
            writeln!(out, "\nNot looked at:")?;
            for gap in &self.coverage {
                let missing = Printable(gap.missing.as_bytes());
                let text = format!("{missing} ({})", gap.rules.join(", "));
                wrapped(out, "  - ", "    ", &text)?;
            }
        }
        if !self.left_aside.is_empty() {
            writeln!(out, "\nLeft aside:")?;
            for file in &self.left_aside {
                let (name, reason) = (Printable(file.name.as_bytes()), Printable(file.reason.as_bytes()));
                wrapped(out, "  - ", "    ", &format!("{name}: {reason}"))?;
            }
        }
        Ok(())
    }

    /// The report in one line.
    pub fn headline(&self) -> String {
        let findings = match self.shown().count() {
            0 => "Nothing found".to_owned(),
            n => things(n, "finding"),
        };
        format!("{findings} in {}", things(self.inputs.len(), "file"))
    }

    /// One line per finding: how bad, where, what.
    fn write_glance(&self, out: &mut impl Write) -> io::Result<()> {
        let place = |finding: &Finding| finding.subject.place.as_ref().map(Place::short).unwrap_or_default();
        let function = |finding: &Finding| {
            finding.subject.function.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        // A name that is much longer than others pushes its own line only.
        let functions = self
            .shown()
            .map(|finding| function(finding).chars().count())
            .filter(|n| *n <= 40)
            .max()
            .unwrap_or(0);
        let places = self.shown().map(|finding| place(finding).chars().count()).max().unwrap_or(0);
        for (number, finding) in (1..).zip(self.shown()) {
            let (severity, title) = (finding.severity.name(), finding.rule.title);
            let (function, place) = (function(finding), place(finding));
            let line =
                format!("{number:>3}  {severity:<7}  {place:<places$}  {function:<functions$}  {title}");
            writeln!(out, "{}{}", if number == 1 { "\n" } else { "" }, line.trim_end())?;
        }
        Ok(())
    }
}

fn write_finding(number: usize, finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    let Finding { severity, confidence, subject, .. } = finding;
    let sure = if *confidence == Confidence::Certain { "" } else { confidence.name() };
    let mut head = format!(
        "{number}. {} [{}{}{sure}]",
        finding.id(),
        severity.name(),
        if sure.is_empty() { "" } else { ", " }
    );
    if subject.function.is_some() || subject.place.is_some() {
        head.push_str(&format!(" {subject}"));
    }
    writeln!(out, "{head}")?;
    if let (Some(code), Some(place)) = (&finding.code, &subject.place) {
        writeln!(out, "   {:>6} | {code}", place.line)?;
    }
    wrapped(out, "   ", "   ", &format!("{}.", capital(&finding.summary)))?;
    for evidence in &finding.evidence {
        write_evidence(evidence, out)?;
    }
    wrapped(out, "   → ", "     ", &finding.advice)
}

fn write_evidence(evidence: &Evidence, out: &mut impl Write) -> io::Result<()> {
    let text = format!("{}: {}", Printable(evidence.input.as_bytes()), evidence.text);
    wrapped(out, "   · ", "     ", &text)?;
    for line in &evidence.lines {
        let indent = line.len() - line.trim_start().len();
        let (first, next) = (" ".repeat(7 + indent), " ".repeat(9 + indent));
        wrapped(out, &first, &next, line)?;
    }
    Ok(())
}

/// `text` with its first letter as a capital, unless the first word is a name from a program.
pub(super) fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if first.chars().all(char::is_alphabetic) => c.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// Writes `text` in lines of at most [`WIDTH`] columns.
fn wrapped(out: &mut impl Write, first: &str, indent: &str, text: &str) -> io::Result<()> {
    let mut column = first.chars().count();
    write!(out, "{first}")?;
    for (number, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let width = word.chars().count();
        if number > 0 && column + 1 + width > WIDTH {
            write!(out, "\n{indent}")?;
            column = indent.chars().count();
        } else if number > 0 {
            write!(out, " ")?;
            column += 1;
        }
        write!(out, "{word}")?;
        column += width;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words() {
        let mut out = Vec::new();
        wrapped(&mut out, "- ", "  ", &"word ".repeat(40)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH && !line.ends_with(' ')), "{text}");
        assert_eq!(text.split_whitespace().filter(|word| *word == "word").count(), 40);
        assert_eq!(capital("main.f is slow"), "main.f is slow");
        assert_eq!(capital("goroutines wait"), "Goroutines wait");
    }
}
