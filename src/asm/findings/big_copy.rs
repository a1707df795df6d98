//! Copies of large values.

use super::context::Cx;
use super::detail::Detail;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

/// Bytes of a copy that is reported: the compiler logs the same ones (`cmd/compile/internal/ssagen`).
const BIG: u32 = 128;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Copy { bytes } = site.kind else { continue };
        if bytes < BIG {
            continue;
        }
        let mut finding = cx.at(Rule::BigCopy, site, Detail::None);
        finding.bytes = Some(u64::from(bytes));
        Cx::merge(out, finding);
    }
}
