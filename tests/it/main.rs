//! Every integration test, in one binary.

mod architecture;
mod fuzz_seeds;
mod pprof_profile;
mod symbol;
