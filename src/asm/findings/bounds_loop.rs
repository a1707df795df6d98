//! Bounds checks in loops.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) const BOUNDS_LOOP: Explanation = Explanation {
    sees: "A conditional branch in a loop to a call of `runtime.panicBounds` or `panicIndex`: the compiler could not \
           prove that the index is in range.",
    costs: "A compare and a branch per access. They are cheap alone, and they keep the loop from being unrolled or \
            its loads from being combined.",
    silent: "Checks that the compiler removed are not in the code.",
    bad: "\
for i := 0; i < n; i++ {
    sum += xs[i] * ys[i]
}",
    good: "\
ys = ys[:len(xs)]
for i, x := range xs {
    sum += x * ys[i]
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop) {
        if let SiteKind::BoundsCheck(kind) = site.kind {
            Cx::merge(out, cx.at_site(Rule::BoundsLoop, site, Detail::Bounds(kind)));
        }
    }
}
