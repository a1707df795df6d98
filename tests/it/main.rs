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
#[cfg(feature = "gzip")]
mod trace_analysis;
#[cfg(feature = "cli")]
mod trace_cli;
mod trace_parallel;
mod trace_text;
#[cfg(feature = "cli")]
mod trace_v1;
mod trace_v2;
