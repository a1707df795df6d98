//! Values boxed on the heap to become interfaces.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) const BOX: Explanation = Explanation {
    sees: "A call of `runtime.convT` and its like: a value is copied to the heap to become an interface.",
    costs: "The copy is an allocation, which the garbage collector has to free.",
    silent: "Pointers, single bytes and constants need no box, and neither does an interface that does not escape.",
    bad: "log.Println(count)",
    good: "logger.Info(\"done\", slog.Int(\"count\", count))",
};

pub(super) const BOX_LOOP: Explanation = Explanation {
    sees: "A value that is boxed in a loop: a call of `runtime.convT` and its like.",
    costs: "Every iteration allocates, and the garbage collector runs more often.",
    silent: "Pointers, single bytes and constants need no box, and neither does an interface that does not escape.",
    bad: "\
for _, n := range numbers {
    sink(n) // func sink(any)
}",
    good: "\
for i := range numbers {
    sink(&numbers[i])
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Alloc { kind: AllocKind::Box, symbol, type_symbol, size } = site.kind else { continue };
        let rule = if site.in_loop { Rule::BoxLoop } else { Rule::Box };
        let detail = type_symbol.map_or(Detail::Callee(symbol), Detail::Type);
        let mut finding = cx.at_site(rule, site, detail);
        finding.bytes = size.map(u64::from);
        Cx::merge(out, finding);
    }
}
