//! Values boxed on the heap to become interfaces.

use super::context::Cx;
use super::detail::Detail;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Alloc { kind: AllocKind::Box, symbol, type_symbol, size } = site.kind else { continue };
        let rule = if site.in_loop { Rule::BoxLoop } else { Rule::Box };
        let detail = type_symbol.map_or(Detail::Callee(symbol), Detail::Type);
        let mut finding = cx.at(rule, site, detail);
        finding.bytes = size.map(u64::from);
        Cx::merge(out, finding);
    }
}
