//! Functions a little over the inline budget. The rule needs no listing.

use super::detail::{Detail, InlineCause};
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::decisions::{DecisionKind, NoInline};
use crate::asm::output::CompilerOutput;
use crate::severity::Confidence;

pub(super) const NEAR_BUDGET: Explanation = Explanation {
    sees: "A function that the compiler does not inline because its cost exceeds the budget by at most 10 %.",
    costs: "Every caller pays for the call, where a small change would make the function inlinable.",
    silent: "It needs `-m=2`, which prints the cost. Counting stops soon after the budget, so functions far above it \
             are not reported.",
    bad: "\
func (r *reader) next() byte { // cost 84 exceeds budget 80
    if r.pos == len(r.buf) {
        // 3 lines that refill the buffer
    }",
    good: "\
func (r *reader) next() byte {
    if r.pos == len(r.buf) {
        r.refill()
    }",
};

pub(super) fn find<'a>(output: &CompilerOutput<'a>, out: &mut Vec<Finding<'a>>) {
    for decision in output.decisions() {
        let DecisionKind::CannotInline { function, reason } = decision.kind else { continue };
        let NoInline::TooComplex { cost, budget } = reason else { continue };
        let is_far = cost.saturating_sub(budget).saturating_mul(10) > budget;
        if is_far || output.is_for_debugging(decision.package) {
            continue;
        }
        let (kind, position, line) = (decision.kind, decision.position, decision.line);
        out.push(Finding {
            rule: Rule::NearBudget,
            function: None,
            name: function,
            package: decision.package,
            position,
            in_loop: false,
            confidence: Confidence::Certain,
            count: 1,
            bytes: None,
            detail: Detail::Inline { callee: function, cause: InlineCause::Callee(reason) },
            evidence: vec![Evidence::Decision { kind, position, line }],
        });
    }
}
