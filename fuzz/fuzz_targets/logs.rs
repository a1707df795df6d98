#![no_main]
//! See `tests/support/targets/logs.rs` for what must hold.

#[path = "../../tests/support/targets/logs.rs"]
mod logs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| logs::check(data));
