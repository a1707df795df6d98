//! The jumps through tables of a function, and where they lead.

use super::block::{Step, step_at};
use crate::asm::arch::Flow;
use crate::asm::listing::{Listing, Operands, Row, symbol};
use crate::table::Set;

/// The jumps through tables, in code order.
#[derive(Debug, Default)]
pub(super) struct JumpTables {
    /// The step of each jump, and the range of its targets.
    jumps: Vec<(u32, u32, u32)>,
    /// Steps.
    targets: Vec<u32>,
}

impl JumpTables {
    /// Finds the tables of a function, and reports each target to `lead`. A table belongs to the first jump
    /// through a register after the instruction that names it.
    pub(super) fn find(
        &mut self,
        listing: &Listing<'_>,
        rows: &[Row],
        steps: &[Step],
        mut lead: impl FnMut(usize),
    ) {
        self.jumps.clear();
        self.targets.clear();
        if listing.jumps.is_empty() {
            return;
        }
        let mut used = Set::default();
        let mut named: Option<&[u32]> = None;
        for (index, step) in steps.iter().enumerate() {
            let table = rows.get(step.row as usize).and_then(|row| named_table(listing, row));
            if let Some(table) = table.filter(|table| used.insert(*table)) {
                named = listing.jumps.get(table).map(Vec::as_slice);
            }
            let targets = if step.flow == Flow::Table { named.take() } else { None };
            if let Some(targets) = targets {
                let from = self.targets.len() as u32;
                for target in targets.iter().filter_map(|pc| step_at(steps, rows, *pc)) {
                    self.targets.push(target as u32);
                    lead(target);
                }
                self.jumps.push((index as u32, from, self.targets.len() as u32));
            }
        }
    }

    /// The steps that the jump at `step` can lead to; none where its table is not known.
    pub(super) fn targets(&self, step: u32) -> &[u32] {
        let jump = self.jumps.binary_search_by_key(&step, |(step, ..)| *step).ok();
        let Some((_, from, to)) = jump.and_then(|index| self.jumps.get(index)) else { return &[] };
        self.targets.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

/// The jump table that an instruction names.
fn named_table<'a>(listing: &Listing<'a>, row: &Row) -> Option<&'a [u8]> {
    let operands = listing.operands(row);
    memchr::memmem::find(operands, b".jump")?;
    Operands::new(operands).find_map(symbol)
}
