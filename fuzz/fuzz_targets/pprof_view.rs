#![no_main]
//! See `tests/support/targets/pprof_view.rs` for what must hold.

#[path = "../../tests/support/targets/pprof_view.rs"]
mod pprof_view;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pprof_view::check(data));
