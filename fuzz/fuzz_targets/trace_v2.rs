#![no_main]
//! See `tests/support/targets/trace_v2.rs` for what must hold.

#[path = "../../tests/support/targets/trace_v2.rs"]
mod trace_v2;

libfuzzer_sys::fuzz_target!(|data: &[u8]| trace_v2::check(data));
