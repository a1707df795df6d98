//! Conversions and concatenations of strings in loops.

use super::context::Cx;
use super::detail::Detail;
use super::finding::{Confidence, Finding};
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::runtime::AllocKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites.iter().filter(|site| site.in_loop) {
        let SiteKind::Alloc { kind, symbol, .. } = site.kind else { continue };
        match kind {
            AllocKind::Convert => Cx::merge(out, cx.at(Rule::ConvertLoop, site, Detail::Callee(symbol))),
            AllocKind::Concat => {
                let mut finding = cx.at(Rule::ConcatLoop, site, Detail::Callee(symbol));
                finding.confidence = Confidence::Likely;
                Cx::merge(out, finding);
            }
            _ => {}
        }
    }
}
