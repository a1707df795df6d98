//! What a graph is made of: kept instructions, and blocks of them.

use crate::asm::arch::Flow;
use crate::asm::listing::Row;
use crate::asm::runtime::Runtime;

/// One kept instruction: padding and pseudo instructions are left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The index of its row in the function.
    pub(crate) row: u32,
    /// The index of its block.
    pub(crate) block: u32,
    pub(crate) flow: Flow,
    /// For static calls and tail jumps into the runtime: what the callee's name says.
    pub(crate) runtime: Option<Runtime>,
}

impl Step {
    /// Whether the step after it starts a block of its own.
    pub(super) fn ends_block(&self) -> bool {
        match self.flow {
            Flow::Next | Flow::CallIndirect => false,
            Flow::Call => matches!(self.runtime, Some(Runtime::Bounds(_) | Runtime::NoReturn)),
            _ => true,
        }
    }
}

/// Instructions that run one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    /// Its first step.
    pub(crate) start: u32,
    /// The step after its last one.
    pub(crate) end: u32,
    /// Its edges among those of the graph.
    pub(super) edges: (u32, u32),
    /// Number of the loop it is in, from 1; 0 outside.
    pub(crate) loop_id: u32,
    /// It grows the stack and starts the function anew.
    pub(crate) grows_stack: bool,
    /// A copy or clear loop that the compiler made.
    pub(crate) copies: bool,
}

impl Block {
    /// The blocks that control goes to from here; `edges` are those of the whole graph.
    pub(super) fn successors<'e>(&self, edges: &'e [u32]) -> &'e [u32] {
        edges.get(self.edges.0 as usize..self.edges.1 as usize).unwrap_or_default()
    }

    /// Its instructions; `steps` are those of the whole graph.
    pub(super) fn steps<'s>(&self, steps: &'s [Step]) -> &'s [Step] {
        steps.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The first kept instruction at or after an offset in the function.
pub(super) fn step_at(steps: &[Step], rows: &[Row], pc: u32) -> Option<usize> {
    let index = steps.partition_point(|step| rows.get(step.row as usize).is_some_and(|row| row.pc < pc));
    if index < steps.len() { Some(index) } else { None }
}
