//! Closure objects on the heap, and those of goroutines that a loop starts.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::SiteKind;
use crate::asm::decisions::DecisionKind;
use crate::asm::runtime::AllocKind;

pub(super) const CLOSURE_HEAP: Explanation = Explanation {
    sees: "An allocation of a closure object: a struct whose first field is the code pointer and whose other fields are \
           the captured values. Captures by reference are listed as evidence, from `-m=2`.",
    costs: "Making the func value allocates, every time. A variable that is captured by reference moves to the heap \
            as well, and is no longer kept in a register.",
    silent: "A closure that does not escape is built on the stack, and one without captures is static data; \
             neither is reported.",
    bad: "\
func counter() func() int {
    n := 0
    return func() int { n++; return n }
}",
    good: "\
type counter struct{ n int }

func (c *counter) next() int { c.n++; return c.n }",
};

pub(super) const GOROUTINE_CLOSURE: Explanation = Explanation {
    sees: "A `go` statement in a loop, and in the same loop a closure object on the heap.",
    costs: "Each iteration allocates the closure and starts a goroutine with a stack of at least 2 KiB, which the \
            scheduler has to run. For small items this costs more than the work itself.",
    silent: "A `go` statement whose function captures nothing is not reported.",
    bad: "\
for _, item := range items {
    go func() { handle(item) }()
}",
    good: "\
work := make(chan Item)
for range runtime.GOMAXPROCS(0) {
    go func() {
        for item := range work {
            handle(item)
        }
    }()
}
for _, item := range items {
    work <- item
}
close(work)",
};

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
        let mut finding = cx.at_site(rule, site, Detail::Type(name));
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
