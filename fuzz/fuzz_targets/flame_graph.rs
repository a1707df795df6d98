#![no_main]
//! See `tests/support/targets/flame_graph.rs` for what must hold.

#[path = "../../tests/support/targets/flame_graph.rs"]
mod flame_graph;

libfuzzer_sys::fuzz_target!(|data: &[u8]| flame_graph::check(data));
