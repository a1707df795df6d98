//! Basic blocks, edges and loops of one function.
//!
//! Buffers are kept from one function to the next, so that a whole listing costs no allocation a function.
//! Loops are the strongly connected components of the graph. Three edges that are no loops of the program are
//! cut: those of the block that grows the stack, and the self edge of a copy loop that the compiler made.

use crate::asm::arch::{Arch, At, Flow, Op, flow};
use crate::asm::listing::{Function, Listing, Operands, Row, last, symbol};
use crate::asm::runtime::calls::{self, Runtime};
use crate::intern::Set;

/// One kept instruction: padding and pseudo instructions are left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Which row of the function.
    pub(crate) row: u32,
    pub(crate) block: u32,
    pub(crate) flow: Flow,
    /// For static calls and tail jumps: what the runtime's name says.
    pub(crate) runtime: Option<Runtime>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    /// Steps of the block.
    pub(crate) start: u32,
    pub(crate) end: u32,
    edges: (u32, u32),
    /// Number of the loop it is in, from 1; 0 outside.
    pub(crate) loop_id: u32,
    /// It grows the stack and starts the function anew.
    pub(crate) grows_stack: bool,
    /// A copy or clear loop that the compiler made.
    pub(crate) copies: bool,
}

/// The control-flow graph of one function.
#[derive(Debug, Default)]
pub(crate) struct Cfg {
    pub(crate) steps: Vec<Step>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) loops: u32,
    edges: Vec<u32>,
    leaders: Vec<bool>,
    /// Step of a jump through a table, and where its targets are.
    tables: Vec<(u32, u32, u32)>,
    table_targets: Vec<u32>,
    components: Components,
}

impl Cfg {
    /// Builds the graph of `function`; `ops` has the role of each mnemonic.
    pub(crate) fn build(&mut self, listing: &Listing<'_>, function: &Function<'_>, ops: &[Op], arch: Arch) {
        let rows = listing.rows(function);
        self.keep(listing, function, rows, ops, arch);
        self.cut_blocks(rows);
        self.connect(listing, rows, arch.machine().flows);
        if arch.machine().flows {
            self.find_copy_loops(listing, rows);
            self.loops = self.components.find(&mut self.blocks, &self.edges);
        } else {
            self.loops = 0;
        }
    }

    pub(crate) fn successors(&self, block: &Block) -> &[u32] {
        self.edges.get(block.edges.0 as usize..block.edges.1 as usize).unwrap_or_default()
    }

    pub(crate) fn steps_of(&self, block: &Block) -> &[Step] {
        self.steps.get(block.start as usize..block.end as usize).unwrap_or_default()
    }

    pub(crate) fn block(&self, index: u32) -> Option<&Block> {
        self.blocks.get(index as usize)
    }

    /// Lists the instructions that count, with what they do to control.
    fn keep(&mut self, listing: &Listing<'_>, function: &Function<'_>, rows: &[Row], ops: &[Op], arch: Arch) {
        self.steps.clear();
        for (index, row) in rows.iter().enumerate() {
            let op = ops.get(usize::from(row.op.0)).copied().unwrap_or(Op::Plain);
            if matches!(op, Op::Pseudo | Op::Nop | Op::Pad | Op::Xchg) {
                let kept = op == Op::Xchg && listing.operands(row) != b"AX, AX";
                if !kept {
                    continue;
                }
            }
            let mut step = Step { row: index as u32, block: 0, flow: Flow::Next, runtime: None };
            if !matches!(op, Op::Plain | Op::Compare | Op::Rep | Op::Strings) {
                let operands = listing.operands(row);
                step.flow = flow(op, operands, At { pc: row.pc, origin: function.address }, arch);
                if matches!(step.flow, Flow::Call | Flow::Tail) {
                    step.runtime = symbol(last(operands)).and_then(calls::class);
                }
            }
            self.steps.push(step);
        }
    }

    /// The first kept instruction at or behind an offset.
    fn step_at(&self, rows: &[Row], pc: u32) -> Option<usize> {
        let at =
            self.steps.partition_point(|step| rows.get(step.row as usize).is_some_and(|row| row.pc < pc));
        if at < self.steps.len() { Some(at) } else { None }
    }

    /// Numbers the blocks.
    fn cut_blocks(&mut self, rows: &[Row]) {
        self.leaders.clear();
        self.leaders.resize(self.steps.len(), false);
        for index in 0..self.steps.len() {
            let Some(step) = self.steps.get(index) else { break };
            let ends = ends_block(step);
            if let Flow::Jump(pc) | Flow::Branch(pc) = step.flow {
                if let Some(target) = self.step_at(rows, pc) {
                    self.lead(target);
                }
            }
            if ends {
                self.lead(index + 1);
            }
        }
    }

    /// Makes a step the first of its block.
    fn lead(&mut self, step: usize) {
        if let Some(leader) = self.leaders.get_mut(step) {
            *leader = true;
        }
    }

    fn connect(&mut self, listing: &Listing<'_>, rows: &[Row], flows: bool) {
        self.mark_jump_tables(listing, rows);
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
        let block_at =
            |pc| self.step_at(rows, pc).and_then(|step| self.steps.get(step)).map(|step| step.block);
        match last.flow {
            Flow::Jump(pc) => {
                let target = block_at(pc);
                self.edges.extend(target);
            }
            Flow::Branch(pc) => {
                let target = block_at(pc);
                self.edges.extend(target);
                self.edges.extend(next);
            }
            Flow::Table => {
                let at = block.end - 1;
                let table = self
                    .tables
                    .binary_search_by_key(&at, |(step, ..)| *step)
                    .ok()
                    .and_then(|at| self.tables.get(at))
                    .copied();
                if let Some((_, from, to)) = table {
                    let targets = self.table_targets.get(from as usize..to as usize).unwrap_or_default();
                    let blocks = targets.iter().filter_map(|step| self.steps.get(*step as usize));
                    self.edges.extend(blocks.map(|step| step.block));
                }
            }
            _ if ends_block(&last) => {}
            _ => self.edges.extend(next),
        }
    }

    /// Finds the jump tables of the function, and makes their targets the starts of blocks. A table belongs to the
    /// first jump through a register behind the instruction that names it.
    fn mark_jump_tables(&mut self, listing: &Listing<'_>, rows: &[Row]) {
        self.tables.clear();
        self.table_targets.clear();
        if listing.jumps.is_empty() {
            return;
        }
        let mut used = Set::default();
        let mut named: Option<&[u32]> = None;
        for index in 0..self.steps.len() {
            let Some(step) = self.steps.get(index) else { break };
            let table = rows.get(step.row as usize).and_then(|row| named_table(listing, row));
            if let Some(table) = table.filter(|table| used.insert(*table)) {
                named = listing.jumps.get(table).map(Vec::as_slice);
            }
            let targets = if step.flow == Flow::Table { named.take() } else { None };
            if let Some(targets) = targets {
                let from = self.table_targets.len() as u32;
                for pc in targets {
                    if let Some(target) = self.step_at(rows, *pc) {
                        self.table_targets.push(target as u32);
                        self.lead(target);
                    }
                }
                self.tables.push((index as u32, from, self.table_targets.len() as u32));
            }
        }
    }

    /// A block that jumps to itself, on one source line, and does little but load and store, copies or clears:
    /// amd64 and arm64 have these for 192 bytes and more since 1.26.
    fn find_copy_loops(&mut self, listing: &Listing<'_>, rows: &[Row]) {
        for index in 0..self.blocks.len() {
            let Some(block) = self.blocks.get(index).copied() else { break };
            if !self.successors(&block).contains(&(index as u32)) {
                continue;
            }
            let steps = self.steps_of(&block);
            let row = |step: &Step| rows.get(step.row as usize);
            let line = steps.first().and_then(row).map(|row| (row.file, row.line));
            let one_line = steps.iter().filter_map(row).all(|row| Some((row.file, row.line)) == line);
            let vector = steps.iter().filter_map(row).filter(|row| is_wide_move(listing, row)).count();
            let calls = steps.iter().any(|step| matches!(step.flow, Flow::Call | Flow::CallIndirect));
            if one_line && !calls && vector * 2 >= steps.len() {
                let (from, to) = block.edges;
                // The edge now goes where the other one goes, so that the loop is gone and the way out stays.
                let out = self.successors(&block).iter().copied().find(|target| *target != index as u32);
                let edges = self.edges.get_mut(from as usize..to as usize).unwrap_or_default();
                for edge in edges.iter_mut().filter(|edge| **edge == index as u32) {
                    *edge = out.unwrap_or(*edge);
                }
                if let Some(block) = self.blocks.get_mut(index) {
                    block.copies = true;
                }
            }
        }
    }
}

/// A move of 16 bytes or more, or of a pair of registers.
fn is_wide_move(listing: &Listing<'_>, row: &Row) -> bool {
    let name = listing.ops.name(row.op);
    name.starts_with(b"MOVU")
        || name.starts_with(b"VMOV")
        || name.starts_with(b"FSTP")
        || name.starts_with(b"FLDP")
        || name.starts_with(b"FMOVQ")
        || matches!(name, b"STP" | b"LDP" | b"STP.P" | b"LDP.P" | b"STXVD2X" | b"LXVD2X")
}

fn ends_block(step: &Step) -> bool {
    match step.flow {
        Flow::Next | Flow::CallIndirect => false,
        Flow::Call => matches!(step.runtime, Some(Runtime::Bounds(_) | Runtime::NoReturn)),
        _ => true,
    }
}

/// The jump table that an instruction names.
fn named_table<'a>(listing: &Listing<'a>, row: &Row) -> Option<&'a [u8]> {
    let operands = listing.operands(row);
    memchr::memmem::find(operands, b".jump")?;
    Operands::new(operands).find_map(symbol)
}

/// Tarjan's strongly connected components, without recursion.
#[derive(Debug, Default)]
struct Components {
    /// Order of the first visit, from 1; 0 is unvisited.
    order: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    /// Block and the next of its edges to follow.
    path: Vec<(u32, u32)>,
}

impl Components {
    /// Gives every block in a loop the loop's number; how many loops there are.
    fn find(&mut self, blocks: &mut [Block], edges: &[u32]) -> u32 {
        let len = blocks.len();
        self.order.clear();
        self.order.resize(len, 0);
        self.low.clear();
        self.low.resize(len, 0);
        self.on_stack.clear();
        self.on_stack.resize(len, false);
        let (mut visited, mut loops) = (0, 0);
        for root in 0..len {
            if self.order.get(root) != Some(&0) {
                continue;
            }
            self.path.clear();
            self.enter(root, &mut visited, blocks);
            while let Some((block, edge)) = self.path.last_mut() {
                let at = *block as usize;
                let end = blocks.get(at).map_or(0, |block| block.edges.1);
                if *edge < end {
                    let target = edges.get(*edge as usize).map_or(0, |target| *target as usize);
                    *edge += 1;
                    if self.order.get(target) == Some(&0) {
                        self.enter(target, &mut visited, blocks);
                    } else if self.on_stack.get(target) == Some(&true) {
                        self.lower(at, self.order.get(target).copied().unwrap_or(0));
                    }
                } else {
                    self.path.pop();
                    let low = self.low.get(at).copied().unwrap_or(0);
                    if let Some((parent, _)) = self.path.last() {
                        self.lower(*parent as usize, low);
                    }
                    if self.order.get(at) == Some(&low) {
                        loops += u32::from(self.close(at, loops + 1, blocks, edges));
                    }
                }
            }
        }
        loops
    }

    fn enter(&mut self, at: usize, visited: &mut u32, blocks: &[Block]) {
        *visited += 1;
        if let (Some(order), Some(low), Some(on_stack)) =
            (self.order.get_mut(at), self.low.get_mut(at), self.on_stack.get_mut(at))
        {
            (*order, *low, *on_stack) = (*visited, *visited, true);
        }
        self.stack.push(at as u32);
        self.path.push((at as u32, blocks.get(at).map_or(0, |block| block.edges.0)));
    }

    fn lower(&mut self, at: usize, value: u32) {
        if let Some(low) = self.low.get_mut(at) {
            *low = (*low).min(value);
        }
    }

    /// Takes a component off the stack; whether it is a loop.
    fn close(&mut self, root: usize, loop_id: u32, blocks: &mut [Block], edges: &[u32]) -> bool {
        let start = self.stack.iter().rposition(|block| *block as usize == root).unwrap_or(0);
        let alone = self.stack.len() - start == 1;
        let turns = blocks.get(root).is_some_and(|block| {
            edges
                .get(block.edges.0 as usize..block.edges.1 as usize)
                .is_some_and(|targets| targets.contains(&(root as u32)))
        });
        let is_loop = !alone || turns;
        for member in self.stack.drain(start..) {
            if let Some(on_stack) = self.on_stack.get_mut(member as usize) {
                *on_stack = false;
            }
            if let Some(block) = blocks.get_mut(member as usize).filter(|_| is_loop) {
                block.loop_id = loop_id;
            }
        }
        is_loop
    }
}
