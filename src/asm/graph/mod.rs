//! The control flow of one function: blocks, edges and loops.

pub(crate) mod cfg;
