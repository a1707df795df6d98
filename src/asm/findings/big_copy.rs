//! Copies of large values.

use super::context::Cx;
use super::detail::Detail;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

pub(super) const BIG_COPY: Explanation = Explanation {
    sees: "A copy of 128 bytes or more in the code: through duffcopy, vector moves, `REP MOVSQ` or a copy loop.",
    costs: "The bytes are moved on every pass; copies of large elements can dominate a range loop.",
    silent: "Copies through memmove have no constant size, and are not reported.",
    bad: "\
for _, r := range records { // 320 bytes each
    sum += r.Size
}",
    good: "\
for i := range records {
    sum += records[i].Size
}",
};

/// Bytes of a copy that is reported: the compiler logs the same ones (`cmd/compile/internal/ssagen`).
const BIG: u32 = 128;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Copy { bytes } = site.kind else { continue };
        if bytes < BIG {
            continue;
        }
        let mut finding = cx.at_site(Rule::BigCopy, site, Detail::None);
        finding.bytes = Some(u64::from(bytes));
        Cx::merge(out, finding);
    }
}
