#![no_main]
//! See `tests/support/targets/asm_listing.rs` for what must hold.

#[path = "../../tests/support/targets/asm_listing.rs"]
mod asm_listing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| asm_listing::check(data));
