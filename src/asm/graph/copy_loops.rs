//! Copy and clear loops that the compiler made of one statement: no loops of the program.

use super::block::{Block, Step};
use crate::asm::arch::Flow;
use crate::asm::listing::{Listing, Row};

/// Marks the copy loops among `blocks`, and cuts their self edges.
///
/// A block that jumps to itself, on one source line, and does little but load and store, copies or clears:
/// amd64 and arm64 have these for 192 bytes and more since Go 1.26.
pub(super) fn cut(
    blocks: &mut [Block],
    edges: &mut [u32],
    steps: &[Step],
    listing: &Listing<'_>,
    rows: &[Row],
) {
    for (index, block) in (0u32..).zip(blocks) {
        if !block.successors(edges).contains(&index) || !copies(block.steps(steps), listing, rows) {
            continue;
        }
        // The edge now goes where the other one goes, so that the loop is gone and the way out stays.
        let out = block.successors(edges).iter().copied().find(|target| *target != index);
        let (from, to) = block.edges;
        let own = edges.get_mut(from as usize..to as usize).unwrap_or_default();
        for edge in own.iter_mut().filter(|edge| **edge == index) {
            *edge = out.unwrap_or(*edge);
        }
        block.copies = true;
    }
}

/// Whether steps do little but load and store on one source line.
fn copies(steps: &[Step], listing: &Listing<'_>, rows: &[Row]) -> bool {
    let row = |step: &Step| rows.get(step.row as usize);
    let line = steps.first().and_then(row).map(|row| (row.file, row.source_line));
    let one_line = steps.iter().filter_map(row).all(|row| Some((row.file, row.source_line)) == line);
    let wide = steps.iter().filter_map(row).filter(|row| is_wide_move(listing, row)).count();
    let calls = steps.iter().any(|step| matches!(step.flow, Flow::Call | Flow::CallIndirect));
    one_line && !calls && wide * 2 >= steps.len()
}

/// A move of 16 bytes or more, or of a pair of registers.
fn is_wide_move(listing: &Listing<'_>, row: &Row) -> bool {
    let name = listing.mnemonics.name(row.mnemonic);
    name.starts_with(b"MOVU")
        || name.starts_with(b"VMOV")
        || name.starts_with(b"FSTP")
        || name.starts_with(b"FLDP")
        || name.starts_with(b"FMOVQ")
        || matches!(name, b"STP" | b"LDP" | b"STP.P" | b"LDP.P" | b"STXVD2X" | b"LXVD2X")
}
