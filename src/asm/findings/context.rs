//! What a rule sees of one function.

use super::detail::Detail;
use super::evidence::Evidence;
use super::finding::Finding;
use super::joins::Joins;
use super::rule::Rule;
use crate::asm::analysis::{Metrics, Site};
use crate::asm::decisions::Decision;
use crate::asm::listing::{Function, FunctionId, PackageId};
use crate::asm::output::CompilerOutput;
use crate::asm::text::position::Pos;
use crate::severity::Confidence;
use crate::text::path::is_same_file;

/// The most decisions looked at for one line: an input cannot make every site look at every decision.
const MOST: usize = 32;
/// The most places that one merged finding keeps as evidence; it counts them all.
const KEPT: usize = 16;

/// One function, as rules see it.
pub(super) struct Cx<'o, 'a> {
    pub(super) out: &'o CompilerOutput<'a>,
    pub(super) joins: &'o Joins<'a>,
    pub(super) id: FunctionId,
    pub(super) function: &'o Function<'a>,
    pub(super) sites: &'o [Site<'a>],
    pub(super) metrics: Metrics,
}

impl<'o, 'a> Cx<'o, 'a> {
    pub(super) fn new(
        out: &'o CompilerOutput<'a>,
        joins: &'o Joins<'a>,
        (id, function): (FunctionId, &'o Function<'a>),
        sites: &'o [Site<'a>],
    ) -> Self {
        Self { out, joins, id, function, sites, metrics: out.metrics(id) }
    }

    /// A finding about a site, with its instruction as the first evidence.
    pub(super) fn at_site(&self, rule: Rule, site: &Site<'a>, detail: Detail<'a>) -> Finding<'a> {
        let inst = self.out.site_inst(site);
        let mut finding = self.in_function(rule, detail, Evidence::Inst(inst));
        finding.position = Some(inst.position);
        finding.in_loop = site.in_loop;
        finding
    }

    /// A finding about the function.
    pub(super) fn in_function(&self, rule: Rule, detail: Detail<'a>, evidence: Evidence<'a>) -> Finding<'a> {
        Finding {
            rule,
            function: Some(self.id),
            name: self.function.symbol,
            package: self.function.package,
            position: self.function.position,
            in_loop: false,
            confidence: Confidence::Certain,
            count: 1,
            bytes: None,
            detail,
            evidence: vec![evidence],
        }
    }

    /// The source line of a site.
    pub(super) fn position(&self, site: &Site<'a>) -> Pos<'a> {
        self.out.site_inst(site).position
    }

    /// The decisions about a source line: those of this function's package, and those of a file that can only
    /// be the same one.
    pub(super) fn decisions_at(&self, pos: Pos<'a>) -> impl Iterator<Item = &'o Decision<'a>> {
        let (out, package) = (self.out, self.function.package);
        self.joins.on_line(pos).take(MOST).filter_map(|index| out.decisions().get(*index as usize)).filter(
            move |decision| {
                let Some(own_pos) = decision.position else { return false };
                let own = decision.package == package || out.has_one_path(decision.package, package);
                is_same_file(own_pos.file, pos.file)
                    && (own || own_pos.file.contains(&b'/') && !own_pos.file.starts_with(b"./"))
            },
        )
    }

    /// The captures of the closures in a function, which its package calls `local`.
    pub(super) fn captures(
        &self,
        local: &'o [u8],
        package: Option<PackageId>,
    ) -> impl Iterator<Item = &'o Decision<'a>> {
        let out = self.out;
        let indices = self.joins.captures.get(local).map(Vec::as_slice).unwrap_or_default();
        indices.iter().take(MOST).filter_map(|index| out.decisions().get(*index as usize)).filter(
            move |decision| decision.package == package || out.has_one_path(decision.package, package),
        )
    }

    /// The first line of the function, and the number of its last one, by the instructions in the same file.
    pub(super) fn line_range(&self) -> Option<(Pos<'a>, u32)> {
        let first = self.function.position?;
        let lines = self.out.insts(self.id).map(|inst| inst.position).filter(|pos| pos.file == first.file);
        Some((first, lines.map(|pos| pos.line).max()?))
    }

    /// Merges findings of one rule on one line into one with a count.
    pub(super) fn merge(findings: &mut Vec<Finding<'a>>, finding: Finding<'a>) {
        let same = findings.last_mut().filter(|last| {
            last.rule == finding.rule
                && last.function == finding.function
                && last.position == finding.position
                && last.in_loop == finding.in_loop
                && last.detail == finding.detail
        });
        match same {
            Some(last) => {
                last.count += finding.count;
                last.bytes = last.bytes.zip(finding.bytes).map(|(a, b)| a.saturating_add(b));
                let room = KEPT.saturating_sub(last.evidence.len());
                last.evidence.extend(finding.evidence.into_iter().take(room));
            }
            None => findings.push(finding),
        }
    }
}
