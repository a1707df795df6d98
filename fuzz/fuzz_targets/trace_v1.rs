#![no_main]
//! See `tests/support/targets/trace_v1.rs` for what must hold.

#[path = "../../tests/support/targets/trace_v1.rs"]
mod trace_v1;

libfuzzer_sys::fuzz_target!(|data: &[u8]| trace_v1::check(data));
