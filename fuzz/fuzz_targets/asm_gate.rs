#![no_main]
//! See `tests/support/targets/asm_gate.rs` for what must hold.

#[path = "../../tests/support/targets/asm_gate.rs"]
mod asm_gate;

libfuzzer_sys::fuzz_target!(|data: &[u8]| asm_gate::check(data));
