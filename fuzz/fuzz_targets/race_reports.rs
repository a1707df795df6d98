#![no_main]
//! See `tests/support/targets/race_reports.rs` for what must hold.

#[path = "../../tests/support/targets/race_reports.rs"]
mod race_reports;

libfuzzer_sys::fuzz_target!(|data: &[u8]| race_reports::check(data));
