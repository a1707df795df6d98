//! Closure objects on the heap, and those of goroutines that a loop starts.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::decisions::DecisionKind;
use crate::asm::runtime::AllocKind;

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    let starts_goroutines = cx
        .sites
        .iter()
        .find(|site| site.in_loop && matches!(site.kind, SiteKind::Alloc { kind: AllocKind::Goroutine, .. }));
    for site in cx.sites {
        let SiteKind::Alloc { kind: AllocKind::Object, type_symbol: Some(name), size, .. } = site.kind else {
            continue;
        };
        if !is_closure(name) {
            continue;
        }
        let goroutine = starts_goroutines.filter(|_| site.in_loop);
        let rule = if goroutine.is_some() { Rule::GoroutineClosure } else { Rule::ClosureHeap };
        let mut finding = cx.at(rule, site, Detail::Type(name));
        finding.bytes = size.map(u64::from);
        finding.evidence.extend(goroutine.map(|site| Evidence::Inst(cx.out.site_inst(site))));
        finding.evidence.extend(captures(cx));
        Cx::merge(out, finding);
    }
}

/// Whether a type is that of a closure object: its first field is the code pointer.
pub(super) fn is_closure(type_symbol: &[u8]) -> bool {
    type_symbol.starts_with(b"type:noalg.struct { F uintptr")
        || type_symbol.starts_with(b"type.noalg.struct { F uintptr")
}

/// The variables that the function's closures capture by reference, which moves them to the heap too.
fn captures<'a>(cx: &Cx<'_, 'a>) -> impl Iterator<Item = Evidence<'a>> {
    let local = cx.function.name().local();
    cx.captures(local, cx.function.package)
        .map(|decision| Evidence::Decision {
            kind: decision.kind,
            position: decision.position,
            line: decision.line,
        })
        .filter(|evidence| {
            matches!(evidence, Evidence::Decision { kind: DecisionKind::Capture { by_ref: true, .. }, .. })
        })
}
