//! How much memory a compiler output takes beside its text.

use std::alloc::System;
use std::path::Path;

use godiag::asm::{CompilerOutput, Lines};
use godiag::{Limits, wire};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn text(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asm").join(name);
    let text = wire::inflate(&std::fs::read(path).unwrap(), &Limits::UNLIMITED).unwrap();
    assert!(text.len() > 200_000, "{name} is too small to tell");
    text
}

/// One test, for the counters are of the whole process.
#[test]
fn own_memory_is_at_most_three_times_the_text() {
    let listing = text("listings/go1.27-amd64.S.txt.gz");
    let region = Region::new(ALLOCATOR);
    assert!(Lines::new(&listing).count() > 30_000);
    assert_eq!(region.change().allocations, 0, "cutting lines allocates nothing");

    for name in
        ["listings/go1.27-amd64.S.txt.gz", "listings/go1.27-wasm.subset.S.txt.gz", "diag/go1.27.m2.txt.gz"]
    {
        let text = text(name);
        let region = Region::new(ALLOCATOR);
        let out = CompilerOutput::parse(&text).unwrap();
        let parsed = region.change();
        let instructions: u32 = out.functions().map(|(id, _)| out.metrics(id).instructions).sum();
        let findings = out.findings();
        let all = region.change();
        let kept = all.bytes_allocated - all.bytes_deallocated;
        assert!(kept <= 3 * text.len(), "{name}: {kept} bytes for {}", text.len());
        // Nothing is allocated a line: tables grow by doubling.
        let lines = out.counts().lines as usize;
        assert!(
            parsed.allocations + parsed.reallocations < lines / 8 + 200,
            "{name}: {parsed:?} for {lines} lines"
        );
        assert!(instructions > 0 || !out.decisions().is_empty() && findings.len() < lines);
    }
}
