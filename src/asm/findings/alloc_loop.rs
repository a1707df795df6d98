//! Allocations in loops that no other rule names better.

use super::closure::is_closure;
use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) const ALLOC_LOOP: Explanation = Explanation {
    sees: "A call in a loop that allocates an object, a slice, a map or a channel.",
    costs: "Every iteration allocates: about 20 ns and more for each, and garbage for the collector.",
    silent: "Closures, boxes, growing slices and strings have rules of their own.",
    bad: "\
for scanner.Scan() {
    fields := make([]string, 0, 8)",
    good: "\
fields := make([]string, 0, 8)
for scanner.Scan() {
    fields = fields[:0]",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Alloc { kind, symbol, type_symbol, size } = site.kind else { continue };
        let named = matches!(kind, AllocKind::Object | AllocKind::Slice | AllocKind::Map | AllocKind::Chan);
        if !site.in_loop || !named || type_symbol.is_some_and(is_closure) {
            continue;
        }
        let mut finding =
            cx.at_site(Rule::AllocLoop, site, type_symbol.map_or(Detail::Callee(symbol), Detail::Type));
        finding.bytes = size.map(u64::from);
        Cx::merge(out, finding);
    }
}
