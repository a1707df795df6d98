//! Large values copied.

use super::context::Cx;
use super::finding::{Detail, Finding};
use super::rule::Rule;
use crate::asm::analysis::SiteKind;

/// Bytes of a copy that are worth a word: the compiler logs the same ones (`cmd/compile/internal/ssagen`).
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
