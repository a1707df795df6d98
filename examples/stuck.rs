//! Counts the goroutines of a dump (`debug=2`, or a crash log) by what they wait for.
//!
//!     cargo run --example stuck -- DUMP

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;

use godiag::Printable;
use godiag::pprof::GoroutineDump;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: stuck DUMP")?;
    let dump = GoroutineDump::open(file)?;

    let mut groups: BTreeMap<(&[u8], &[u8]), usize> = BTreeMap::new();
    for goroutine in dump.goroutines() {
        let leaf = goroutine.frames().next().map_or(&b"?"[..], |frame| frame.func);
        *groups.entry((goroutine.header().state, leaf)).or_default() += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    for ((state, leaf), count) in groups {
        println!("{count:>8}  {}  {}", Printable(state), Printable(leaf));
    }
    Ok(())
}
