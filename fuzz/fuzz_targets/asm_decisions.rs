#![no_main]
//! See `tests/support/targets/asm_decisions.rs` for what must hold.

#[path = "../../tests/support/targets/asm_decisions.rs"]
mod asm_decisions;

libfuzzer_sys::fuzz_target!(|data: &[u8]| asm_decisions::check(data));
