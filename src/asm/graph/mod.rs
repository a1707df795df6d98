//! The control flow of one function: basic blocks, edges and loops.

mod block;
mod cfg;
mod copy_loops;
mod jump_tables;
mod loops;

pub(crate) use block::{Block, Step};
pub(crate) use cfg::Cfg;
