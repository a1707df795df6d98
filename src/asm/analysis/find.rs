//! Finds the sites of a function.

use super::site::{Site, SiteKind};
use super::view::View;
use super::{alloc, copies, indirect};
use crate::asm::arch::{Arch, Flow, Role};
use crate::asm::graph::{Block, Step};
use crate::asm::listing::{immediate, last, symbol};
use crate::asm::runtime::{Bounds, Runtime};

/// The failed bounds check that a block leads to, if any.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Panic(Option<Bounds>);

/// Appends the sites of one function, in code order.
pub(super) fn sites<'a>(view: &View<'_, 'a>, panics: &mut Vec<Panic>, out: &mut Vec<Site<'a>>) {
    let base = view.function.insts.start;
    if view.arch.machine().flows {
        find_panics(view, panics);
    }
    for block in &view.cfg.blocks {
        if block.grows_stack {
            continue;
        }
        let in_loop = block.loop_id != 0;
        let from = out.len();
        for (index, step) in (block.start..).zip(view.cfg.steps_of(block)) {
            let kind = match step.flow {
                Flow::Next => plain(view, step),
                Flow::CallIndirect => Some(SiteKind::IndirectCall(indirect::classify(view, index))),
                Flow::Call | Flow::Tail => call(view, step, index),
                Flow::Branch(_) => guarded(view, block, panics).map(SiteKind::BoundsCheck),
                _ => None,
            };
            if let Some(kind) = kind {
                out.push(Site { kind, in_loop, row: base + step.row });
            }
        }
        copies::find(view, block, |row, kind| out.push(Site { kind, in_loop, row: base + row }));
        out.get_mut(from..).unwrap_or_default().sort_by_key(|site| site.row);
    }
}

/// The site of a call; calls that report a failed check are seen from the check.
fn call<'a>(view: &View<'_, 'a>, step: &Step, index: u32) -> Option<SiteKind<&'a [u8]>> {
    let target = symbol(last(view.operands(step)))?;
    Some(match step.runtime {
        None => SiteKind::Call { target },
        Some(Runtime::Alloc(kind)) => alloc::site(view, index, kind, target),
        Some(Runtime::Bounds(kind)) if !view.arch.machine().flows => SiteKind::BoundsCheck(kind),
        Some(Runtime::Bounds(_) | Runtime::MoreStack | Runtime::NoReturn) => return None,
        Some(Runtime::Barrier | Runtime::Copy | Runtime::DeferReturn | Runtime::Other) => {
            SiteKind::RuntimeCall { target }
        }
    })
}

/// A test of `runtime.writeBarrier`. arm names it once more for the address, so only the load counts; ppc64
/// and wasm may name the address alone.
#[inline]
fn plain<'a>(view: &View<'_, 'a>, step: &Step) -> Option<SiteKind<&'a [u8]>> {
    let row = view.row(step)?;
    let is_test = match view.role(row) {
        Role::Move | Role::Compare => {
            let operands = view.listing.operands(row);
            operands.starts_with(b"runtime.writeBarrier(SB)")
                || view.arch == Arch::Ppc64le && operands.starts_with(b"$runtime.writeBarrier(SB)")
        }
        Role::Plain if !view.arch.machine().flows => {
            view.listing.operands(row) == b"$runtime.writeBarrier(SB)"
        }
        _ => false,
    };
    if is_test { Some(SiteKind::WriteBarrier) } else { None }
}

/// Notes which blocks report a failed bounds check, then which ones only jump to such a block.
fn find_panics(view: &View<'_, '_>, panics: &mut Vec<Panic>) {
    panics.clear();
    panics.extend(view.cfg.blocks.iter().map(|block| {
        let steps = view.cfg.steps_of(block);
        let last = steps.last().filter(|step| matches!(step.runtime, Some(Runtime::Bounds(_))));
        Panic(last.and_then(|step| match step.runtime {
            Some(Runtime::Bounds(Bounds::Unknown)) => Some(pcdata_kind(view, step.row)),
            Some(Runtime::Bounds(kind)) => Some(kind),
            _ => None,
        }))
    }));
    // A jump to a jump is rare; two rounds cover what compilers make.
    for _ in 0..2 {
        for (index, block) in view.cfg.blocks.iter().enumerate() {
            let [Step { flow: Flow::Jump(_), .. }] = view.cfg.steps_of(block) else { continue };
            let [target] = view.cfg.successors(block) else { continue };
            let reached = panics.get(*target as usize).copied().unwrap_or_default();
            if let Some(panic) = panics.get_mut(index).filter(|panic| panic.0.is_none()) {
                *panic = reached;
            }
        }
    }
}

/// The bounds check that the conditional branch at the end of `block` makes.
fn guarded(view: &View<'_, '_>, block: &Block, panics: &[Panic]) -> Option<Bounds> {
    view.cfg.successors(block).iter().find_map(|target| panics.get(*target as usize)?.0)
}

/// The kind of check that `PCDATA $4, $v` gives right before a call to `panicBounds` (1.26 and later).
fn pcdata_kind(view: &View<'_, '_>, call: u32) -> Bounds {
    let rows = view.rows().get(..call as usize).unwrap_or_default();
    for row in rows.iter().rev().take_while(|row| view.role(row) == Role::Pseudo) {
        let operands = view.listing.operands(row);
        if let Some(value) = operands.strip_prefix(b"$4, ").and_then(immediate) {
            return Bounds::from_pcdata(value);
        }
    }
    Bounds::Unknown
}
