#![no_main]
//! See `tests/support/targets/pprof_profile.rs` for what must hold.

#[path = "../../tests/support/targets/pprof_profile.rs"]
mod pprof_profile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_profile::check(data));
