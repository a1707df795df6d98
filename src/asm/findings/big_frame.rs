//! Large frames.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) const BIG_FRAME: Explanation = Explanation {
    sees: "A frame of 4 KiB or more; of 1 KiB or more in a function that calls itself.",
    costs: "Goroutines start with a stack of 2 KiB. The first call of such a function copies the whole stack to a larger \
            one, in every goroutine, and the memory stays as long as the goroutine.",
    silent: "Recursion through other functions is not seen.",
    bad: "\
func handle(c net.Conn) {
    var buf [64 << 10]byte",
    good: "\
buf := pool.Get().(*[64 << 10]byte)
defer pool.Put(buf)",
};

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
    let mut finding =
        cx.in_function(Rule::BigFrame, detail, Evidence::Frame { bytes, line: cx.function.line });
    finding.bytes = Some(u64::from(bytes));
    finding.evidence.extend(recursion.map(|site| Evidence::Inst(cx.out.site_inst(site))));
    out.push(finding);
}
