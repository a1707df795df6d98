#![no_main]
//! See `tests/support/targets/diagnose.rs` for what must hold.

#[path = "../../tests/support/targets/diagnose.rs"]
mod diagnose;

libfuzzer_sys::fuzz_target!(|data: &[u8]| diagnose::check(data));
