//! Func values called in a loop, and the calls through a dictionary that generic code makes.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::{Indirect, SiteKind};
use crate::severity::Confidence;

pub(super) const FUNC_CALL_LOOP: Explanation = Explanation {
    sees: "A call through a func value in a loop.",
    costs: "The callee is not inlined, so every iteration pays for a call, and values passed by pointer escape.",
    silent: "A func value that the compiler knows is called directly, or inlined.",
    bad: "\
for i := range xs {
    xs[i] = f(xs[i])
}",
    good: "f(xs) // the callee loops over the slice",
};

pub(super) const DICTIONARY_LOOP: Explanation = Explanation {
    sees: "A call through a register in a loop that belongs neither to an interface nor to a func value, as generic \
           code makes it through its dictionary.",
    costs: "Types of one shape, such as all pointers, share one body of a generic function. It finds methods of \
            its type parameter at run time, so they are not inlined.",
    silent: "Where the origin of the code pointer cannot be followed, the finding is likely instead of certain.",
    bad: "func Sum[T Adder](xs []T) (n int) { for _, x := range xs { n += x.Value() }; return }",
    good: "func SumItems(xs []*Item) (n int) { for _, x := range xs { n += x.Value() }; return }",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    if cx.function.flags.wrapper {
        return;
    }
    for site in cx.sites {
        let SiteKind::IndirectCall(through) = site.kind else { continue };
        if !site.in_loop {
            continue;
        }
        let rule = match through {
            Indirect::FuncValue => Rule::FuncCallLoop,
            Indirect::Interface { .. } => continue,
            Indirect::Dictionary | Indirect::Unknown => Rule::DictionaryLoop,
        };
        let mut finding = cx.at_site(rule, site, Detail::None);
        if through == Indirect::Unknown {
            finding.confidence = Confidence::Likely;
        }
        Cx::merge(out, finding);
    }
}
