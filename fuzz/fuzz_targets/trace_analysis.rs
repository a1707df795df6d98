#![no_main]
//! See `tests/support/targets/trace_analysis.rs` for what must hold.

#[path = "../../tests/support/targets/trace_analysis.rs"]
mod trace_analysis;

libfuzzer_sys::fuzz_target!(|data: &[u8]| trace_analysis::check(data));
