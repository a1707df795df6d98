//! The page around the pictures.

use std::io::{self, Write};

use super::escape::Escaped;
use crate::diagnose::{Finding, Report};

const STYLE: &str = "\
:root{--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--paper:#fff;--error:#b3261e;--warning:#9a6700;--info:#1f5fa8}\
*{box-sizing:border-box}\
body{margin:0;background:#f4f6f8;color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}\
main{max-width:1240px;margin:0 auto;padding:24px}\
h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:0 0 10px}\
section,article{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:16px 20px;margin:14px 0}\
article{border-left:5px solid var(--info)}article.warning{border-left-color:#d99a00}article.error{border-left-color:var(--error)}\
article h2{display:flex;gap:10px;flex-wrap:wrap;align-items:baseline}\
.id{font-family:ui-monospace,monospace}.tag{font-size:12px;font-weight:600;color:var(--info)}\
.warning .tag{color:var(--warning)}.error .tag{color:var(--error)}\
.at,.soft{color:var(--soft);font-weight:400;font-size:14px}code,pre{font:13px/1.45 ui-monospace,monospace}\
pre{margin:4px 0 8px;padding:8px 10px;background:#f4f6f8;border-radius:4px;overflow-x:auto}\
ul{margin:8px 0;padding-left:20px}.advice{border-top:1px solid var(--line);margin-top:10px;padding-top:8px}\
table{border-collapse:collapse}td{padding:2px 18px 2px 0;vertical-align:top}\
.mismatch{border-color:var(--error);background:#fff4f3}\
svg{width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:var(--ink);pointer-events:none}\
svg .soft{fill:var(--soft)}.frame{cursor:pointer}.frame:hover rect{stroke:#000;stroke-width:1}";

/// The policy: nothing is loaded, nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

pub(super) fn head(report: &Report, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>godiag: diagnosis</title><style>{STYLE}</style></head><body><main>\n\
         <h1>Diagnosis</h1><p class=\"soft\">{}</p>\n",
        Escaped::of(&report.headline())
    )?;
    for mismatch in &report.mismatches {
        writeln!(
            out,
            "<section class=\"mismatch\"><b>{} and {} do not belong together:</b> {}</section>",
            Escaped::of(&mismatch.input),
            Escaped::of(&mismatch.other),
            Escaped::of(&mismatch.reason)
        )?;
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
        Escaped::of(finding.id())
    )?;
    if finding.subject.function.is_some() || finding.subject.place.is_some() {
        write!(out, "<span class=\"at\">{}</span>", Escaped::of(&finding.subject.to_string()))?;
    }
    write!(out, "</h2>")?;
    if let Some(code) = &finding.code {
        write!(out, "<pre>{}</pre>", Escaped::of(code))?;
    }
    write!(out, "<p>{}.</p><ul>", Escaped::of(&finding.summary))?;
    for evidence in &finding.evidence {
        let (input, source) = (Escaped::of(&evidence.input), evidence.source.name());
        write!(
            out,
            "<li><b>{input}</b> <span class=\"soft\">{source}</span> {}",
            Escaped::of(&evidence.text)
        )?;
        if !evidence.lines.is_empty() {
            let lines: Vec<_> = evidence.lines.iter().map(|line| Escaped::of(line).to_string()).collect();
            write!(out, "<pre>{}</pre>", lines.join("\n"))?;
        }
        write!(out, "</li>")?;
    }
    writeln!(out, "</ul><div class=\"advice\">{}</div></article>", Escaped::of(&finding.advice))
}

pub(super) fn tail(report: &Report, out: &mut impl Write) -> io::Result<()> {
    write!(out, "<section><h2>Inputs</h2><table>")?;
    for input in &report.inputs {
        let (name, source, contents) = (&input.name, input.source.name(), &input.contents);
        write!(
            out,
            "<tr><td>{}</td><td>{source}</td><td>{}</td></tr>",
            Escaped::of(name),
            Escaped::of(contents)
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
                Escaped::of(&gap.missing),
                Escaped::of(&rules)
            )?;
        }
        write!(out, "</ul></section>")?;
    }
    writeln!(out, "</main></body></html>")
}
