//! Bounds checks in loops.

use super::context::Cx;
use super::detail::Detail;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop) {
        if let SiteKind::BoundsCheck(kind) = site.kind {
            Cx::merge(out, cx.at(Rule::BoundsLoop, site, Detail::Bounds(kind)));
        }
    }
}
