//! Building the graph of a function.
//!
//! Buffers are kept from one function to the next, so that a whole listing costs no allocation per function.
//! Three edges that are no loops of the program are cut: those of the block that grows the stack, and the
//! self edge of a copy loop that the compiler made.

use super::block::{Block, Step, step_at};
use super::copy_loops;
use super::jump_tables::JumpTables;
use super::loops::Components;
use crate::asm::arch::{Arch, Flow, Location, Role, flow};
use crate::asm::listing::{Function, Listing, Row, last, symbol};
use crate::asm::runtime::{self, Runtime};

/// The control-flow graph of one function.
#[derive(Debug, Default)]
pub(crate) struct Cfg {
    pub(crate) steps: Vec<Step>,
    pub(crate) blocks: Vec<Block>,
    /// How many loops there are.
    pub(crate) loops: u32,
    /// The successors of all blocks, block by block.
    edges: Vec<u32>,
    /// Which steps start a block.
    leaders: Vec<bool>,
    tables: JumpTables,
    components: Components,
}

impl Cfg {
    /// Builds the graph of `function`; `roles` has the role of each mnemonic.
    pub(crate) fn build(
        &mut self,
        listing: &Listing<'_>,
        function: &Function<'_>,
        roles: &[Role],
        arch: Arch,
    ) {
        let rows = listing.rows(function);
        self.keep(listing, function, rows, roles, arch);
        self.mark_leaders(listing, rows);
        self.cut_blocks(arch.machine().flows);
        self.connect(rows);
        self.loops = 0;
        if arch.machine().flows {
            copy_loops::cut(&mut self.blocks, &mut self.edges, &self.steps, listing, rows);
            self.loops = self.components.find(&mut self.blocks, &self.edges);
        }
    }

    pub(crate) fn successors(&self, block: &Block) -> &[u32] {
        block.successors(&self.edges)
    }

    pub(crate) fn steps_of(&self, block: &Block) -> &[Step] {
        block.steps(&self.steps)
    }

    pub(crate) fn block(&self, index: u32) -> Option<&Block> {
        self.blocks.get(index as usize)
    }

    /// Lists the instructions that count, with what they do to control.
    fn keep(
        &mut self,
        listing: &Listing<'_>,
        function: &Function<'_>,
        rows: &[Row],
        roles: &[Role],
        arch: Arch,
    ) {
        self.steps.clear();
        for (index, row) in rows.iter().enumerate() {
            let role = roles.get(usize::from(row.mnemonic.0)).copied().unwrap_or(Role::Plain);
            if matches!(role, Role::Pseudo | Role::Nop | Role::Pad | Role::Xchg) {
                let kept = role == Role::Xchg && listing.operands(row) != b"AX, AX";
                if !kept {
                    continue;
                }
            }
            let mut step = Step { row: index as u32, block: 0, flow: Flow::Next, runtime: None };
            if !matches!(role, Role::Plain | Role::Compare | Role::Rep | Role::Strings) {
                let operands = listing.operands(row);
                step.flow = flow(role, operands, Location { pc: row.pc, origin: function.address }, arch);
                if matches!(step.flow, Flow::Call | Flow::Tail) {
                    step.runtime = symbol(last(operands)).and_then(runtime::class);
                }
            }
            self.steps.push(step);
        }
    }

    /// Finds the steps that start a block: targets of jumps, and what follows the end of a block.
    fn mark_leaders(&mut self, listing: &Listing<'_>, rows: &[Row]) {
        let Self { steps, leaders, tables, .. } = self;
        leaders.clear();
        leaders.resize(steps.len(), false);
        let mut lead = |step: usize| {
            if let Some(leader) = leaders.get_mut(step) {
                *leader = true;
            }
        };
        for (index, step) in steps.iter().enumerate() {
            if let Flow::Jump(pc) | Flow::Branch(pc) = step.flow {
                if let Some(target) = step_at(steps, rows, pc) {
                    lead(target);
                }
            }
            if step.ends_block() {
                lead(index + 1);
            }
        }
        tables.find(listing, rows, steps, lead);
    }

    /// Cuts the steps into blocks.
    fn cut_blocks(&mut self, flows: bool) {
        self.blocks.clear();
        for (index, (step, leader)) in self.steps.iter_mut().zip(&self.leaders).enumerate() {
            if *leader || self.blocks.is_empty() {
                self.blocks.push(Block { start: index as u32, ..Block::default() });
            }
            step.block = self.blocks.len() as u32 - 1;
            if let Some(block) = self.blocks.last_mut() {
                block.end = index as u32 + 1;
                block.grows_stack |= flows && step.runtime == Some(Runtime::MoreStack);
            }
        }
    }

    /// Adds the edges of all blocks.
    fn connect(&mut self, rows: &[Row]) {
        self.edges.clear();
        for index in 0..self.blocks.len() {
            let from = self.edges.len() as u32;
            if let Some(block) = self.blocks.get(index).copied().filter(|block| !block.grows_stack) {
                self.leave(block, index as u32, rows);
            }
            let to = self.edges.len() as u32;
            if let Some(block) = self.blocks.get_mut(index) {
                block.edges = (from, to);
            }
        }
    }

    /// Adds the edges of one block.
    fn leave(&mut self, block: Block, index: u32, rows: &[Row]) {
        let Some(last) = self.steps_of(&block).last().copied() else { return };
        let next = if index + 1 < self.blocks.len() as u32 { Some(index + 1) } else { None };
        let steps = &self.steps;
        let block_at = |pc| step_at(steps, rows, pc).and_then(|step| steps.get(step)).map(|step| step.block);
        match last.flow {
            Flow::Jump(pc) => self.edges.extend(block_at(pc)),
            Flow::Branch(pc) => {
                self.edges.extend(block_at(pc));
                self.edges.extend(next);
            }
            Flow::Table => {
                let targets = self.tables.targets(block.end - 1).iter();
                self.edges
                    .extend(targets.filter_map(|step| steps.get(*step as usize)).map(|step| step.block));
            }
            _ if last.ends_block() => {}
            _ => self.edges.extend(next),
        }
    }
}
