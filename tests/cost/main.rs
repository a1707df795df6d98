//! godiag's allocations, counted by the allocator itself.
//!
//! One test in a binary of its own, because the counters are those of the process: nothing else may allocate
//! meanwhile.

mod compiler_output;
mod profiles;
mod traces;

use std::alloc::System;
use std::path::Path;

use godiag::{Limits, wire};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn memory_is_as_promised() {
    profiles::nothing_is_allocated_per_sample();
    profiles::many_tiny_messages_take_a_bounded_factor();
    traces::no_event_allocates_in_steady_state();
    traces::a_stream_keeps_one_generation();
    traces::analyses_allocate_only_for_what_is_new();
    compiler_output::own_memory_is_at_most_three_times_the_text();
}

/// The allocations of `work`.
fn count<T>(work: impl FnOnce() -> T) -> (T, Stats) {
    let region = Region::new(ALLOCATOR);
    let result = work();
    (result, region.change())
}

/// How often something was allocated or grew.
fn blocks(stats: &Stats) -> usize {
    stats.allocations + stats.reallocations
}

/// A file of the test data, inflated.
fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if bytes.starts_with(b"\x1f\x8b") { wire::inflate(&bytes, &Limits::UNLIMITED).unwrap() } else { bytes }
}
