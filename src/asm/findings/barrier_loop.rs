//! Write barriers in loops.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) const BARRIER_LOOP: Explanation = Explanation {
    sees: "A test of `runtime.writeBarrier` in a loop: a pointer is stored to the heap.",
    costs: "A test per store, and while the garbage collector marks, a call or a buffer write per pointer.",
    silent: "Stores to the stack, and stores of values without pointers, need no barrier.",
    bad: "\
for i := range nodes {
    nodes[i].next = &nodes[i+1]
}",
    good: "\
for i := range nodes {
    nodes[i].next = int32(i + 1) // an index
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop && site.kind == SiteKind::WriteBarrier) {
        Cx::merge(out, cx.at_site(Rule::BarrierLoop, site, Detail::None));
    }
}
