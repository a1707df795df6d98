#![no_main]
//! See `tests/support/targets/pprof_reports.rs` for what must hold.

#[path = "../../tests/support/targets/pprof_reports.rs"]
mod pprof_reports;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_reports::check(data));
