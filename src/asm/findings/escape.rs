//! Values that escape, where the listing shows the allocation, with the flow that explains it.
//!
//! Decisions alone are no finding: the compiler also prints `escapes to heap` for constants, static closures
//! and code that was inlined away.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::decisions::{Decision, DecisionKind, FlowStep};
use crate::asm::runtime::AllocKind;
use crate::table::Set;

pub(super) const ESCAPE: Explanation = Explanation {
    sees: "An allocation in the listing at a place where the compiler says that a value escapes or a variable is moved \
           to the heap; with the flow from `-m=2` that explains it.",
    costs: "The value is allocated on the heap each time, and the garbage collector has to free it.",
    silent: "What the compiler prints alone is no finding: it says `escapes to heap` for constants, static closures \
             and inlined code too. Appended backing arrays are the matter of `grow`.",
    bad: "func newPoint(x, y int) *Point { return &Point{x, y} } // not inlined",
    good: "func point(x, y int) Point { return Point{x, y} }",
};

pub(super) const BIG_VAR_HEAP: Explanation = Explanation {
    sees: "An allocation of a variable or value that the compiler moved to the heap because of its size or alignment.",
    costs: "A large allocation per call: it is cleared, and often makes the next garbage collection due.",
    silent: "Smaller values stay on the stack. The limits are 128 KiB for variables (10 MiB up to Go 1.23) and 64 KiB \
             for new, make and literals.",
    bad: "func read(r io.Reader) { var buf [1 << 20]byte",
    good: "type reader struct{ buf []byte } // made once, reused",
};

/// Steps of a flow that are kept as evidence.
const STEPS: usize = 16;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    if cx.out.decisions().is_empty() {
        return;
    }
    let mut reported = Set::default();
    let local = cx.function.name().local();
    for site in cx.sites {
        let SiteKind::Alloc {
            kind: AllocKind::Object | AllocKind::Slice | AllocKind::Map | AllocKind::Chan,
            size,
            ..
        } = site.kind
        else {
            continue;
        };
        let line = cx.position(site);
        for decision in cx.decisions_at(line) {
            let what = match decision.kind {
                DecisionKind::MovedToHeap { variable } => variable,
                // The backing array that append may need is not this allocation.
                DecisionKind::EscapesToHeap { expr }
                    if expr != b"append" && !expr.starts_with(b"append(") =>
                {
                    expr
                }
                _ => continue,
            };
            if !reported.insert((decision.position, what)) {
                continue;
            }
            let mut paths = cx.decisions_at(line).filter(|path| {
                path.position == decision.position
                    && matches!(path.kind, DecisionKind::EscapePath { expr, .. } if expr == what)
            });
            let Some(path) = own_path(&mut paths, local) else { continue };
            let flow = path.map(|path| cx.out.flow(path)).unwrap_or_default();
            let why = reason(flow);
            let rule = if why == b"too large for stack" || why == b"too aligned for stack" {
                Rule::BigVarHeap
            } else {
                Rule::Escape
            };
            let mut finding = cx.at_site(rule, site, Detail::Escape { what, why });
            finding.bytes = size.map(u64::from);
            finding.position = decision.position.or(finding.position);
            finding.evidence.push(evidence(decision));
            finding.evidence.extend(path.map(evidence));
            finding.evidence.extend(flow.iter().take(STEPS).map(|step| Evidence::Flow(*step)));
            out.push(finding);
        }
    }
}

/// The explanation for this function: `Some(None)` where the text has none (`-m` without `=2`, Go up to
/// 1.24), `None` where the only one is for the function around this closure.
fn own_path<'o, 'a>(
    paths: &mut dyn Iterator<Item = &'o Decision<'a>>,
    local: &[u8],
) -> Option<Option<&'o Decision<'a>>> {
    let mut other = None;
    for path in paths {
        let DecisionKind::EscapePath { function: Some(function), .. } = path.kind else {
            return Some(Some(path));
        };
        if function == local {
            return Some(Some(path));
        }
        other = Some((path, function));
    }
    match other {
        None => Some(None),
        Some((_, outer)) if local.starts_with(outer) && local.get(outer.len()) == Some(&b'.') => None,
        Some((path, _)) => Some(Some(path)),
    }
}

fn evidence<'a>(decision: &Decision<'a>) -> Evidence<'a> {
    Evidence::Decision { kind: decision.kind, position: decision.position, line: decision.line }
}

/// The step that decided: the last one that does more than pass the value between variables.
fn reason<'a>(flow: &[FlowStep<'a>]) -> &'a [u8] {
    let steps = flow.iter().rev().filter_map(|step| match step {
        FlowStep::From { why, .. } => Some(*why),
        _ => None,
    });
    let (mut last, mut decisive) = (&b""[..], None);
    for why in steps {
        if last.is_empty() {
            last = why;
        }
        let hop =
            matches!(why, b"spill" | b"assign" | b"assign-pair" | b"reference" | b"address-of" | b"dot");
        if !hop && decisive.is_none() {
            decisive = Some(why);
        }
    }
    decisive.unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_last_step_that_says_something() {
        let from = |why: &'static [u8]| FlowStep::From { expr: b"x", why, position: None };
        assert_eq!(reason(&[from(b"address-of"), from(b"return"), from(b"assign")]), b"return");
        assert_eq!(reason(&[from(b"spill"), from(b"assign")]), b"assign");
        assert_eq!(reason(&[]), b"");
    }
}
