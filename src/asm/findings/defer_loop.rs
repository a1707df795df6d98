//! `defer` in a loop.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) const DEFER_LOOP: Explanation = Explanation {
    sees: "A call of `runtime.deferproc` in a loop, or of `runtime.deferprocat` in the body of a range-over-func loop.",
    costs: "The deferred calls run when the function returns, not when the iteration ends: files and locks stay open, \
            and each one takes a record on the heap.",
    silent: "A defer outside of loops is open-coded or on the stack.",
    bad: "\
for _, name := range names {
    f, _ := os.Open(name)
    defer f.Close()
}",
    good: "\
for _, name := range names {
    func() {
        f, _ := os.Open(name)
        defer f.Close()
    }()
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let (target, looped) = match site.kind {
            SiteKind::Alloc { kind: AllocKind::Defer, symbol, .. } => (symbol, site.in_loop),
            // The body of a range-over-func loop is a function of its own, which runs once per iteration.
            SiteKind::RuntimeCall { target: target @ b"runtime.deferprocat" } => (target, true),
            _ => continue,
        };
        if looped {
            let mut finding = cx.at_site(Rule::DeferLoop, site, Detail::Callee(target));
            finding.in_loop = true;
            Cx::merge(out, finding);
        }
    }
}
