//! Write barriers in loops.

use super::context::Cx;
use super::detail::Detail;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop && site.kind == SiteKind::WriteBarrier) {
        Cx::merge(out, cx.at(Rule::BarrierLoop, site, Detail::None));
    }
}
