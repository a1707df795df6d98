//! Bulk copies and clears: jumps into `duffcopy` and `duffzero`, `REP MOVSQ`, runs of vector moves, and the
//! loops that the compiler makes of them.

use super::site::SiteKind;
use super::view::View;
use crate::asm::arch::{Arch, Role};
use crate::asm::graph::{Block, Step};
use crate::asm::listing::{RelocKind, Row, immediate, integer, last};

/// Reports the bulk copies and clears of one block, each with its row.
pub(super) fn find<'a>(view: &View<'_, 'a>, block: &Block, mut report: impl FnMut(u32, SiteKind<&'a [u8]>)) {
    let steps = view.cfg.steps_of(block);
    let mut run = Run::default();
    for (index, step) in steps.iter().enumerate() {
        let Some(row) = view.row(step) else { continue };
        match view.role(row) {
            Role::Duff => duff(view, row).into_iter().for_each(|kind| report(step.row, kind)),
            Role::Rep => rep(view, steps, index).into_iter().for_each(|kind| report(step.row, kind)),
            Role::Move | Role::Plain if view.arch.machine().flows => {
                if let Some(store) = vector_store(view, row) {
                    if run.is_other_line(row) {
                        run.end(view, block, &mut report);
                    }
                    run.add(step.row, row, store);
                }
            }
            _ => {}
        }
    }
    run.end(view, block, &mut report);
}

/// A jump into `duffcopy` or `duffzero`: the offset is in the operand (x86), or in the relocation.
fn duff<'a>(view: &View<'_, '_>, row: &Row) -> Option<SiteKind<&'a [u8]>> {
    let operands = view.listing.operands(row);
    let machine = view.arch.machine();
    let offset = match immediate(operands) {
        Some(offset) => offset,
        None => {
            let relocs = view.listing.relocs(view.function);
            // In the order of offsets, as the assembler emits them.
            let first = relocs.partition_point(|reloc| reloc.offset < row.pc);
            let here =
                relocs.get(first..).unwrap_or_default().iter().take_while(|reloc| reloc.offset == row.pc);
            let addend =
                here.take(4).find(|reloc| reloc.kind == RelocKind::Call).map_or(0, |reloc| reloc.addend);
            // On arm the addend is the instruction word with a distance in words, counted from two words on.
            if view.arch == Arch::Arm { (((addend & 0xff_ffff) + 2) * 4) & 0x3ff_ffff } else { addend }
        }
    };
    Some(if view.listing.mnemonics.name(row.mnemonic) == b"DUFFCOPY" {
        SiteKind::Copy { bytes: machine.duff.copied(offset) }
    } else {
        SiteKind::Clear { bytes: machine.duff.zeroed(offset, view.arch) }
    })
}

/// `MOVL $1024, CX; REP; MOVSQ`.
fn rep<'a>(view: &View<'_, '_>, steps: &[Step], index: usize) -> Option<SiteKind<&'a [u8]>> {
    let name = steps
        .get(index + 1)
        .and_then(|step| view.row(step))
        .map(|row| view.listing.mnemonics.name(row.mnemonic))?;
    let unit = match name.last() {
        Some(b'Q') => 8,
        Some(b'L') => 4,
        _ => 1,
    };
    let count = steps.get(..index)?.iter().rev().take(16).find_map(|step| {
        let operands = view.operands(step);
        operands.strip_suffix(b", CX").and_then(immediate)
    });
    let bytes = u32::try_from(count.unwrap_or(0).saturating_mul(unit)).unwrap_or(0);
    Some(if name.starts_with(b"MOVS") { SiteKind::Copy { bytes } } else { SiteKind::Clear { bytes } })
}

/// A store of a vector register or a pair: how many bytes, and whether they are zeros.
#[derive(Clone, Copy)]
struct Store {
    bytes: u32,
    zero: bool,
}

fn vector_store(view: &View<'_, '_>, row: &Row) -> Option<Store> {
    let name = view.listing.mnemonics.name(row.mnemonic);
    let (bytes, zero): (u32, &[u8]) = match (view.arch, name) {
        (Arch::Amd64, b"MOVUPS" | b"MOVUPD" | b"MOVOU") => (16, b"X15, "),
        (Arch::Amd64, b"VMOVDQU") => (32, b"X15, "),
        (Arch::I386, b"MOVUPS") => (16, b"X15, "),
        (Arch::Arm64, b"FSTPQ" | b"FSTPQ.P" | b"FSTPQ.W") => (32, b"(ZR"),
        (Arch::Arm64, b"STP" | b"STP.P" | b"STP.W") => (16, b"(ZR, ZR), "),
        _ => return None,
    };
    let operands = view.listing.operands(row);
    let target = last(operands);
    // A load ends in a register, a store in memory.
    if !target.ends_with(b")") || view.arch == Arch::Amd64 && !operands.starts_with(b"X") {
        return None;
    }
    Some(Store { bytes, zero: operands.starts_with(zero) })
}

/// Stores on one source line.
#[derive(Default)]
struct Run {
    source_line: Option<(u32, u32)>,
    row: u32,
    copied: u32,
    cleared: u32,
    stores: u32,
}

/// Bytes of the shortest run: shorter ones are register saves and small values.
const SHORTEST: u32 = 64;

impl Run {
    fn is_other_line(&self, row: &Row) -> bool {
        self.source_line.is_some_and(|line| line != (row.file, row.source_line))
    }

    fn add(&mut self, index: u32, row: &Row, store: Store) {
        if self.source_line.is_none() {
            self.row = index;
        }
        self.source_line = Some((row.file, row.source_line));
        self.stores += 1;
        let sum = if store.zero { &mut self.cleared } else { &mut self.copied };
        *sum = sum.saturating_add(store.bytes);
    }

    fn end<'a>(
        &mut self,
        view: &View<'_, '_>,
        block: &Block,
        report: &mut impl FnMut(u32, SiteKind<&'a [u8]>),
    ) {
        let run = std::mem::take(self);
        let trips = if block.copies { trips(view, block) } else { 1 };
        let (copied, cleared) = (run.copied.saturating_mul(trips), run.cleared.saturating_mul(trips));
        if copied >= SHORTEST {
            report(run.row, SiteKind::Copy { bytes: copied });
        }
        if cleared >= SHORTEST {
            report(run.row, SiteKind::Clear { bytes: cleared });
        }
    }
}

/// How many iterations a copy loop of the compiler makes: the constant that its counter starts from, in the
/// block before.
fn trips(view: &View<'_, '_>, block: &Block) -> u32 {
    let before = view.cfg.steps.get(..block.start as usize).unwrap_or_default();
    let counter = before.iter().rev().take(12).find_map(|step| {
        let row = view.row(step)?;
        if view.role(row) != Role::Move {
            return None;
        }
        let operands = view.listing.operands(row);
        let comma = memchr::memchr(b',', operands)?;
        integer(operands.get(..comma)?.strip_prefix(b"$")?)
    });
    counter
        .and_then(|count| u32::try_from(count).ok())
        .filter(|count| (1..1 << 20).contains(count))
        .unwrap_or(1)
}
