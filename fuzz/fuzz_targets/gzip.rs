#![no_main]
//! See `tests/support/targets/gzip.rs` for what must hold.

#[path = "../../tests/support/targets/gzip.rs"]
mod gzip;

libfuzzer_sys::fuzz_target!(|data: &[u8]| gzip::check(data));
