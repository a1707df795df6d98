//! Large frames.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

/// Bytes of a frame that is reported: twice the smallest stack.
const BIG: u32 = 4 << 10;
/// The same for a function that calls itself.
const BIG_RECURSIVE: u32 = 1 << 10;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    let bytes = cx.metrics.frame;
    if bytes < BIG_RECURSIVE {
        return;
    }
    let calls_itself =
        |kind: SiteKind<&[u8]>| matches!(kind, SiteKind::Call { target } if target == cx.function.symbol);
    let recursion = cx.sites.iter().find(|site| calls_itself(site.kind));
    if bytes < BIG && recursion.is_none() {
        return;
    }
    let detail = recursion.map_or(Detail::None, |_| Detail::Callee(cx.function.symbol));
    let mut finding = cx.found(Rule::BigFrame, detail, Evidence::Frame { bytes, line: cx.function.line });
    finding.bytes = Some(u64::from(bytes));
    finding.evidence.extend(recursion.map(|site| Evidence::Inst(cx.out.site_inst(site))));
    out.push(finding);
}
