//! `sync.Pool` used in a way that does not help.

use super::context::Cx;
use super::detail::Detail;
use super::evidence::Evidence;
use super::explanation::Explanation;
use super::finding::Finding;
use super::rule::Rule;
use crate::asm::analysis::{Site, SiteKind};
use crate::asm::listing::symbol;
use crate::asm::runtime::AllocKind;
use crate::severity::Confidence;
use crate::text::path::{base, is_same_file};

pub(super) const POOL_VALUE: Explanation = Explanation {
    sees: "A box made on the line of a call to `sync.Pool.Put`, before it.",
    costs: "Put takes an `any`. A value that is no pointer, a slice included, is copied to the heap for it: the pool \
            saves the buffer, and each Put allocates a slice header.",
    silent: "Pointers need no box.",
    bad: "\
buf := pool.Get().([]byte)
pool.Put(buf)",
    good: "\
buf := pool.Get().(*[]byte)
pool.Put(buf)",
};

pub(super) const POOL_NO_PUT: Explanation = Explanation {
    sees: "A function that calls `sync.Pool.Get` and not `Put`.",
    costs: "A pool that is never refilled makes a new value for each Get.",
    silent: "This is a hint: the function may hand the value to another one, which puts it back.",
    bad: "\
buf := pool.Get().(*bytes.Buffer)
buf.WriteString(s)",
    good: "\
buf := pool.Get().(*bytes.Buffer)
defer pool.Put(buf)
buf.WriteString(s)",
};

pub(super) const POOL_NO_RESET: Explanation = Explanation {
    sees: "A function that gets and puts a value whose type has a Reset, and neither calls nor inlines Reset.",
    costs: "The next user finds the data of the previous one, and the value grows without end.",
    silent: "It needs the decisions (-m) of the build. Fields that are cleared by hand cannot be seen, so the finding \
             is a hint.",
    bad: "\
buf := pool.Get().(*bytes.Buffer)
buf.WriteString(s)
pool.Put(buf)",
    good: "\
buf := pool.Get().(*bytes.Buffer)
buf.Reset()
buf.WriteString(s)
pool.Put(buf)",
};

pub(super) const POOL_LOCAL: Explanation = Explanation {
    sees: "An allocation of a `sync.Pool` in a function.",
    costs: "The pool lives as long as one call, so every Get makes a new value, and the pool itself is allocated.",
    silent: "A pool that is a package variable, or a field of a longer-lived value, is not allocated here.",
    bad: "\
func render(w io.Writer) {
    pool := sync.Pool{New: newBuffer}",
    good: "\
var pool = sync.Pool{New: newBuffer}

func render(w io.Writer) {",
};

const GET: &[u8] = b"sync.(*Pool).Get";
const PUT: &[u8] = b"sync.(*Pool).Put";

pub(super) fn find<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    values(cx, out);
    locals(cx, out);
    let get = cx.sites.iter().find(|site| calls(site, GET));
    let put = cx.sites.iter().find(|site| calls(site, PUT));
    match (get, put) {
        (Some(get), None) => {
            let mut finding = cx.at_site(Rule::PoolNoPut, get, Detail::None);
            finding.confidence = Confidence::Hint;
            Cx::merge(out, finding);
        }
        (Some(get), Some(put)) => out.extend(not_reset(cx, get, put)),
        _ => {}
    }
}

fn calls(site: &Site<'_>, target: &[u8]) -> bool {
    matches!(site.kind, SiteKind::Call { target: callee } if callee == target)
}

/// A box made for the argument of Put: on the same source line, before the call.
fn values<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for (index, put) in cx.sites.iter().enumerate().filter(|(_, site)| calls(site, PUT)) {
        let line = cx.position(put);
        let before = cx.sites.get(index.saturating_sub(8)..index).unwrap_or_default();
        let boxed = before.iter().rev().take_while(|site| cx.position(site) == line).find_map(|site| {
            match site.kind {
                SiteKind::Alloc { kind: AllocKind::Box, type_symbol, size, symbol } => {
                    Some((site, type_symbol, size, symbol))
                }
                _ => None,
            }
        });
        let Some((site, type_symbol, size, symbol)) = boxed else { continue };
        let type_symbol = type_symbol.or_else(|| type_between(cx, site, put));
        let mut finding =
            cx.at_site(Rule::PoolValue, put, type_symbol.map_or(Detail::Callee(symbol), Detail::Type));
        finding.bytes = size.map(u64::from);
        finding.evidence.push(Evidence::Inst(cx.out.site_inst(site)));
        Cx::merge(out, finding);
    }
}

/// The type word of the interface: loaded after the box is made, before the call.
fn type_between<'a>(cx: &Cx<'_, 'a>, from: &Site<'a>, to: &Site<'a>) -> Option<&'a [u8]> {
    let insts = cx.out.insts_between(from, to).take(64);
    insts
        .flat_map(|inst| inst.operands())
        .filter_map(symbol)
        .find(|symbol| symbol.starts_with(b"type:") || symbol.starts_with(b"type."))
}

/// `type:sync.Pool` allocated here.
fn locals<'a>(cx: &Cx<'_, 'a>, out: &mut Vec<Finding<'a>>) {
    for site in cx.sites {
        let SiteKind::Alloc { type_symbol: Some(name @ (b"type:sync.Pool" | b"type.sync.Pool")), .. } =
            site.kind
        else {
            continue;
        };
        Cx::merge(out, cx.at_site(Rule::PoolLocal, site, Detail::Type(name)));
    }
}

/// Values that have a Reset which is neither called nor inlined here. This needs the decisions, and stays a
/// hint, because fields cleared by hand cannot be seen.
fn not_reset<'a>(cx: &Cx<'_, 'a>, get: &Site<'a>, put: &Site<'a>) -> Option<Finding<'a>> {
    let name = asserted_type(cx, get)?;
    let element = name.strip_prefix(b"type:*").or_else(|| name.strip_prefix(b"type.*"))?;
    if cx.out.decisions().is_empty() || !knows_reset(cx, element) {
        return None;
    }
    let is_reset = |callee: &[u8]| callee.ends_with(b").Reset");
    let called =
        cx.sites.iter().any(|site| matches!(site.kind, SiteKind::Call { target } if is_reset(target)));
    let inlined = || {
        let (first, last) = cx.line_range()?;
        let package = cx.function.package;
        let resets =
            cx.joins.inlined_resets.iter().filter_map(|index| cx.out.decisions().get(*index as usize));
        let mut here =
            resets.filter(|decision| cx.out.has_one_path(decision.package, package)).filter(|decision| {
                decision.position.is_some_and(|pos| {
                    (first.line..=last).contains(&pos.line) && is_same_file(pos.file, first.file)
                })
            });
        here.next()
    };
    if called || inlined().is_some() {
        return None;
    }
    let mut finding = cx.at_site(Rule::PoolNoReset, put, Detail::Type(name));
    finding.confidence = Confidence::Hint;
    finding.evidence.push(Evidence::Inst(cx.out.site_inst(get)));
    Some(finding)
}

/// Whether the input shows that `*element` has a method Reset, or it is one of the usual buffers.
fn knows_reset(cx: &Cx<'_, '_>, element: &[u8]) -> bool {
    const KNOWN: [&[u8]; 6] = [
        b"bytes.Buffer",
        b"strings.Builder",
        b"bytes.Reader",
        b"strings.Reader",
        b"bufio.Reader",
        b"bufio.Writer",
    ];
    let name = base(element);
    let dot = memchr::memchr(b'.', name).map_or(0, |at| at + 1);
    let local = [b"(*", name.get(dot..).unwrap_or_default(), b").Reset"].concat();
    KNOWN.contains(&element) || cx.joins.resets.contains(&*local)
}

/// The type that the value of Get is asserted to: its descriptor is loaded right after the call.
fn asserted_type<'a>(cx: &Cx<'_, 'a>, get: &Site<'a>) -> Option<&'a [u8]> {
    let call = cx.out.site_inst(get);
    cx.out.insts(cx.id).skip_while(|inst| inst.line <= call.line).take(24).find_map(|inst| {
        inst.operands().find_map(|operand| {
            let symbol = symbol(operand)?;
            (symbol.starts_with(b"type:*") || symbol.starts_with(b"type.*")).then_some(symbol)
        })
    })
}
