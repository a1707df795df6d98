//! What reading a trace allocates, counted by the allocator itself. One test, so that nothing else allocates meanwhile.

use std::alloc::System;
use std::fs;
use std::path::Path;

use godiag::trace::analysis::{
    Gc, Goroutines, Lifetimes, MutatorUtilization, NetPoll, Pipeline, ProcUtilization, Profiles,
    SchedLatency, Stops, Syscalls,
};
use godiag::trace::{EventKind, Index, Options, Reader};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations belong to what is new (goroutines, threads, texts), never to an event: the longer a generation lasts,
/// the fewer there are.
#[test]
fn no_event_allocates_in_steady_state() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnose/order/order.trace");
    let bytes = fs::read(path).unwrap();
    let mut reader = Reader::new(&bytes).unwrap();
    let (mut events, mut blocks, mut syncs) = (0u64, 0, 0);
    loop {
        let region = Region::new(ALLOCATOR);
        let Some(event) = reader.next_event().unwrap() else { break };
        // A sync comes with the tables of its generation.
        if matches!(event.kind, EventKind::Sync { .. }) {
            syncs += 1;
            continue;
        }
        let change = region.change();
        events += 1;
        blocks += change.allocations + change.reallocations;
    }
    assert!(events > 1000 && syncs > 1, "{events} events, {syncs} syncs");
    assert!(blocks < 100, "{blocks} allocations in {events} events");
    drop(reader);
    a_stream_keeps_one_generation(&bytes);
    analyses_allocate_for_what_is_new_only(&bytes);
}

/// What lives on the heap is in proportion to the largest generation and to the tables.
fn a_stream_keeps_one_generation(bytes: &[u8]) {
    let index = Index::parse(bytes).unwrap();
    let largest = index.generations().iter().map(|info| info.len as usize).max().unwrap();
    let region = Region::new(ALLOCATOR);
    let mut reader = Reader::stream(bytes, Options::default()).unwrap();
    let mut most = 0;
    while reader.next_event().unwrap().is_some() {
        let change = region.change();
        most = most.max(change.bytes_allocated as isize - change.bytes_deallocated as isize);
    }
    let tables = reader.tables();
    let names = tables.string_count() + tables.frame_count() + tables.stack_count();
    let limit = 2 * largest + (128 << 10) + 256 * names;
    assert!(most as usize <= limit, "{most} bytes live, {largest} in the largest generation, {names} names");
    assert!(2 * largest + (128 << 10) < 2 * bytes.len(), "the trace is too short to tell");
}

/// What analyses allocate belongs to goroutines and stacks as well.
fn analyses_allocate_for_what_is_new_only(bytes: &[u8]) {
    let mut reader = Reader::new(bytes).unwrap();
    let mut pipeline = Pipeline::new((
        (Goroutines::default(), Profiles::default(), MutatorUtilization::default(), SchedLatency::default()),
        (Syscalls::default(), NetPoll::default(), ProcUtilization::default()),
        (Gc::default(), Stops::default(), Lifetimes::default()),
    ));
    let (mut events, mut blocks) = (0u64, 0);
    while let Some(&event) = reader.next_event().unwrap() {
        let region = Region::new(ALLOCATOR);
        pipeline.event(&event, reader.tables());
        let change = region.change();
        events += 1;
        blocks += (change.allocations + change.reallocations) as u64;
    }
    assert!(events > 100_000 && blocks * 50 < events, "{blocks} allocations in {events} events");
}
