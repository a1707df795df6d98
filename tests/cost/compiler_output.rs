//! Compiler output: tables proportional to the text.

use godiag::asm::{CompilerOutput, Lines};
use stats_alloc::Region;

use super::{ALLOCATOR, blocks, data};

fn text(name: &str) -> Vec<u8> {
    let text = data(&format!("asm/{name}"));
    assert!(text.len() > 200_000, "{name} is too small");
    text
}

pub(super) fn own_memory_is_at_most_three_times_the_text() {
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
        // Nothing is allocated per line: tables grow by doubling.
        let lines = out.counts().lines as usize;
        assert!(blocks(&parsed) < lines / 8 + 200, "{name}: {parsed:?} for {lines} lines");
        assert!(instructions > 0 || !out.decisions().is_empty() && findings.len() < lines);
    }
}
