#![no_main]
//! See `tests/support/targets/asm_objdump.rs` for what must hold.

#[path = "../../tests/support/targets/asm_objdump.rs"]
mod asm_objdump;

libfuzzer_sys::fuzz_target!(|data: &[u8]| asm_objdump::check(data));
