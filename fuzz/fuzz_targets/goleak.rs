#![no_main]
//! See `tests/support/targets/goleak.rs` for what must hold.

#[path = "../../tests/support/targets/goleak.rs"]
mod goleak;

libfuzzer_sys::fuzz_target!(|data: &[u8]| goleak::check(data));
