#![no_main]
//! See `tests/support/targets/wire.rs` for what must hold.

#[path = "../../tests/support/targets/wire.rs"]
mod wire;

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::check(data));
