//! The page around the charts: its head, the findings, the list of inputs.

use std::io::{self, Write};

use crate::diagnose::{BudgetLevel, Finding, Report, percent};
use crate::export::markup::Escaped;

const STYLE: &str = include_str!("page.css");

/// Nothing is loaded, nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

pub(super) fn head(report: &Report, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>godiag: diagnosis</title><style>\n{STYLE}</style></head><body><main>\n\
         <h1>Diagnosis</h1>\n"
    )?;
    if !report.verdict.is_empty() {
        writeln!(out, "<p class=\"verdict\">{}</p>", Escaped::text(&report.verdict))?;
    }
    writeln!(out, "<p class=\"soft\">{}</p>", Escaped::text(&report.headline()))?;
    for mismatch in &report.mismatches {
        writeln!(
            out,
            "<section class=\"mismatch\"><b>{} and {} do not belong together:</b> {}</section>",
            Escaped::text(&mismatch.input),
            Escaped::text(&mismatch.other),
            Escaped::text(&mismatch.reason)
        )?;
    }
    Ok(())
}

/// Where the time goes, by trace.
pub(super) fn budgets(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for budget in &report.budgets {
        write!(out, "<section><h2>{}</h2><table class=\"budget\">", Escaped::text(&budget.heading()))?;
        for row in budget.rows() {
            let class = match row.level {
                BudgetLevel::Group => "group",
                BudgetLevel::Activity => "part",
            };
            let (share, text) = (percent(row.share), Escaped::text(&row.text));
            write!(
                out,
                "<tr class=\"{class}\"><td>{share}</td><td><svg width=\"100\" height=\"10\" aria-hidden=\"true\"><rect width=\"{:.0}\" \
                 height=\"10\"/></svg></td><td>{text}",
                row.share * 100.0
            )?;
            for site in &row.sites {
                write!(out, "<br><span class=\"soft\">at {}</span>", Escaped::text(site))?;
            }
            writeln!(out, "</td></tr>")?;
        }
        writeln!(out, "</table><p class=\"soft\">{}</p></section>", Escaped::text(&budget.process()))?;
    }
    Ok(())
}

pub(super) fn findings(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for (number, finding) in (1..).zip(report.shown()) {
        write_finding(number, finding, out)?;
    }
    Ok(())
}

fn write_finding(number: usize, finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
    write!(
        out,
        "<article class=\"{severity}\"><h2>{number}. <span class=\"id\">{}</span>\
         <span class=\"tag\">{severity}, {confidence}</span>",
        Escaped::text(finding.id())
    )?;
    if finding.subject.function.is_some() || finding.subject.place.is_some() {
        write!(out, "<span class=\"at\">{}</span>", Escaped::text(&finding.subject.to_string()))?;
    }
    write!(out, "</h2>")?;
    if let Some(code) = &finding.code {
        write!(out, "<pre>{}</pre>", Escaped::text(code))?;
    }
    write!(out, "<p>{}.</p><ul>", Escaped::text(&finding.summary))?;
    for evidence in &finding.evidence {
        let (input, source) = (Escaped::text(&evidence.input), evidence.source.name());
        write!(
            out,
            "<li><b>{input}</b> <span class=\"soft\">{source}</span> {}",
            Escaped::text(&evidence.text)
        )?;
        if !evidence.lines.is_empty() {
            let lines: Vec<_> = evidence.lines.iter().map(|line| Escaped::text(line).to_string()).collect();
            write!(out, "<pre>{}</pre>", lines.join("\n"))?;
        }
        write!(out, "</li>")?;
    }
    writeln!(out, "</ul><div class=\"advice\">{}</div></article>", Escaped::text(&finding.advice))
}

pub(super) fn tail(report: &Report, out: &mut impl Write) -> io::Result<()> {
    write!(out, "<section><h2>Inputs</h2><table>")?;
    for input in &report.inputs {
        let (name, source) = (&input.name, input.source.name());
        let contents = [std::slice::from_ref(&input.contents), &input.doubts].concat().join("; ");
        write!(
            out,
            "<tr><td>{}</td><td>{source}</td><td>{}</td></tr>",
            Escaped::text(name),
            Escaped::text(&contents)
        )?;
    }
    write!(out, "</table></section>")?;
    if !report.coverage.is_empty() {
        write!(out, "<section><h2>Not looked at</h2><ul>")?;
        for gap in &report.coverage {
            let rules = gap.rules.join(", ");
            write!(
                out,
                "<li>{} <span class=\"soft\">{}</span></li>",
                Escaped::text(&gap.missing),
                Escaped::text(&rules)
            )?;
        }
        write!(out, "</ul></section>")?;
    }
    if !report.left_aside.is_empty() {
        write!(out, "<section><h2>Left aside</h2><ul>")?;
        for file in &report.left_aside {
            write!(out, "<li>{}: {}</li>", Escaped::text(&file.name), Escaped::text(&file.reason))?;
        }
        write!(out, "</ul></section>")?;
    }
    writeln!(out, "</main></body></html>")
}
