#![no_main]
//! See `tests/support/targets/goroutines.rs` for what must hold.

#[path = "../../tests/support/targets/goroutines.rs"]
mod goroutines;

libfuzzer_sys::fuzz_target!(|data: &[u8]| goroutines::check(data));
