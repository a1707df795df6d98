//! `godiag asm findings`.

use std::io::Write;

use godiag::Printable;
use godiag::asm::{CompilerOutput, Confidence, Coverage, CrossCheck, Rule};
use godiag::export::sarif;
use serde::Serialize;

use super::findings_page::Page;
use super::form::Form;
use super::functions::lossy;
use super::heat::Heat;
use super::input::Input;
use super::ranking::{self, Ranked};
use crate::outcome::{Outcome, Result};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// Keep findings of these rules, such as bce-loop,box-loop
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule)]
    rule: Vec<Rule>,
    /// Keep functions whose symbol matches
    #[arg(long, value_name = "REGEXP")]
    focus: Option<regex::bytes::Regex>,
    /// Keep findings at least this sure
    #[arg(long, value_enum, default_value_t = Sure::Hint)]
    confidence: Sure,
    /// Keep findings in loops
    #[arg(long)]
    loops: bool,
    /// Compare the decisions of -m with the listing's allocations, too, and print mismatches
    #[arg(long)]
    cross_check: bool,
    /// Rank functions by the share of this profile, of CPU or allocations, that they take without what they call
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Print at most this many findings as text or Markdown; 0 for all
    #[arg(long, value_name = "N", default_value_t = 100, alias = "nodecount")]
    rows: usize,
    #[command(flatten)]
    form: Form,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sure {
    Hint,
    Likely,
    Certain,
}

pub(super) fn rule(id: &str) -> std::result::Result<Rule, String> {
    Rule::from_id(id).ok_or_else(|| {
        let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        format!("no such rule; the rules are {}", known.join(", "))
    })
}

/// One finding, for programs.
#[derive(Serialize)]
struct Row<'f> {
    rule: Rule,
    title: &'static str,
    confidence: Confidence,
    package: Option<String>,
    function: String,
    position: Option<String>,
    in_loop: bool,
    count: u32,
    bytes: Option<u64>,
    worth_ns: f64,
    share: Option<f64>,
    detail: String,
    fix: &'static str,
    evidence: Vec<Seen<'f>>,
}

/// The last line, for programs.
#[derive(Serialize)]
struct Read<'c> {
    coverage: &'c Coverage,
}

#[derive(Serialize)]
struct Seen<'f> {
    source: &'f str,
    line: Option<u32>,
    text: String,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result {
    let text = args.input.read()?;
    let output = args.input.parse(&text)?;
    let least = match args.confidence {
        Sure::Hint => Confidence::Hint,
        Sure::Likely => Confidence::Likely,
        Sure::Certain => Confidence::Certain,
    };
    let mut findings = output.findings();
    findings.retain(|finding| {
        (args.rule.is_empty() || args.rule.contains(&finding.rule))
            && finding.confidence >= least
            && (finding.in_loop || !args.loops)
            && args.focus.as_ref().is_none_or(|focus| focus.is_match(finding.name))
    });
    let heat = args.profile.as_deref().map(Heat::open).transpose()?;
    let ranked = ranking::rank(&output, &findings, heat.as_ref());
    let check = args.cross_check.then(|| output.cross_check());
    let coverage = output.coverage();
    match () {
        () if args.form.sarif => {
            let findings: Vec<_> = ranked.iter().map(|ranked| ranked.finding.clone()).collect();
            sarif::write_findings(&output, &findings, &mut *out)?;
        }
        () if args.form.json => {
            for ranked in &ranked {
                crate::print::json(&row(&output, ranked), out)?;
            }
            crate::print::json(&Read { coverage: &coverage }, out)?;
        }
        () => {
            let page = Page::new(&ranked, args.rows);
            if args.form.markdown { page.markdown(&coverage, out)? } else { page.text(&coverage, out)? }
        }
    }
    if let Some(check) = check.filter(|_| !args.form.sarif) {
        print_check(&output, &check, args.form.json, out)?;
    }
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

fn row<'f>(output: &CompilerOutput<'_>, ranked: &Ranked<'f, '_>) -> Row<'f> {
    let finding = ranked.finding;
    let seen = |evidence: &'f godiag::asm::Evidence<'_>| Seen {
        source: evidence.source(),
        line: evidence.line(),
        text: evidence.to_string(),
    };
    Row {
        rule: finding.rule,
        title: finding.rule.title(),
        confidence: finding.confidence,
        package: output.package(finding.package).map(|package| lossy(package.path())),
        function: lossy(finding.name),
        position: finding.position.map(|position| position.to_string()),
        in_loop: finding.in_loop,
        count: finding.count,
        bytes: finding.bytes,
        worth_ns: finding.worth_ns(),
        share: ranked.share,
        detail: finding.detail.to_string(),
        fix: finding.rule.fix(),
        evidence: finding.evidence.iter().map(seen).collect(),
    }
}

fn print_check(
    output: &CompilerOutput<'_>,
    check: &CrossCheck<'_>,
    json: bool,
    out: &mut impl Write,
) -> Result {
    if json {
        #[derive(Serialize)]
        struct Summary {
            confirmed: u32,
            claims_without_allocation: usize,
            explained: u32,
            allocations_without_reason: usize,
        }
        let summary = Summary {
            confirmed: check.confirmed,
            claims_without_allocation: check.claims.len(),
            explained: check.explained,
            allocations_without_reason: check.unmatched.len(),
        };
        crate::print::json(&summary, out)?;
        return Ok(Outcome::Fine);
    }
    writeln!(
        out,
        "\nescape claims: {} confirmed by the listing, {} without an allocation",
        check.confirmed,
        check.claims.len()
    )?;
    for claim in &check.claims {
        let place = output.decisions().get(claim.decision as usize).and_then(|decision| decision.position);
        let place = place.map(|place| place.to_string()).unwrap_or_default();
        writeln!(out, "  {place}: {}: {}", Printable(claim.what), claim.because)?;
    }
    writeln!(
        out,
        "allocations: {} explained, {} without a decision",
        check.explained,
        check.unmatched.len()
    )?;
    for unmatched in &check.unmatched {
        let name = output.function(unmatched.function).symbol;
        let callee = Printable(unmatched.inst.operand_text);
        writeln!(out, "  {}: {}: {callee}: {}", unmatched.inst.position, Printable(name), unmatched.because)?;
    }
    Ok(Outcome::Fine)
}
