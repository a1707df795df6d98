#![no_main]
//! See `tests/support/targets/pprof_prost.rs` for what must hold.

#[path = "../../tests/support/targets/pprof_prost.rs"]
mod pprof_prost;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_prost::check(data));
