//! The control flow of one function: blocks, edges and loops.

mod cfg;

pub(crate) use cfg::{Block, Cfg, Step};
