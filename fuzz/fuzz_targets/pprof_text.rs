#![no_main]
//! See `tests/support/targets/pprof_text.rs` for what must hold.

#[path = "../../tests/support/targets/pprof_text.rs"]
mod pprof_text;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_text::check(data));
