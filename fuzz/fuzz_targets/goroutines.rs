#![no_main]
//! See tests/support/goroutines.rs for what must hold.

#[path = "../../tests/support/goroutines.rs"]
mod goroutines;

libfuzzer_sys::fuzz_target!(|data: &[u8]| goroutines::check(data));
