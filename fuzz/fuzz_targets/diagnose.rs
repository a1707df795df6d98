#![no_main]
//! See tests/support/diagnose.rs for what must hold.

#[path = "../../tests/support/diagnose.rs"]
mod diagnose;

libfuzzer_sys::fuzz_target!(|data: &[u8]| diagnose::check(data));
