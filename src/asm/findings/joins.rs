//! The decisions of an output by place and by name, so that rules can join them with the listing.

use crate::asm::decisions::{Decision, DecisionKind};
use crate::asm::output::{CompilerOutput, Package};
use crate::asm::text::position::Pos;
use crate::symbol::{FuncKey, FuncName};
use crate::table::{Map, Set};
use crate::text::path::base;

/// The decisions by place and by name.
pub(super) struct Joins<'a> {
    /// By base name and line.
    lines: Map<(&'a [u8], u32), Vec<u32>>,
    /// `can inline` and `cannot inline`, by function.
    inline: Map<FuncKey<'static>, u32>,
    big: Set<FuncKey<'static>>,
    /// Captures, by the function's name in its package.
    pub(super) captures: Map<&'a [u8], Vec<u32>>,
    /// The methods called Reset that the input declares, as `(*T).Reset`.
    pub(super) resets: Set<&'a [u8]>,
    /// The indices of decisions that inlined a Reset.
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
        for (index, decision) in (0u32..).zip(out.decisions()) {
            if matches!(decision.kind, DecisionKind::InlinedCall { callee } if callee.ends_with(b").Reset")) {
                joins.inlined_resets.push(index);
            }
            match decision.kind {
                DecisionKind::CanInline { function, .. } | DecisionKind::CannotInline { function, .. } => {
                    if function.ends_with(b").Reset") {
                        joins.resets.insert(function);
                    }
                    for key in keys(out, decision, function, &commands) {
                        joins.inline.insert(key, index);
                    }
                }
                DecisionKind::BigFunction { function } => {
                    joins.big.extend(keys(out, decision, function, &commands));
                }
                DecisionKind::Capture { function, .. } => {
                    joins.captures.entry(function).or_default().push(index);
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
                        joins.lines.entry((base(pos.file), pos.line)).or_default().push(index);
                    }
                }
                _ => {}
            }
        }
        joins
    }

    /// The indices of the decisions about a line.
    pub(super) fn on_line(&self, pos: Pos<'a>) -> std::slice::Iter<'_, u32> {
        self.lines.get(&(base(pos.file), pos.line)).map(Vec::as_slice).unwrap_or_default().iter()
    }

    /// The decision whether a function can be inlined, from the text of its own package.
    pub(super) fn inline<'o>(&self, out: &'o CompilerOutput<'a>, symbol: &[u8]) -> Option<&'o Decision<'a>> {
        let index = self.inline.get(&FuncName::parse(symbol).key().into_owned())?;
        out.decisions().get(*index as usize)
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
