//! `defer` in a loop.

use super::context::Cx;
use super::detail::Detail;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let (target, looped) = match site.kind {
            SiteKind::Alloc { kind: AllocKind::Defer, symbol, .. } => (symbol, site.in_loop),
            // The body of a range-over-func loop is a function of its own, which runs once per iteration.
            SiteKind::RuntimeCall { target: target @ b"runtime.deferprocat" } => (target, true),
            _ => continue,
        };
        if looped {
            let mut finding = cx.at(Rule::DeferLoop, site, Detail::Callee(target));
            finding.in_loop = true;
            Cx::merge(out, finding);
        }
    }
}
