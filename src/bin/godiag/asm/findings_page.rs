//! Findings as text and Markdown: what can be changed, then what cannot in a sentence, then what was read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

use godiag::Printable;
use godiag::asm::{Confidence, Coverage, Evidence};

use super::form::cell;
use super::functions::lossy;
use super::ranking::Ranked;
use crate::print::counted;

/// The evidence that text shows of one finding.
const EVIDENCE: usize = 6;

/// Findings as a person reads them.
pub(super) struct Page<'p, 'f, 'a> {
    shown: Vec<Row<'p, 'f, 'a>>,
    /// How many more there are.
    hidden: usize,
    /// Calls of functions that are far from being inlinable: how many, of how many functions.
    out_of_reach: (usize, usize),
    certain: usize,
    functions: usize,
}

/// Findings about one instruction, the one that says most first: an allocation of a closure is found as that,
/// and as a value that escapes, which says why.
type Row<'p, 'f, 'a> = Vec<&'p Ranked<'f, 'a>>;

impl<'p, 'f, 'a> Page<'p, 'f, 'a> {
    pub(super) fn new(ranked: &'p [Ranked<'f, 'a>], rows: usize) -> Self {
        let (far, near): (Vec<&Ranked<'_, '_>>, Vec<_>) =
            ranked.iter().partition(|ranked| ranked.finding.is_out_of_reach());
        let callees: BTreeSet<String> = far.iter().map(|ranked| ranked.finding.detail.to_string()).collect();
        let functions: BTreeSet<_> =
            near.iter().map(|ranked| (ranked.finding.package, ranked.finding.name)).collect();
        let mut all = by_instruction(near);
        let rows = if rows == 0 { all.len() } else { rows };
        let is_certain =
            |row: &Row<'_, '_, '_>| row.iter().any(|one| one.finding.confidence == Confidence::Certain);
        let certain = all.iter().filter(|row| is_certain(row)).count();
        let hidden = all.len().saturating_sub(rows);
        all.truncate(rows);
        Self {
            shown: all,
            hidden,
            out_of_reach: (far.len(), callees.len()),
            certain,
            functions: functions.len(),
        }
    }

    pub(super) fn text(&self, coverage: &Coverage, out: &mut impl Write) -> Result<()> {
        let mut function = None;
        for row in &self.shown {
            let Some(ranked) = row.first() else { continue };
            let finding = ranked.finding;
            if function != Some((finding.package, finding.name)) {
                function = Some((finding.package, finding.name));
                write!(out, "{}", Printable(finding.name))?;
                match ranked.share {
                    Some(share) => writeln!(out, ": {:.1} % of the profile", share * 100.0)?,
                    None => writeln!(out)?,
                }
            }
            let (rule, confidence) = (finding.rule.id(), finding.confidence.name());
            writeln!(out, "  {rule:<18} {confidence:<8} {}", finding.message())?;
            let evidence = row.iter().flat_map(|ranked| &ranked.finding.evidence).map(ToString::to_string);
            let mut seen = BTreeSet::new();
            for evidence in evidence.filter(|evidence| seen.insert(evidence.clone())).take(EVIDENCE) {
                writeln!(out, "      {evidence}")?;
            }
        }
        for line in self.remarks() {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{coverage}")
    }

    pub(super) fn markdown(&self, coverage: &Coverage, out: &mut impl Write) -> Result<()> {
        writeln!(out, "| rule | confidence | function | place | what |\n| --- | --- | --- | --- | --- |")?;
        for finding in self.shown.iter().filter_map(|row| row.first()).map(|ranked| ranked.finding) {
            let place = finding.position.map(|position| position.to_string()).unwrap_or_default();
            let name = lossy(finding.name);
            let [name, place, what] = [&name, &place, &finding.message()].map(|text| cell(text));
            let (rule, confidence) = (finding.rule.id(), finding.confidence.name());
            writeln!(out, "| {rule} | {confidence} | {name} | {place} | {what} |")?;
        }
        for line in self.remarks().iter().map(String::as_str).chain(coverage.to_string().lines()) {
            writeln!(out, "\n{}", cell(line))?;
        }
        Ok(())
    }

    fn remarks(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.hidden > 0 {
            lines.push(format!("{} more of less worth; --rows 0 prints them", self.hidden));
        }
        let (calls, callees) = self.out_of_reach;
        if calls > 0 {
            lines.push(format!(
                "not inlined, and more than twice over the budget, so that no small change helps: {} of {}; --json lists \
                 them",
                counted(calls, "call"),
                counted(callees, "function")
            ));
        }
        let findings = self.shown.len() + self.hidden;
        lines.push(format!(
            "{}, {} certain, in {}",
            counted(findings, "finding"),
            self.certain,
            counted(self.functions, "function")
        ));
        lines
    }
}

/// Findings about one instruction together, where the first of them was.
fn by_instruction<'p, 'f, 'a>(findings: Vec<&'p Ranked<'f, 'a>>) -> Vec<Row<'p, 'f, 'a>> {
    let mut rows: Vec<Row<'p, 'f, 'a>> = Vec::new();
    let mut places = BTreeMap::new();
    for ranked in findings {
        let finding = ranked.finding;
        let place = match finding.evidence.first() {
            Some(Evidence::Inst(inst)) => Some((finding.function, inst.pc)),
            _ => None,
        };
        match place.and_then(|place| places.get(&place).copied()) {
            Some(index) => Vec::push(&mut rows[index], ranked),
            None => {
                places.extend(place.map(|place| (place, rows.len())));
                rows.push(vec![ranked]);
            }
        }
    }
    rows
}
