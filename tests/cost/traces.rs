//! Traces: nothing per event, and one generation at a time.

use godiag::trace::analysis::{
    Gc, Goroutines, Lifetimes, MutatorUtilization, NetPoll, Pipeline, ProcUtilization, Profiles,
    SchedLatency, Stops, Syscalls,
};
use godiag::trace::{EventKind, Index, Reader};
use stats_alloc::Region;

use super::{ALLOCATOR, blocks, data};

const TRACE: &str = "diagnose/order/order.trace";

/// New goroutines, threads and texts allocate, events never do: the longer a generation lasts, the fewer
/// allocations there are.
pub(super) fn no_event_allocates_in_steady_state() {
    let bytes = data(TRACE);
    let mut reader = Reader::parse(&bytes).unwrap();
    let (mut events, mut allocated, mut syncs) = (0u64, 0, 0);
    loop {
        let region = Region::new(ALLOCATOR);
        let Some(event) = reader.next_event().unwrap() else { break };
        // A sync comes with the tables of its generation.
        if matches!(event.kind, EventKind::Sync { .. }) {
            syncs += 1;
            continue;
        }
        allocated += blocks(&region.change());
        events += 1;
    }
    assert!(events > 1000 && syncs > 1, "{events} events, {syncs} syncs");
    assert!(allocated < 100, "{allocated} allocations in {events} events");
}

/// The live heap is proportional to the largest generation and to the tables.
pub(super) fn a_stream_keeps_one_generation() {
    let bytes = data(TRACE);
    let index = Index::parse(&bytes).unwrap();
    let largest = index.generations().iter().map(|info| info.len as usize).max().unwrap();
    let region = Region::new(ALLOCATOR);
    let mut reader = Reader::read(&bytes[..]).unwrap();
    let mut most = 0;
    while reader.next_event().unwrap().is_some() {
        let change = region.change();
        most = most.max(change.bytes_allocated as isize - change.bytes_deallocated as isize);
    }
    let tables = reader.tables();
    let names = tables.string_count() + tables.frame_count() + tables.stack_count();
    let limit = 2 * largest + (128 << 10) + 256 * names;
    assert!(most as usize <= limit, "{most} bytes live, {largest} in the largest generation, {names} names");
    assert!(2 * largest + (128 << 10) < 2 * bytes.len(), "the trace is too short");
}

/// Analyses, too, allocate only for goroutines and stacks.
pub(super) fn analyses_allocate_only_for_what_is_new() {
    let bytes = data(TRACE);
    let mut reader = Reader::parse(&bytes).unwrap();
    let mut pipeline = Pipeline::new((
        (Goroutines::default(), Profiles::default(), MutatorUtilization::default(), SchedLatency::default()),
        (Syscalls::default(), NetPoll::default(), ProcUtilization::default()),
        (Gc::default(), Stops::default(), Lifetimes::default()),
    ));
    let (mut events, mut allocated) = (0u64, 0);
    while let Some(&event) = reader.next_event().unwrap() {
        let region = Region::new(ALLOCATOR);
        pipeline.event(&event, reader.tables());
        allocated += blocks(&region.change()) as u64;
        events += 1;
    }
    assert!(events > 100_000 && allocated * 50 < events, "{allocated} allocations in {events} events");
}
