//! What a rule sees of one function, and the joins of the texts.

use super::finding::{Confidence, Detail, Evidence, Finding};
use super::rule::Rule;
use crate::asm::analysis::{Metrics, Site};
use crate::asm::decisions::{Decision, DecisionKind};
use crate::asm::listing::{Function, FunctionId, PackageId};
use crate::asm::output::{CompilerOutput, Package};
use crate::asm::text::position::Pos;
use crate::intern::{Map, Set};
use crate::symbol::{FuncKey, FuncName};
use crate::text::path::{base, is_same_file};

/// Decisions looked at for one line: an input cannot make every site look at every decision.
const MOST: usize = 32;
/// Places that one merged finding keeps as evidence; it counts them all.
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
    pub(super) fn at(&self, rule: Rule, site: &Site<'a>, detail: Detail<'a>) -> Finding<'a> {
        let inst = self.out.site_inst(site);
        let mut finding = self.found(rule, detail, Evidence::Inst(inst));
        finding.position = Some(inst.position);
        finding.in_loop = site.in_loop;
        finding
    }

    /// A finding about the function.
    pub(super) fn found(&self, rule: Rule, detail: Detail<'a>, evidence: Evidence<'a>) -> Finding<'a> {
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
    pub(super) fn place(&self, site: &Site<'a>) -> Pos<'a> {
        self.out.site_inst(site).position
    }

    /// The decisions about a source line of this function's package, or of a file that can only be this one.
    pub(super) fn decisions_at(&self, pos: Pos<'a>) -> impl Iterator<Item = &'o Decision<'a>> {
        let (out, package) = (self.out, self.function.package);
        self.joins.at(pos).take(MOST).filter_map(|at| out.decisions().get(*at as usize)).filter(
            move |decision| {
                let Some(place) = decision.position else { return false };
                let own = decision.package == package || out.has_one_path(decision.package, package);
                is_same_file(place.file, pos.file)
                    && (own || place.file.contains(&b'/') && !place.file.starts_with(b"./"))
            },
        )
    }

    /// What the closures of the function that a package calls `local` capture.
    pub(super) fn captures(
        &self,
        local: &'o [u8],
        package: Option<PackageId>,
    ) -> impl Iterator<Item = &'o Decision<'a>> {
        let out = self.out;
        let indices = self.joins.captures.get(local).map(Vec::as_slice).unwrap_or_default();
        indices.iter().take(MOST).filter_map(|at| out.decisions().get(*at as usize)).filter(move |decision| {
            decision.package == package || out.has_one_path(decision.package, package)
        })
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

/// The decisions by place and by name.
pub(super) struct Joins<'a> {
    /// By base name and line.
    lines: Map<(&'a [u8], u32), Vec<u32>>,
    /// `can inline` and `cannot inline`, by function.
    inline: Map<FuncKey<'static>, u32>,
    big: Set<FuncKey<'static>>,
    /// Captures, by the function's name in its package.
    captures: Map<&'a [u8], Vec<u32>>,
    /// Methods called Reset that the input declares, as `(*T).Reset`.
    pub(super) resets: Set<&'a [u8]>,
    /// Where a Reset was inlined.
    pub(super) inlined_resets: Vec<u32>,
}

impl<'a> Joins<'a> {
    pub(super) fn new(out: &CompilerOutput<'a>) -> Self {
        let (lines, inline, captures) = (Map::default(), Map::default(), Map::default());
        let (big, resets, inlined_resets) = (Set::default(), Set::default(), Vec::new());
        let mut joins = Self { lines, inline, big, captures, resets, inlined_resets };
        if out.decisions().is_empty() {
            return joins;
        }
        let commands = commands(out);
        for (at, decision) in (0u32..).zip(out.decisions()) {
            if matches!(decision.kind, DecisionKind::InlinedCall { callee } if callee.ends_with(b").Reset")) {
                joins.inlined_resets.push(at);
            }
            match decision.kind {
                DecisionKind::CanInline { function, .. } | DecisionKind::CannotInline { function, .. } => {
                    if function.ends_with(b").Reset") {
                        joins.resets.insert(function);
                    }
                    for key in keys(out, decision, function, &commands) {
                        joins.inline.insert(key, at);
                    }
                }
                DecisionKind::BigFunction { function } => {
                    joins.big.extend(keys(out, decision, function, &commands));
                }
                DecisionKind::Capture { function, .. } => {
                    joins.captures.entry(function).or_default().push(at);
                }
                DecisionKind::EscapesToHeap { .. }
                | DecisionKind::EscapePath { .. }
                | DecisionKind::DoesNotEscape { .. }
                | DecisionKind::MovedToHeap { .. }
                | DecisionKind::InlinedCall { .. }
                | DecisionKind::Devirtualized { .. }
                | DecisionKind::Closure { .. }
                | DecisionKind::Defer { .. }
                | DecisionKind::BoundsCheck { .. } => {
                    if let Some(pos) = decision.position {
                        joins.lines.entry((base(pos.file), pos.line)).or_default().push(at);
                    }
                }
                _ => {}
            }
        }
        joins
    }

    fn at(&self, pos: Pos<'a>) -> std::slice::Iter<'_, u32> {
        self.lines.get(&(base(pos.file), pos.line)).map(Vec::as_slice).unwrap_or_default().iter()
    }

    /// Whether a function can be inlined, by the text of its own package.
    pub(super) fn inline<'o>(&self, out: &'o CompilerOutput<'a>, symbol: &[u8]) -> Option<&'o Decision<'a>> {
        let at = self.inline.get(&FuncName::parse(symbol).key().into_owned())?;
        out.decisions().get(*at as usize)
    }

    /// Whether a function is so big that only the smallest callees are inlined into it.
    pub(super) fn is_big(&self, symbol: &[u8]) -> bool {
        !self.big.is_empty() && self.big.contains(&FuncName::parse(symbol).key().into_owned())
    }
}

/// The packages whose functions are called `main.F` in the listing.
fn commands(out: &CompilerOutput<'_>) -> Set<Vec<u8>> {
    out.functions()
        .filter(|(_, function)| function.symbol.starts_with(b"main."))
        .filter_map(|(_, function)| Some(out.package(function.package)?.path().to_vec()))
        .collect()
}

/// The keys of a function that a decision names without its package.
fn keys(
    out: &CompilerOutput<'_>,
    decision: &Decision<'_>,
    function: &[u8],
    commands: &Set<Vec<u8>>,
) -> Vec<FuncKey<'static>> {
    let Some(path) = out.package(decision.package).map(Package::path) else {
        return vec![FuncName::parse(function).key().into_owned()];
    };
    let mut keys = vec![FuncKey::in_package(path, function)];
    if commands.contains(path) || path == b"command-line-arguments" {
        keys.push(FuncKey::in_package("main", function));
    }
    keys
}
