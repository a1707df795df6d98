//! What reading a trace allocates, counted by the allocator itself. One test, so that nothing else allocates meanwhile.

use std::alloc::System;
use std::fs;
use std::path::Path;

use godiag::trace::analysis::{
    Gc, Goroutines, Lifetimes, MutatorUtilization, NetPoll, Pipeline, ProcUtilization, Profiles,
    SchedLatency, Stops, Syscalls,
};
use godiag::trace::{EventKind, Reader};
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
    analyses_allocate_for_what_is_new_only(&bytes);
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
