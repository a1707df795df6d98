//! Every integration test, in one binary.

mod architecture;
mod asm;
#[cfg(feature = "cli")]
mod cli;
mod design;
mod diagnose;
mod export;
mod fixtures;
mod fuzz_seeds;
mod pprof;
#[cfg(feature = "prost")]
mod proto;
mod symbol;
mod trace;
