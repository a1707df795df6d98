#![no_main]
//! See `tests/support/targets/trace_text.rs` for what must hold.

#[path = "../../tests/support/targets/trace_text.rs"]
mod trace_text;

libfuzzer_sys::fuzz_target!(|data: &[u8]| trace_text::check(data));
