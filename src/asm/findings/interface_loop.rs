//! Methods called through an interface in a loop.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::{Indirect, SiteKind};
use crate::asm::decisions::DecisionKind;
use crate::asm::listing::{Reloc, RelocKind};
use crate::severity::Confidence;

pub(super) const INTERFACE_LOOP: Explanation = Explanation {
    sees: "A call through a register in a loop, whose code pointer was loaded from the method table of an interface. \
           The method is given by its index among the names in alphabetical order.",
    costs: "The call cannot be inlined, pointers passed to it escape, and the processor has to predict its target. In a \
            short loop the call often costs more than the method.",
    silent: "Calls that the compiler devirtualised are direct. Where a profile (-pgo) devirtualised the usual \
             callee, the call that is left is only a hint.",
    bad: "\
for _, s := range shapes { // []Shape, an interface
    sum += s.Area()
}",
    good: "\
for _, s := range squares { // []Square
    sum += s.Area()
}",
};

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::IndirectCall(Indirect::Interface { method }) = site.kind else { continue };
        if !site.in_loop {
            continue;
        }
        let reloc = only_interface(cx, method);
        let detail = Detail::Method { interface: reloc.map(|reloc| reloc.target), method };
        let mut finding = cx.at_site(Rule::InterfaceLoop, site, detail);
        finding.evidence.extend(reloc.map(|reloc| Evidence::Reloc(*reloc)));
        // The profile's usual callee is inlined or called directly; the listed call is the other branch.
        let devirtualized = cx
            .decisions_at(cx.position(site))
            .find(|decision| matches!(decision.kind, DecisionKind::Devirtualized { by_profile: true, .. }));
        if let Some(decision) = devirtualized {
            finding.confidence = Confidence::Hint;
            let (kind, position, line) = (decision.kind, decision.position, decision.line);
            finding.evidence.push(Evidence::Decision { kind, position, line });
        }
        Cx::merge(out, finding);
    }
}

/// The interface of the method, where the relocations of the function name only one that has such a method.
fn only_interface<'o, 'a>(cx: &Cx<'o, 'a>, method: u32) -> Option<&'o Reloc<'a>> {
    let mut candidates =
        cx.out.relocs(cx.id).iter().filter(|reloc| {
            reloc.kind == RelocKind::UseInterfaceMethod && reloc.method_index() == Some(method)
        });
    let first = candidates.next()?;
    candidates.all(|other| other.target == first.target).then_some(first)
}
