//! One finding with its proof, and the list of all at a glance.

use std::io::{self, Write};

use super::page::{Ink, Page};
use crate::diagnose::finding::{Confidence, Evidence, Finding, Place};
use crate::text::Printable;

/// Columns of a name or a place at a glance, at most, and of a title, at least.
const NAME: usize = 40;
const TITLE: usize = 24;

/// One line per finding: how bad, where, what.
pub(super) fn write_glance<W: Write>(findings: &[&Finding], page: &mut Page<'_, W>) -> io::Result<()> {
    let place = |finding: &Finding| finding.subject.place.as_ref().map(Place::short).unwrap_or_default();
    let function = |finding: &Finding| {
        finding.subject.function.as_ref().map(|name| short(&name.to_string()).to_owned()).unwrap_or_default()
    };
    // A name that is much longer than others pushes its own line only.
    let widest = |column: &dyn Fn(&Finding) -> String, most: usize| {
        let widths = findings.iter().map(|finding| column(finding).chars().count());
        widths.filter(|width| *width <= most).max().unwrap_or(0)
    };
    let places = widest(&place, NAME);
    let functions = widest(&function, page.width().saturating_sub(16 + places + TITLE).clamp(NAME / 2, NAME));
    for (number, finding) in (1..).zip(findings) {
        let (severity, title) = (finding.severity.name(), finding.rule.title);
        let (function, place) = (function(finding), place(finding));
        let severity = format!("{number:>3}  {severity:<7}  ");
        let names = format!("{place:<places$}  {function:<functions$}  ");
        let column = severity.len() + names.chars().count();
        if column + TITLE <= page.width() {
            page.columns((Ink::Of(finding.severity), &severity), &names, title)?;
        } else {
            // The names have a line of their own.
            let indent = " ".repeat(severity.len());
            let names = names.trim();
            if names.is_empty() {
                page.wrapped((Ink::Of(finding.severity), &severity), &indent, Ink::Plain, title)?;
            } else {
                page.parts(&[(Ink::Of(finding.severity), &severity), (Ink::Plain, names)])?;
                page.wrapped((Ink::Plain, &indent), &indent, Ink::Plain, title)?;
            }
        }
    }
    Ok(())
}

/// A function's name without the path of its package: `store.(*DB).Get`.
fn short(name: &str) -> &str {
    let head = name.split(['(', '[']).next().unwrap_or_default();
    head.rfind('/').map_or(name, |slash| &name[slash + 1..])
}

pub(crate) fn write_finding<W: Write>(
    number: usize,
    finding: &Finding,
    page: &mut Page<'_, W>,
) -> io::Result<()> {
    let Finding { severity, confidence, subject, .. } = finding;
    let sure = match confidence {
        Confidence::Certain => String::new(),
        other => format!(", {}", other.name()),
    };
    let mut head = format!("[{}{sure}]", severity.name());
    if subject.function.is_some() || subject.place.is_some() {
        head.push_str(&format!(" {subject}"));
    }
    page.wrapped((Ink::Of(*severity), &format!("{number}. {} ", finding.id())), "   ", Ink::Strong, &head)?;
    if let (Some(code), Some(place)) = (&finding.code, &subject.place) {
        page.cut((Ink::Faint, &format!("   {:>6} | ", place.line)), code)?;
    }
    let summary = format!("{}.", capital(&finding.summary));
    page.wrapped((Ink::Plain, "   "), "   ", Ink::Plain, &summary)?;
    for evidence in &finding.evidence {
        write_evidence(evidence, page)?;
    }
    page.wrapped((Ink::Strong, "   → "), "     ", Ink::Plain, &finding.advice)
}

fn write_evidence<W: Write>(evidence: &Evidence, page: &mut Page<'_, W>) -> io::Result<()> {
    let text = format!("{}: {}", Printable(evidence.input.as_bytes()), evidence.text);
    page.wrapped((Ink::Plain, "   · "), "     ", Ink::Plain, &text)?;
    for line in &evidence.lines {
        let indent = line.len() - line.trim_start().len();
        let (first, next) = (" ".repeat(7 + indent), " ".repeat(9 + indent));
        page.wrapped((Ink::Plain, &first), &next, Ink::Faint, line)?;
    }
    Ok(())
}

/// `text` with its first letter as a capital, unless the first word is a name from a program.
pub(in crate::diagnose::report) fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if first.chars().all(char::is_alphabetic) => c.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_keep_their_case() {
        assert_eq!(capital("main.f is slow"), "main.f is slow");
        assert_eq!(capital("goroutines wait"), "Goroutines wait");
        assert_eq!(short("github.com/a/b/store.(*DB).Get[...]"), "store.(*DB).Get[...]");
        assert_eq!(short("main.F[go.shape.*a/b.T]"), "main.F[go.shape.*a/b.T]");
    }
}
