//! What reading a trace allocates, counted by the allocator itself. One test, so that nothing else allocates meanwhile.

use std::alloc::System;
use std::fs;
use std::path::Path;

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
}
