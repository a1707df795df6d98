//! `append` in a loop without a capacity made before it.
//!
//! A loop after a make with the full capacity has the same call, which is then never reached. So the code
//! before the loop decides, and the call alone is a hint.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::{Site, SiteKind};
use crate::asm::runtime::AllocKind;
use crate::severity::Confidence;

pub(super) const GROW: Explanation = Explanation {
    sees: "`append` in a loop, in a function that makes no slice with a capacity before the loop.",
    costs: "The slice grows by doubling (by a quarter from 256 elements): each growth allocates and copies, and the \
            outgrown arrays are garbage.",
    silent: "A make, Grow or slices.Grow outside of the loop keeps the rule silent. The call to growslice is there \
             even where the capacity suffices, so the finding is a hint; it is likely where the compiler builds \
             the slice on the stack first (Go 1.26).",
    bad: "\
var names []string
for _, user := range users {
    names = append(names, user.Name)
}",
    good: "\
names := make([]string, 0, len(users))
for _, user := range users {
    names = append(names, user.Name)
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    let made = cx.sites.iter().any(makes_room);
    if made {
        return;
    }
    let moved =
        cx.sites.iter().find(|site| matches!(site.kind, SiteKind::Alloc { kind: AllocKind::MoveSlice, .. }));
    for site in cx.sites {
        let SiteKind::Alloc { kind: AllocKind::Grow, type_symbol, .. } = site.kind else { continue };
        if !site.in_loop {
            continue;
        }
        let mut finding = cx.at_site(Rule::Grow, site, type_symbol.map_or(Detail::None, Detail::Type));
        finding.confidence = if moved.is_some() { Confidence::Likely } else { Confidence::Hint };
        finding.evidence.extend(moved.map(|site| Evidence::Inst(cx.out.site_inst(site))));
        Cx::merge(out, finding);
    }
}

/// Whether a site outside of any loop makes room: `make([]T, 0, n)`, `strings.Builder.Grow`,
/// `bytes.Buffer.Grow`.
fn makes_room(site: &Site<'_>) -> bool {
    match site.kind {
        _ if site.in_loop => false,
        SiteKind::Alloc { kind: AllocKind::Slice, .. } => true,
        SiteKind::Call { target } => {
            target.ends_with(b").grow")
                || target.ends_with(b").Grow")
                || target.ends_with(b"bytealg.MakeNoZero")
                || target.ends_with(b"slices.Grow")
        }
        _ => false,
    }
}
