//! Calls that were not inlined, with the root cause: on the callee's side wherever the text of its package is
//! there.

use super::context::Cx;
use super::detail::{Detail, InlineCause};
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::decisions::DecisionKind;
use crate::severity::Confidence;

pub(super) const NO_INLINE: Explanation = Explanation {
    sees: "A call in a loop to a function that the compiler did not inline, with the reason from `-m=2`; and outside of \
           loops, a call from a function that is so big that only callees of cost 20 or less are inlined into it.",
    costs: "A call takes some nanoseconds, keeps values out of registers, and hides from the compiler that an \
            argument does not escape or a bounds check is not needed.",
    silent: "It needs the decisions of the callee's package, so callees of packages that were not built with -m are \
             not reported.",
    bad: "\
func (c *cache) get(k string) int { // too complex: the slow path is inside
    if v, ok := c.m[k]; ok {
        return v
    }
    // 20 lines that load it
}",
    good: "\
func (c *cache) get(k string) int {
    if v, ok := c.m[k]; ok {
        return v
    }
    return c.load(k)
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    if cx.function.flags.wrapper || cx.out.decisions().is_empty() {
        return;
    }
    let big = cx.joins.is_big(cx.function.symbol);
    for site in cx.sites {
        let SiteKind::Call { target } = site.kind else { continue };
        // Outside of loops a call is no finding, unless the caller's size is to blame.
        if !site.in_loop && !big {
            continue;
        }
        let Some(decision) = cx.joins.inline(cx.out, target) else { continue };
        let cause = match decision.kind {
            DecisionKind::CannotInline { reason, .. } if site.in_loop => InlineCause::Callee(reason),
            DecisionKind::CanInline { cost: Some(cost), .. } if big && cost > 20 => {
                InlineCause::BigCaller { cost }
            }
            DecisionKind::CanInline { .. } if site.in_loop => InlineCause::Caller,
            _ => continue,
        };
        let mut finding = cx.at_site(Rule::NoInline, site, Detail::Inline { callee: target, cause });
        if cause == InlineCause::Caller {
            finding.confidence = Confidence::Likely;
        }
        let (kind, position, line) = (decision.kind, decision.position, decision.line);
        finding.evidence.push(Evidence::Decision { kind, position, line });
        Cx::merge(out, finding);
    }
}
