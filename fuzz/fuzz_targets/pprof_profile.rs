#![no_main]
//! See tests/support/pprof_profile.rs for what must hold.

#[path = "../../tests/support/pprof_profile.rs"]
mod pprof_profile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_profile::check(data));
