//! Func values called in a loop, and the calls through a dictionary that generic code makes.

use super::context::Cx;
use super::detail::Detail;
use super::finding::{Confidence, Finding};
use super::rule::Rule;
use crate::asm::analysis::{Indirect, SiteKind};

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
        let mut finding = cx.at(rule, site, Detail::None);
        if through == Indirect::Unknown {
            finding.confidence = Confidence::Likely;
        }
        Cx::merge(out, finding);
    }
}
