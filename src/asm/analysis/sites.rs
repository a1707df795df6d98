//! The places of a function that analyses and findings speak about.

use super::indirect::{self, Indirect};
use super::{View, alloc, copies};
use crate::asm::arch::{Arch, Flow, Op};
use crate::asm::graph::cfg::Step;
use crate::asm::listing::Inst;
use crate::asm::listing::Listing;
use crate::asm::listing::{immediate, last, symbol};
use crate::asm::runtime::calls::{AllocKind, Bounds, Runtime};

/// One place of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Site<'a> {
    /// What happens there.
    pub kind: SiteKind<'a>,
    /// It can happen more than once in one call of the function.
    pub in_loop: bool,
    /// Which instruction of the listing.
    pub(crate) row: u32,
}

/// What happens at a [`Site`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteKind<'a> {
    /// A call to a function outside the runtime.
    Call {
        /// Its symbol.
        target: &'a [u8],
    },
    /// A call into the runtime that is none of the others.
    RuntimeCall {
        /// Its symbol.
        target: &'a [u8],
    },
    /// A call through a register.
    IndirectCall(Indirect),
    /// A call that allocates on the heap when it is reached.
    Alloc {
        /// Why.
        kind: AllocKind,
        /// The runtime function.
        symbol: &'a [u8],
        /// The type, where its descriptor is loaded nearby: `type:main.T`.
        type_symbol: Option<&'a [u8]>,
        /// Bytes that the allocator takes for it, where that is known.
        size: Option<u32>,
    },
    /// A bounds check.
    BoundsCheck(Bounds),
    /// A test whether the write barrier is on: one for each group of pointer stores.
    WriteBarrier,
    /// Memory is copied in bulk.
    Copy {
        /// Bytes each time.
        bytes: u32,
    },
    /// Memory is cleared in bulk.
    Clear {
        /// Bytes each time.
        bytes: u32,
    },
}

impl<'a> Site<'a> {
    pub(crate) fn inst(&self, listing: &Listing<'a>) -> Option<Inst<'a>> {
        listing.rows.get(self.row as usize).map(|row| listing.inst(row))
    }
}

/// What a block leads to: a failed bounds check.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Panic(Option<Bounds>);

/// Finds the sites of one function, in code order.
pub(super) fn find<'a>(view: &View<'_, 'a>, panics: &mut Vec<Panic>, out: &mut Vec<Site<'a>>) {
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

/// A call that stays visible; calls that report a failed check are seen from the check.
fn call<'a>(view: &View<'_, 'a>, step: &Step, index: u32) -> Option<SiteKind<'a>> {
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

/// The test of `runtime.writeBarrier`. arm names it once more for the address, so only the load counts; ppc64 and
/// wasm may name the address alone.
#[inline]
fn plain<'a>(view: &View<'_, 'a>, step: &Step) -> Option<SiteKind<'a>> {
    let row = view.row(step)?;
    let is_test = match view.op(row) {
        Op::Move | Op::Compare => {
            let operands = view.listing.operands(row);
            operands.starts_with(b"runtime.writeBarrier(SB)")
                || view.arch == Arch::Ppc64le && operands.starts_with(b"$runtime.writeBarrier(SB)")
        }
        Op::Plain if !view.arch.machine().flows => view.listing.operands(row) == b"$runtime.writeBarrier(SB)",
        _ => false,
    };
    if is_test { Some(SiteKind::WriteBarrier) } else { None }
}

/// Notes which blocks report a failed bounds check, then which only jump there.
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

/// The check that the conditional branch at the end of `block` makes.
fn guarded(view: &View<'_, '_>, block: &crate::asm::graph::cfg::Block, panics: &[Panic]) -> Option<Bounds> {
    view.cfg.successors(block).iter().find_map(|target| panics.get(*target as usize)?.0)
}

/// The kind that `PCDATA $4, $v` says right before a call to `panicBounds` (1.26 and later).
fn pcdata_kind(view: &View<'_, '_>, call: u32) -> Bounds {
    let rows = view.rows().get(..call as usize).unwrap_or_default();
    for row in rows.iter().rev().take_while(|row| view.op(row) == Op::Pseudo) {
        let operands = view.listing.operands(row);
        if let Some(value) = operands.strip_prefix(b"$4, ").and_then(immediate) {
            return Bounds::from_pcdata(value);
        }
    }
    Bounds::Unknown
}
